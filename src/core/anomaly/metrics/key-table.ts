/**
 * A bounded table from keys of some words to slots that are given out one after the other, so that columns beside it
 * take memory by the keys that there are, not by the limit. At the limit eight slots in turn are looked at: one that was
 * idle for long goes, else the least active, else the oldest; so a flood of keys that come once washes out little. The
 * hash is keyed.
 *
 * @hotpath
 */
import { finishHash, mixWord } from "../way-table.ts";

/** Slots that are looked at for one to reuse. */
const CANDIDATES = 8;

export class KeyTable {
  /** Keys that can live at once; a power of two. */
  readonly limitCount: number;
  readonly words: number;
  /** The key for the next `find` or `take`; the caller fills it. */
  readonly key: Int32Array;
  /** By slot: the key's words. */
  readonly keys: Int32Array;
  /** By slot: packet time of the last `take`, microseconds; 0 in slots that nobody has. */
  readonly lastUs: Float64Array;
  /** By slot: how active the key is; 0 when new. */
  readonly weight: Uint32Array;
  /** Slots given out: all below it are taken. */
  count = 0;
  /** Keys that had to go for others, idle ones included. */
  evicted = 0;
  /** The last `take` made the slot: its columns hold what another key left. */
  isNew = false;
  /** Another key had the slot before: its columns are not empty. */
  isReused = false;
  private readonly seed: number;
  private readonly idleUs: number;
  /** Slot + 1 of the first of a chain; 0 for none. */
  private readonly heads: Int32Array;
  /** By slot: slot + 1 of the next of its chain. */
  private readonly next: Int32Array;
  private readonly hashes: Uint32Array;
  private hand = 0;
  /** The table was emptied: slots below the limit may hold what was there. */
  private hasForgotten = false;

  constructor(limitCount: number, words: number, seed: number, idleUs: number) {
    let size = CANDIDATES;
    while (size < limitCount) size *= 2;
    this.limitCount = size;
    this.words = words;
    this.seed = seed | 0;
    this.idleUs = idleUs;
    this.key = new Int32Array(words);
    this.keys = new Int32Array(size * words);
    this.lastUs = new Float64Array(size);
    this.weight = new Uint32Array(size);
    this.heads = new Int32Array(size);
    this.next = new Int32Array(size);
    this.hashes = new Uint32Array(size);
  }

  /** Slot of the key, or -1. */
  find(): number {
    return this.findHashed(this.hash());
  }

  /** Slot of the key, made when it is not there (`isNew`). */
  take(nowUs: number): number {
    const hash = this.hash();
    let slot = this.findHashed(hash);
    this.isNew = slot < 0;
    if (slot < 0) slot = this.make(hash, nowUs);
    // Packet time of 0 would look like a slot that nobody has.
    this.lastUs[slot] = Math.max(nowUs, 1);
    return slot;
  }

  clear(): void {
    this.heads.fill(0);
    this.lastUs.fill(0, 0, this.count);
    this.count = this.evicted = this.hand = 0;
    this.hasForgotten = true;
  }

  private findHashed(hash: number): number {
    let at = this.heads[hash & (this.limitCount - 1)]!;
    while (at !== 0) {
      const slot = at - 1;
      if (this.hashes[slot] === hash && this.isKeyAt(slot)) return slot;
      at = this.next[slot]!;
    }
    return -1;
  }

  private make(hash: number, nowUs: number): number {
    this.isReused = this.count === this.limitCount || this.hasForgotten;
    const slot = this.count < this.limitCount ? this.count++ : this.evict(nowUs);
    const { words, keys, key } = this;
    for (let i = 0; i < words; i++) keys[slot * words + i] = key[i]!;
    this.weight[slot] = 0;
    this.hashes[slot] = hash;
    const bucket = hash & (this.limitCount - 1);
    this.next[slot] = this.heads[bucket]!;
    this.heads[bucket] = slot + 1;
    return slot;
  }

  private evict(nowUs: number): number {
    const first = this.hand;
    this.hand = (first + CANDIDATES) & (this.limitCount - 1);
    let worst = first;
    for (let slot = first; slot < first + CANDIDATES; slot++) {
      if (nowUs - this.lastUs[slot]! > this.idleUs) {
        worst = slot;
        break;
      }
      if (this.isWorthLess(slot, worst)) worst = slot;
    }
    this.unlink(worst);
    this.evicted++;
    return worst;
  }

  private isWorthLess(slot: number, other: number): boolean {
    const weight = this.weight[slot]!;
    const otherWeight = this.weight[other]!;
    if (weight !== otherWeight) return weight < otherWeight;
    return this.lastUs[slot]! < this.lastUs[other]!;
  }

  private unlink(slot: number): void {
    const bucket = this.hashes[slot]! & (this.limitCount - 1);
    let at = this.heads[bucket]!;
    if (at === slot + 1) {
      this.heads[bucket] = this.next[slot]!;
      return;
    }
    while (this.next[at - 1] !== slot + 1) at = this.next[at - 1]!;
    this.next[at - 1] = this.next[slot]!;
  }

  private isKeyAt(slot: number): boolean {
    const base = slot * this.words;
    for (let i = 0; i < this.words; i++) {
      if (this.keys[base + i] !== this.key[i]) return false;
    }
    return true;
  }

  private hash(): number {
    let hash = this.seed;
    for (let i = 0; i < this.words; i++) hash = mixWord(hash, this.key[i]!);
    return finishHash(hash);
  }
}
