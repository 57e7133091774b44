/**
 * A bounded table from keys of some words to slots, for state that traffic fills and that rules ask about.
 * Eight ways a bucket: a new key takes a free slot of its bucket, else one that was idle for long, else the one
 * that is worth least (`weight`, then age). So what has gathered much is not washed out by a flood of keys
 * that come once. The hash is keyed; nothing is allocated after construction; slots keep their number as long as
 * their key lives, and owners hang their own columns on them.
 *
 * @hotpath
 */
const WAYS = 8;

export class WayTable {
  /** Keys that can live at once; a power of two. */
  readonly limitCount: number;
  /** The key for the next `find` or `take`; the caller fills it. */
  readonly key: Int32Array;
  /** By slot: packet time of the last `take`, microseconds; 0 in free slots. */
  readonly lastUs: Float64Array;
  /** By slot: what the owner says the entry is worth; 0 when new. */
  readonly weight: Uint32Array;
  /** Keys alive. */
  count = 0;
  /** Keys that had to go for others before they were idle. */
  evicted = 0;
  /** The last `take` made the slot: its columns hold what another key left. */
  isNew = false;
  private readonly words: number;
  private readonly seed: number;
  private readonly keys: Int32Array;
  private readonly bucketMask: number;
  /** Entries not touched for so long are the first to go. */
  private readonly idleUs: number;

  constructor(limitCount: number, words: number, seed: number, idleUs: number) {
    let slots = WAYS;
    while (slots < limitCount) slots *= 2;
    this.limitCount = slots;
    this.words = words;
    this.seed = seed | 0;
    this.idleUs = idleUs;
    this.key = new Int32Array(words);
    this.keys = new Int32Array(slots * words);
    this.lastUs = new Float64Array(slots);
    this.weight = new Uint32Array(slots);
    this.bucketMask = slots / WAYS - 1;
  }

  /** Slot of the key, or -1. */
  find(): number {
    const first = (this.hash() & this.bucketMask) * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.lastUs[slot]! > 0 && this.isKeyAt(slot)) return slot;
    }
    return -1;
  }

  /** Slot of the key, made when it is not there (`isNew`). */
  take(nowUs: number): number {
    const known = this.find();
    this.isNew = known < 0;
    const slot = known < 0 ? this.makeRoom(nowUs) : known;
    if (this.isNew) {
      const base = slot * this.words;
      for (let i = 0; i < this.words; i++) this.keys[base + i] = this.key[i]!;
      this.weight[slot] = 0;
    }
    // Packet time of 0 would look like a free slot.
    this.lastUs[slot] = Math.max(nowUs, 1);
    return slot;
  }

  private makeRoom(nowUs: number): number {
    const first = (this.hash() & this.bucketMask) * WAYS;
    let worst = first;
    for (let slot = first; slot < first + WAYS; slot++) {
      const lastUs = this.lastUs[slot]!;
      if (lastUs === 0) {
        this.count++;
        return slot;
      }
      if (nowUs - lastUs > this.idleUs) return slot;
      if (this.isWorthLess(slot, worst)) worst = slot;
    }
    this.evicted++;
    return worst;
  }

  private isWorthLess(slot: number, other: number): boolean {
    const weight = this.weight[slot]!;
    const otherWeight = this.weight[other]!;
    if (weight !== otherWeight) return weight < otherWeight;
    return this.lastUs[slot]! < this.lastUs[other]!;
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

export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return (mixed << 13) | (mixed >>> 19);
}

export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
