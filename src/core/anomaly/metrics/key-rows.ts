/**
 * A bounded table from keys of some words to rows, one after the other in one array, that hold the key and all that is
 * kept of it: what is asked of a key together lies together, in few lines of the cache and one page. Rows are given out
 * in turn, so memory is taken by the keys that there are, not by the limit. At the limit eight rows in turn are looked
 * at: one that was idle for long goes, else the least active, else the oldest; so a flood of keys that come once washes
 * out little. The hash is keyed.
 *
 * Hashes stand in an index of their own (open addressing, half full at most), so that rows of other keys are not looked
 * at. Layout of a row, in words of 32 bits: hash, the key, what the owner wants.
 *
 * @hotpath
 */
import { type LargePages, plainPages } from "../../bytes/large-pages.ts";
import { finishHash, mixWord } from "../way-table.ts";

/** Rows that are looked at for one to reuse. */
const CANDIDATES = 8;
const KEY = 1;
/** Rows begin at multiples of 32 bytes. */
const ROW_WORDS = 8;
/** Of a line of the cache. */
const LINE_WORDS = 16;
/** `worth` is the activity times this, and the second of the last touch. */
const ACTIVITY_UNIT = 2 ** 32;
const ACTIVITY_MAX = 2 ** 20 - 1;

/** Words of a row that get another place. */
export interface RowMove {
  readonly from: number;
  readonly to: number;
  readonly words: number;
}

export class KeyRows {
  /** Keys that can live at once; a power of two. */
  readonly limitCount: number;
  /** Words of a key. */
  readonly words: number;
  /** The key for the next `find` or `take`; the caller fills it. */
  readonly key: Int32Array;
  /** All rows, as words and as numbers of 64 bits; empty until `open`. */
  rows = new Int32Array(0);
  numbers = new Float64Array(0);
  /** Words of a row; an even number. */
  stride = 0;
  /** Rows given out: all below it are taken. */
  count = 0;
  /** Keys that had to go for others, idle ones included. */
  evicted = 0;
  /** The last `take` made the row: its owner's words hold what another key left. */
  isNew = false;
  /** Another key had the row before: its owner's words are not zero. */
  isReused = false;
  private readonly seed: number;
  private readonly idleSeconds: number;
  private readonly largePages: LargePages;
  /** Two words a place: a hash and its row + 1, 0 for none. */
  private index = new Int32Array(0);
  private readonly indexMask: number;
  /** By row: activity and time; beside the rows, as eight are compared at a time. */
  private worth = new Float64Array(0);
  private hand = 0;
  /** The table was emptied: rows below the limit may hold what was there. */
  private hasForgotten = false;

  constructor(
    limitCount: number,
    words: number,
    seed: number,
    idleSeconds: number,
    largePages: LargePages = plainPages,
  ) {
    let size = CANDIDATES;
    while (size < limitCount) size *= 2;
    this.limitCount = size;
    this.words = words;
    this.seed = seed | 0;
    this.idleSeconds = idleSeconds;
    this.largePages = largePages;
    this.indexMask = 2 * size - 1;
    this.key = new Int32Array(words);
  }

  /** First of the words of a row that are the owner's; even. */
  get ownerStart(): number {
    return (KEY + this.words + 1) & ~1;
  }

  /** Makes the rows, once. `ownerWords`: what the owner wants of each. */
  open(ownerWords: number): void {
    const needed = this.ownerStart + ownerWords;
    this.stride = Math.ceil(needed / ROW_WORDS) * ROW_WORDS;
    const buffer = new ArrayBuffer(this.limitCount * this.stride * 4);
    this.rows = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
    this.index = new Int32Array(2 * (this.indexMask + 1));
    this.worth = new Float64Array(this.limitCount);
    for (const { buffer: one } of [this.rows, this.index, this.worth]) {
      this.largePages(new Uint8Array(one));
    }
  }

  /** Makes the rows wider or narrower, with what they hold: the owner's words go where `moves` says. */
  reopen(ownerWords: number, moves: readonly RowMove[]): void {
    const { rows, stride, index, worth, ownerStart } = this;
    this.open(ownerWords);
    this.index = index;
    this.worth = worth;
    for (let row = 0; row < this.count; row++) {
      const from = row * stride;
      const to = row * this.stride;
      for (let word = 0; word < ownerStart; word++) this.rows[to + word] = rows[from + word]!;
      for (const move of moves) {
        for (let word = 0; word < move.words; word++) {
          this.rows[to + move.to + word] = rows[from + move.from + word]!;
        }
      }
    }
  }

  /** Row of the key, or -1. */
  find(): number {
    return this.count === 0 ? -1 : this.findHashed(this.hash());
  }

