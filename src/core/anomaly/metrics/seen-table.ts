/**
 * What a host was seen with (peers, ports, names), as 64-bit fingerprints of host and value with the minutes of first
 * and last sight. Eight ways a bucket; when one is full the entry goes that was not seen for longest, counted. The
 * fingerprint has no key, so that tables of different sensors and times merge; the place in the table is keyed, so that
 * nobody can fill one bucket.
 *
 * @hotpath
 */
import { finishHash, mixWord } from "../way-table.ts";

const WAYS = 8;
/** Words: fingerprint (2), first and last minute. */
export const SEEN_WORDS = 4;

export class SeenTable {
  readonly limitCount: number;
  readonly entries: Uint32Array;
  count = 0;
  evicted = 0;
  /** Of the last `see`: minutes of first and last sight before it; 0 when it was never seen. */
  firstMinute = 0;
  lastMinute = 0;
  private readonly mask: number;
  private readonly seed: number;

  constructor(limitCount: number, seed: number) {
    let size = WAYS;
    while (size < limitCount) size *= 2;
    this.limitCount = size;
    this.entries = new Uint32Array(size * SEEN_WORDS);
    this.mask = size / WAYS - 1;
    this.seed = seed;
  }

  /** Notes the fingerprint at a time in minutes (above 0) and tells of earlier sights. */
  see(low: number, high: number, minute: number): void {
    const at = this.find(low, high);
    const { entries } = this;
    this.firstMinute = this.lastMinute = 0;
    if (at >= 0) {
      this.firstMinute = entries[at + 2]!;
      this.lastMinute = entries[at + 3]!;
      if (minute > this.lastMinute) entries[at + 3] = minute;
      return;
    }
    this.put(low, high, minute, minute);
  }

  /** Reads of the lines where the fingerprint is, so that several come out of memory at the same time. */
  reach(low: number, high: number): number {
    const first = this.bucketOf(low, high);
    return this.entries[first]! ^ this.entries[first + (WAYS / 2) * SEEN_WORDS]!;
  }

  /** Joins an entry of another table. */
  put(low: number, high: number, firstMinute: number, lastMinute: number): void {
    const { entries } = this;
    let at = this.find(low, high);
    if (at < 0) {
      at = this.makeRoom(low, high);
      entries[at] = low;
      entries[at + 1] = high;
      entries[at + 2] = firstMinute;
      entries[at + 3] = lastMinute;
      return;
    }
    entries[at + 2] = Math.min(entries[at + 2]!, firstMinute);
    entries[at + 3] = Math.max(entries[at + 3]!, lastMinute);
  }

  clear(): void {
    this.entries.fill(0);
    this.count = this.evicted = 0;
  }

  /** Minute of first sight, without noting one; 0 when it was never seen. */
  firstSight(low: number, high: number): number {
    const at = this.find(low, high);
    return at < 0 ? 0 : this.entries[at + 2]!;
  }

  private find(low: number, high: number): number {
    const first = this.bucketOf(low, high);
    const { entries } = this;
    for (let at = first; at < first + WAYS * SEEN_WORDS; at += SEEN_WORDS) {
      if (entries[at] === low >>> 0 && entries[at + 1] === high >>> 0 && entries[at + 3]! > 0) {
        return at;
      }
    }
    return -1;
  }

  private makeRoom(low: number, high: number): number {
    const first = this.bucketOf(low, high);
    const { entries } = this;
    let oldest = first;
    for (let at = first; at < first + WAYS * SEEN_WORDS; at += SEEN_WORDS) {
      if (entries[at + 3] === 0) {
        this.count++;
        return at;
      }
      if (entries[at + 3]! < entries[oldest + 3]!) oldest = at;
    }
    this.evicted++;
    return oldest;
  }

  private bucketOf(low: number, high: number): number {
    const hash = finishHash(mixWord(mixWord(this.seed, low), high));
    return (hash & this.mask) * WAYS * SEEN_WORDS;
  }
}

/** A 64-bit fingerprint in two lanes; reused. */
export class Fingerprint {
  low = 0;
  high = 0;

  /** @param kind what sort of value it is of. */
  start(kind: number): void {
    this.low = 0x243f6a88 ^ kind;
    this.high = 0x13198a2e ^ Math.imul(kind, 0x9e3779b1);
  }

  word(word: number): void {
    this.low = mixWord(this.low, word);
    this.high = Math.imul(this.high ^ word, 0x01000193) ^ (this.high >>> 15) ^ this.low;
  }

  bytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.word(bytes[i]!);
    this.word(bytes.length);
  }

  finish(): void {
    const low = finishHash(this.low ^ Math.imul(this.high, 0x27d4eb2f));
    this.high = finishHash(this.high ^ Math.imul(this.low, 0x165667b1));
    this.low = low;
  }
}
