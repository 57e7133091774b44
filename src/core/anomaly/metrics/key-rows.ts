/**
 * A bounded table from keys of some words to rows, one after the other in one array, that hold the key and all that is
 * kept of it: what is asked of a key together lies together, in few lines of the cache and one page. Rows are given out
 * in turn, so memory is taken by the keys that there are, not by the limit. At the limit eight rows in turn are looked
 * at: one that was idle for long goes, else the least active, else the oldest; so a flood of keys that come once washes
 * out little. The hash is keyed.
 *
 * Layout of a row, in words of 32 bits: hash, row + 1 of the next of its chain, the key, what the owner wants.
 *
 * @hotpath
 */
import { finishHash, mixWord } from "../way-table.ts";

/** Rows that are looked at for one to reuse. */
const CANDIDATES = 8;
const NEXT = 1;
const KEY = 2;
/** Rows begin at multiples of 32 bytes. */
const ROW_WORDS = 8;
/** `worth` is the activity times this, and the second of the last touch. */
const ACTIVITY_UNIT = 2 ** 32;
const ACTIVITY_MAX = 2 ** 20 - 1;

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
  /** Row + 1 of the first of a chain; 0 for none. */
  private heads = new Int32Array(0);
  /** By row: activity and time; beside the rows, as eight are compared at a time. */
  private worth = new Float64Array(0);
  private hand = 0;
  /** The table was emptied: rows below the limit may hold what was there. */
  private hasForgotten = false;

  constructor(limitCount: number, words: number, seed: number, idleSeconds: number) {
    let size = CANDIDATES;
    while (size < limitCount) size *= 2;
    this.limitCount = size;
    this.words = words;
    this.seed = seed | 0;
    this.idleSeconds = idleSeconds;
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
    this.heads = new Int32Array(this.limitCount);
    this.worth = new Float64Array(this.limitCount);
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
    this.heads.fill(0);
    this.count = this.evicted = this.hand = 0;
    this.hasForgotten = true;
  }

  private touch(row: number, seconds: number): void {
    const worth = this.worth[row]!;
    this.worth[row] = worth - (worth % ACTIVITY_UNIT) + seconds;
  }

  private findHashed(hash: number): number {
    const { rows, stride } = this;
    let at = this.heads[hash & (this.limitCount - 1)]!;
    while (at !== 0) {
      const base = (at - 1) * stride;
      if (rows[base] === (hash | 0) && this.isKeyAt(at - 1)) return at - 1;
      at = rows[base + NEXT]!;
    }
    return -1;
  }

  private make(hash: number, seconds: number): number {
    this.isReused = this.count === this.limitCount || this.hasForgotten;
    const row = this.count < this.limitCount ? this.count++ : this.evict(seconds);
    const { words, rows, key, heads } = this;
    const base = row * this.stride;
    const bucket = hash & (this.limitCount - 1);
    rows[base] = hash;
    rows[base + NEXT] = heads[bucket]!;
    for (let i = 0; i < words; i++) rows[base + KEY + i] = key[i]!;
    heads[bucket] = row + 1;
    this.worth[row] = seconds;
    return row;
  }

  private evict(seconds: number): number {
    const { worth } = this;
    const first = this.hand;
    this.hand = (first + CANDIDATES) & (this.limitCount - 1);
    let worst = first;
    for (let row = first; row < first + CANDIDATES; row++) {
      if (seconds - (worth[row]! % ACTIVITY_UNIT) > this.idleSeconds) {
        worst = row;
        break;
      }
      if (worth[row]! < worth[worst]!) worst = row;
    }
    this.unlink(worst);
    this.evicted++;
    return worst;
  }

  private unlink(row: number): void {
    const { rows, stride, heads } = this;
    const bucket = rows[row * stride]! & (this.limitCount - 1);
    const next = rows[row * stride + NEXT]!;
    let at = heads[bucket]!;
    if (at === row + 1) {
      heads[bucket] = next;
      return;
    }
    while (rows[(at - 1) * stride + NEXT] !== row + 1) at = rows[(at - 1) * stride + NEXT]!;
    rows[(at - 1) * stride + NEXT] = next;
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