  /**
   * Row of the key, made when it is not there (`isNew`); the tables are open. `likely`: the row that it had when it was
   * asked for last, or -1.
   */
  take(nowUs: number, likely: number): number {
    const seconds = Math.floor(nowUs / 1e6);
    this.isNew = false;
    if (likely >= 0 && this.isKeyAt(likely)) {
      this.touch(likely, seconds);
      return likely;
    }
    const hash = this.hash();
    const row = this.findHashed(hash);
    if (row >= 0) {
      this.touch(row, seconds);
      return row;
    }
    this.isNew = true;
    return this.make(hash, seconds);
  }

  /** The row where the key probably is, or will be. */
  guess(likely: number): number {
    if (likely >= 0 || this.stride === 0) return Math.max(likely, 0);
    const row = this.index[2 * (this.hash() & this.indexMask) + 1]! - 1;
    if (row >= 0) return row;
    return this.count < this.limitCount ? this.count : this.leastWorth(this.hand);
  }

  /**
   * Reads a word of each line of the row, so that the lines of several rows come out of memory at the same time, and not
   * one after the other when they are used. Returns what is of no use, to keep the reads.
   */
  reach(row: number): number {
    const { rows, stride } = this;
    if (stride === 0) return 0;
    const end = (row + 1) * stride;
    let read = this.worth[row]! | 0;
    for (let at = row * stride; at < end; at += LINE_WORDS) read ^= rows[at]!;
    return read;
  }

  /** The key does something that counts: it is worth more than others. */
  addActivity(row: number): void {
    if (this.worth[row]! < ACTIVITY_MAX * ACTIVITY_UNIT) this.worth[row]! += ACTIVITY_UNIT;
  }

  /** Packet time of the last `take`, whole seconds. */
  lastSeconds(row: number): number {
    return this.worth[row]! % ACTIVITY_UNIT;
  }

  keyWord(row: number, index: number): number {
    return this.rows[row * this.stride + KEY + index]!;
  }

  clear(): void {
    this.index.fill(0);
    this.count = this.evicted = this.hand = 0;
    this.hasForgotten = true;
  }

  private touch(row: number, seconds: number): void {
    const worth = this.worth[row]!;
    this.worth[row] = worth - (worth % ACTIVITY_UNIT) + seconds;
  }

  private findHashed(hash: number): number {
    const { index, indexMask } = this;
    for (let at = hash & indexMask; ; at = (at + 1) & indexMask) {
      const row = index[2 * at + 1]! - 1;
      if (row < 0) return -1;
      if (index[2 * at] === (hash | 0) && this.isKeyAt(row)) return row;
    }
  }

  private make(hash: number, seconds: number): number {
    this.isReused = this.count === this.limitCount || this.hasForgotten;
    const row = this.count < this.limitCount ? this.count++ : this.evict(seconds);
    const { words, rows, key, index, indexMask } = this;
    const base = row * this.stride;
    rows[base] = hash;
    for (let i = 0; i < words; i++) rows[base + KEY + i] = key[i]!;
    let at = hash & indexMask;
    while (index[2 * at + 1] !== 0) at = (at + 1) & indexMask;
    index[2 * at] = hash;
    index[2 * at + 1] = row + 1;
    this.worth[row] = seconds;
    return row;
  }

  private evict(seconds: number): number {
    const { worth } = this;
    const first = this.hand;
    this.hand = (first + CANDIDATES) & (this.limitCount - 1);
    let worst = this.leastWorth(first);
    for (let row = first; row < first + CANDIDATES; row++) {
      if (seconds - (worth[row]! % ACTIVITY_UNIT) <= this.idleSeconds) continue;
      worst = row;
      break;
    }
    this.unlink(worst);
    this.evicted++;
    return worst;
  }

  private leastWorth(first: number): number {
    const { worth } = this;
    let worst = first;
    for (let row = first + 1; row < first + CANDIDATES; row++) {
      if (worth[row]! < worth[worst]!) worst = row;
    }
    return worst;
  }

  /** Takes a row out of the index; those behind it move up where they may. */
  private unlink(row: number): void {
    const { rows, stride, index, indexMask } = this;
    let free = rows[row * stride]! & indexMask;
    while (index[2 * free + 1] !== row + 1) free = (free + 1) & indexMask;
    for (let at = (free + 1) & indexMask; index[2 * at + 1] !== 0; at = (at + 1) & indexMask) {
      const home = index[2 * at]! & indexMask;
      // Not before its home.
      if (((at - home) & indexMask) < ((at - free) & indexMask)) continue;
      index[2 * free] = index[2 * at]!;
      index[2 * free + 1] = index[2 * at + 1]!;
      free = at;
    }
    index[2 * free + 1] = 0;
  }

  private isKeyAt(row: number): boolean {
    const { rows, key, words } = this;
    const base = row * this.stride + KEY;
    for (let i = 0; i < words; i++) {
      if (rows[base + i] !== key[i]) return false;
    }
    return true;
  }

  private hash(): number {
    let hash = this.seed;
    for (let i = 0; i < this.words; i++) hash = mixWord(hash, this.key[i]!);
    return finishHash(hash);
  }
}
