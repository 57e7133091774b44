/**
 * Reads values in the External Data Representation (RFC 4506): big-endian words, opaque data padded to four bytes.
 * Behind the end everything is 0 or empty and `isBroken` is set; nothing throws.
 */
import { readUint32 } from "../../bytes/endian.ts";

const NOTHING: Uint8Array = new Uint8Array(0);
const TWO_TO_32 = 0x1_0000_0000;

export class XdrReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  /** A value did not fit into what is there, or was longer than it may be. */
  isBroken = false;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  uint32(): number {
    return this.advance(4) ? readUint32(this.bytes, this.at - 4) : 0;
  }

  /** Beyond 2^53 it is rounded. */
  uint64(): number {
    return this.uint32() * TWO_TO_32 + this.uint32();
  }

  skip(byteLength: number): void {
    this.advance(byteLength);
  }

  /** A copy of so many bytes, padding passed over. */
  fixed(byteLength: number): Uint8Array {
    const start = this.at;
    if (!this.advance(paddedLength(byteLength))) return NOTHING;
    return this.bytes.slice(start, start + byteLength);
  }

  /** A copy of data with its length before it, of at most `maxBytes`. */
  opaque(maxBytes: number): Uint8Array {
    const byteLength = this.uint32();
    if (byteLength > maxBytes) this.isBroken = true;
    return this.isBroken ? NOTHING : this.fixed(byteLength);
  }

  skipOpaque(maxBytes: number): void {
    const byteLength = this.uint32();
    if (byteLength > maxBytes) this.isBroken = true;
    else this.advance(paddedLength(byteLength));
  }

  private advance(byteLength: number): boolean {
    if (this.isBroken || byteLength > this.end - this.at) {
      this.isBroken = true;
      return false;
    }
    this.at += byteLength;
    return true;
  }
}

function paddedLength(byteLength: number): number {
  return (byteLength + 3) & ~3;
}
