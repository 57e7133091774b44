/**
 * Names that clients ask for, by client and registered domain, in windows of packet time: how many unlike ones
 * (a bitmap of 4096 bits, good to some 10,000), and of those the bytes and the mean entropy of what stands below
 * the domain. A name that was asked for before in the window carries nothing new and counts for nothing, so it
 * does not matter how often it is noted.
 *
 * Memory: 16,384 pairs of 580 bytes, 10 MB when all are taken, made with the first rule that asks. At the limit
 * pairs with the fewest names go first, counted.
 */
import { finishHash, mixWord, WayTable } from "../way-table.ts";

/** Pairs of client and domain that are followed at once. */
export const TUNNEL_PAIRS_MAX = 16_384;
/** Longer names are no domain names (RFC 1035 §2.3.4, in text). */
const NAME_BYTES_MAX = 255;
const BITMAP_WORDS = 128;
const BITMAP_BITS = BITMAP_WORDS * 32;
const DOT = 46;
const ARPA = [0x61, 0x72, 0x70, 0x61] as const;

/** Offset of the registrable domain in [start, end) of a lower-case name; -1 without. */
type RegistrableStart = (bytes: Uint8Array, start: number, end: number) => number;

/** A name that a client asked for, as it is counted. */
export interface NotedName {
  timeUs: number;
  readonly client: Int32Array;
  ipVersion: number;
  /** Two hashes of the registered domain, and one of what is below it: its bit. */
  domainLow: number;
  domainHigh: number;
  bit: number;
  /** Of what is below the domain, dots left out. */
  length: number;
  entropy: number;
}

export class DomainLog {
  readonly pairs: WayTable;
  /** The last name noted, in lower case, and where its registered domain begins. */
  readonly name = new Uint8Array(NAME_BYTES_MAX);
  nameEnd = 0;
  domainStart = 0;
  /** What was noted last; `isNews`: it was not asked for before in its window. */
  readonly noted: NotedName = {
    timeUs: 0,
    client: new Int32Array(4),
    ipVersion: 0,
    domainLow: 0,
    domainHigh: 0,
    bit: 0,
    length: 0,
    entropy: 0,
  };
  isNews = false;
  private readonly windowUs: number;
  private readonly seed: number;
  private readonly registrableStart: RegistrableStart;
  private readonly startUs: Float64Array;
  private readonly bitmap: Uint32Array;
  private readonly bitsSet: Uint32Array;
  /** Sums over unlike names, of what is below the domain without its dots. */
  private readonly byteSum: Float64Array;
  private readonly entropySum: Float64Array;
  private readonly counts = new Uint32Array(256);

  constructor(
    windowSeconds: number,
    seed: number,
    registrableStart: RegistrableStart,
    limitCount = TUNNEL_PAIRS_MAX,
  ) {
    this.windowUs = windowSeconds * 1e6;
    this.seed = seed;
    this.registrableStart = registrableStart;
    this.pairs = new WayTable(limitCount, 7, seed, this.windowUs);
    const slots = this.pairs.limitCount;
    this.startUs = new Float64Array(slots);
    this.bitmap = new Uint32Array(slots * BITMAP_WORDS);
    this.bitsSet = new Uint32Array(slots);
    this.byteSum = new Float64Array(slots);
    this.entropySum = new Float64Array(slots);
  }

  /**
   * Notes that the client asked for the name in [start, end). Returns the slot of client and domain, or -1 for
   * names that are no more than a domain, and for addresses looked up backward (arpa).
   */
  note(
    client: Int32Array,
    ipVersion: number,
    timeUs: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    if (!this.load(bytes, start, end)) return -1;
    const { noted } = this;
    noted.timeUs = timeUs;
    noted.client.set(client);
    noted.ipVersion = ipVersion;
    noted.domainLow = this.hashOf(this.domainStart, this.nameEnd, this.seed) | 0;
    noted.domainHigh = this.hashOf(this.domainStart, this.nameEnd, ~this.seed) | 0;
    noted.bit = this.hashOf(0, this.domainStart, this.seed ^ 0x1b873593) & (BITMAP_BITS - 1);
    const slot = this.slotOf(noted);
    this.isNews = !this.isBitSet(slot, noted.bit);
    if (this.isNews) {
      this.measure(noted);
      this.count(slot, noted);
    }
    return slot;
  }

