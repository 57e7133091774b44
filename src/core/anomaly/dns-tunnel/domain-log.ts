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

export class DomainLog {
  readonly pairs: WayTable;
  /** The last name noted, in lower case, and where its registered domain begins. */
  readonly name = new Uint8Array(NAME_BYTES_MAX);
  nameEnd = 0;
  domainStart = 0;
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
    const { key } = this.pairs;
    for (let i = 0; i < 4; i++) key[i] = client[i]!;
    key[4] = ipVersion;
    key[5] = this.hashOf(this.domainStart, this.nameEnd, this.seed) | 0;
    key[6] = this.hashOf(this.domainStart, this.nameEnd, ~this.seed) | 0;
    const slot = this.pairs.take(timeUs);
    if (this.pairs.isNew || timeUs - this.startUs[slot]! > this.windowUs) this.open(slot, timeUs);
    this.add(slot);
    return slot;
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

  private open(slot: number, timeUs: number): void {
    this.startUs[slot] = timeUs;
    this.bitmap.fill(0, slot * BITMAP_WORDS, (slot + 1) * BITMAP_WORDS);
    this.bitsSet[slot] = this.byteSum[slot] = this.entropySum[slot] = 0;
    this.pairs.weight[slot] = 0;
  }

  private add(slot: number): void {
    const bit = this.hashOf(0, this.domainStart, this.seed ^ 0x1b873593) & (BITMAP_BITS - 1);
    const at = slot * BITMAP_WORDS + (bit >>> 5);
    const mask = 1 << (bit & 31);
    if ((this.bitmap[at]! & mask) !== 0) return;
    this.bitmap[at]! |= mask;
    this.bitsSet[slot]!++;
    this.pairs.weight[slot] = this.bitsSet[slot]!;
    this.measure(slot);
  }

  /** Adds bytes and entropy of what stands before the domain, dots left out. */
  private measure(slot: number): void {
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
    this.byteSum[slot]! += length;
    this.entropySum[slot]! += entropy;
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
