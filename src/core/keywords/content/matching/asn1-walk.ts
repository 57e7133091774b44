/**
 * A walk over BER objects (X.690 §8) that looks for the three faults of the asn1 keyword. An object that does
 * not parse to its end contributes nothing and ends the walk; more top-level objects than frames refuse the
 * whole. Contents of primitive types are not checked further.
 *
 * @hotpath
 */
export interface Asn1Wanted {
  bitstringOverflow: boolean;
  doubleOverflow: boolean;
  /** -1: not asked for. */
  oversizeLength: number;
}

const BIT_STRING = 3;
const REAL = 9;
/** A real number in text longer than this overran a fixed buffer of the MSASN1 library. */
const REAL_BYTES_MAX = 256;
const BROKEN = -1;

export class Asn1Walk {
  private readonly wanted: Asn1Wanted;
  private readonly framesMax: number;
  private isFound = false;
  // The header read last.
  private tag = 0;
  private isConstructed = false;
  private isUniversal = false;
  private length = 0;
  private isIndefinite = false;

  constructor(wanted: Asn1Wanted, framesMax: number) {
    this.wanted = wanted;
    this.framesMax = framesMax;
  }

  /** True when an object in [start, end) has one of the faults. */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    let found = false;
    for (let count = 0; at < end; count++) {
      if (count >= this.framesMax) return false;
      this.isFound = false;
      const next = this.walkObject(bytes, at, end, 1);
      if (next === BROKEN) break;
      if (this.isFound) found = true;
      at = next;
    }
    return found;
  }

  /** Offset behind the object at `at`, or BROKEN. */
  private walkObject(bytes: Uint8Array, at: number, end: number, depth: number): number {
    if (depth > this.framesMax) return BROKEN;
    const content = this.readHeader(bytes, at, end);
    if (content === BROKEN) return BROKEN;
    const { length, isConstructed, isIndefinite } = this;
    if (!isIndefinite && length > end - content) return BROKEN;
    if (this.isFaulty(bytes, content)) this.isFound = true;
    if (!isConstructed) return isIndefinite ? BROKEN : content + length;
    return isIndefinite
      ? this.walkToEndMark(bytes, content, end, depth)
      : this.walkContents(bytes, content, content + length, depth);
  }

  private walkContents(bytes: Uint8Array, start: number, end: number, depth: number): number {
    let at = start;
    while (at < end && at !== BROKEN) at = this.walkObject(bytes, at, end, depth + 1);
    return at;
  }

  private walkToEndMark(bytes: Uint8Array, start: number, end: number, depth: number): number {
    let at = start;
    while (at !== BROKEN && at + 1 < end) {
      if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 2;
      at = this.walkObject(bytes, at, end, depth + 1);
    }
    return BROKEN;
  }

  /** Offset of the content, or BROKEN. */
  private readHeader(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (at >= end) return BROKEN;
    const first = bytes[at++]!;
    this.isUniversal = first >> 6 === 0;
    this.isConstructed = (first & 0x20) !== 0;
    this.tag = first & 0x1f;
    if (this.tag === 0x1f) {
      this.tag = 0;
      for (let byte = 0x80; (byte & 0x80) !== 0; ) {
        if (at >= end || this.tag > 0xff_ffff) return BROKEN;
        byte = bytes[at++]!;
        this.tag = this.tag * 128 + (byte & 0x7f);
      }
    }
    return this.readLength(bytes, at, end);
  }

  private readLength(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end) return BROKEN;
    const first = bytes[start]!;
    this.isIndefinite = first === 0x80;
    this.length = 0;
    if (first < 0x80) {
      this.length = first;
      return start + 1;
    }
    const count = first & 0x7f;
    if (count > 8 || start + 1 + count > end) return BROKEN;
    for (let index = 1; index <= count; index++) {
      this.length = this.length * 256 + bytes[start + index]!;
    }
    return start + 1 + count;
  }

  private isFaulty(bytes: Uint8Array, content: number): boolean {
    const { wanted, length, tag } = this;
    if (wanted.oversizeLength >= 0 && length > wanted.oversizeLength) return true;
    if (!this.isUniversal || this.isConstructed || length === 0) return false;
    const first = bytes[content]!;
    if (wanted.bitstringOverflow && tag === BIT_STRING && first > length * 8) return true;
    return wanted.doubleOverflow && tag === REAL && (first & 0xc0) === 0 && length > REAL_BYTES_MAX;
  }
}