  /** Adds a name that another engine noted with the same seed. */
  add(name: NotedName): void {
    const slot = this.slotOf(name);
    if (!this.isBitSet(slot, name.bit)) this.count(slot, name);
  }

  /** Unlike names of the window, by the bitmap. */
  uniqueNames(slot: number): number {
    const free = BITMAP_BITS - this.bitsSet[slot]!;
    return Math.round(BITMAP_BITS * Math.log(BITMAP_BITS / Math.max(1, free)));
  }

  /** Bytes below the domain, of unlike names. */
  bytesBelow(slot: number): number {
    return this.byteSum[slot]!;
  }

  /** Mean over unlike names, bits a character. */
  meanEntropy(slot: number): number {
    return this.entropySum[slot]! / Math.max(1, this.bitsSet[slot]!);
  }

  /** Mean over unlike names, characters. */
  meanLength(slot: number): number {
    return this.byteSum[slot]! / Math.max(1, this.bitsSet[slot]!);
  }

  /** The slot of client and domain, in the window of the name. */
  private slotOf({ client, ipVersion, domainLow, domainHigh, timeUs }: NotedName): number {
    const { key } = this.pairs;
    for (let i = 0; i < 4; i++) key[i] = client[i]!;
    key[4] = ipVersion;
    key[5] = domainLow;
    key[6] = domainHigh;
    const slot = this.pairs.take(timeUs);
    const startUs = this.startUs[slot]!;
    if (this.pairs.isNew || timeUs - startUs > this.windowUs) this.open(slot, timeUs);
    // Other threads tell of what came first a moment later.
    else if (timeUs < startUs) this.startUs[slot] = timeUs;
    return slot;
  }

  private open(slot: number, timeUs: number): void {
    this.startUs[slot] = timeUs;
    this.bitmap.fill(0, slot * BITMAP_WORDS, (slot + 1) * BITMAP_WORDS);
    this.bitsSet[slot] = this.byteSum[slot] = this.entropySum[slot] = 0;
    this.pairs.weight[slot] = 0;
  }

  private isBitSet(slot: number, bit: number): boolean {
    return (this.bitmap[slot * BITMAP_WORDS + (bit >>> 5)]! & (1 << (bit & 31))) !== 0;
  }

  private count(slot: number, { bit, length, entropy }: NotedName): void {
    this.bitmap[slot * BITMAP_WORDS + (bit >>> 5)]! |= 1 << (bit & 31);
    this.bitsSet[slot]!++;
    this.pairs.weight[slot] = this.bitsSet[slot]!;
    this.byteSum[slot]! += length;
    this.entropySum[slot]! += entropy;
  }

  /** Bytes and entropy of what stands before the domain, dots left out. */
  private measure(noted: NotedName): void {
    const { counts, name, domainStart } = this;
    counts.fill(0);
    let length = 0;
    for (let i = 0; i < domainStart; i++) {
      const byte = name[i]!;
      if (byte === DOT) continue;
      counts[byte]!++;
      length++;
    }
    let entropy = 0;
    for (let byte = 0; byte < 256 && length > 0; byte++) {
      const share = counts[byte]! / length;
      if (share > 0) entropy -= share * Math.log2(share);
    }
    noted.length = length;
    noted.entropy = entropy;
  }

  /** Copies the name in lower case; false when there is nothing below a registered domain. */
  private load(bytes: Uint8Array, start: number, end: number): boolean {
    const length = bytes[end - 1] === DOT ? end - 1 - start : end - start;
    if (length < 4 || length > NAME_BYTES_MAX) return false;
    const { name } = this;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      name[i] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    }
    this.nameEnd = length;
    if (this.isArpa()) return false;
    this.domainStart = this.registrableStart(name, 0, length);
    return this.domainStart > 0;
  }

  private isArpa(): boolean {
    const from = this.nameEnd - 5;
    if (from < 0 || this.name[from] !== DOT) return false;
    return ARPA.every((byte, i) => this.name[from + 1 + i] === byte);
  }

  private hashOf(start: number, end: number, seed: number): number {
    let hash = seed;
    for (let i = start; i < end; i++) hash = mixWord(hash, this.name[i]!);
    return finishHash(hash);
  }
}
