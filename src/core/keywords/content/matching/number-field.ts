/**
 * Where the byte keywords read a number and how: so many bytes, or digits, at an offset from the start of the
 * buffer or from the last match.
 *
 * @hotpath
 */
import type { BufferInspection } from "../../../detect/chain.ts";
import type { Quantity } from "../../../detect/content-item.ts";
import { readNumberText } from "./number-text.ts";
import { RunQuantity } from "./quantity.ts";
import { Unsigned64 } from "./unsigned64.ts";

/** Bytes of a binary number; of a number in digits (2^64 - 1 in octal with a leading zero). */
export const BINARY_BYTES_MAX = 8;
export const TEXT_BYTES_MAX = 23;

export interface NumberFieldSpec {
  readonly bytes: Quantity;
  readonly offset: Quantity;
  readonly relative: boolean;
  readonly littleEndian: boolean;
  /** The byte order is the sender's (`dce`). */
  readonly senderOrder?: boolean;
  /** Digits in this base (0: by prefix); null: binary. */
  readonly base: number | null;
}

export class NumberField {
  readonly relative: boolean;
  readonly value = new Unsigned64();
  /** Where the number began and the offset behind what it took; valid after `read` was true. */
  at = 0;
  end = 0;
  private readonly bytes: RunQuantity;
  private readonly offset: RunQuantity;
  private readonly littleEndian: boolean;
  private readonly senderOrder: boolean;
  private readonly isText: boolean;
  private readonly base: number;
  private readonly bytesMax: number;

  constructor(spec: NumberFieldSpec) {
    this.relative = spec.relative;
    this.bytes = new RunQuantity(spec.bytes);
    this.offset = new RunQuantity(spec.offset);
    this.littleEndian = spec.littleEndian;
    this.senderOrder = spec.senderOrder ?? false;
    this.isText = spec.base !== null;
    this.base = spec.base ?? 10;
    this.bytesMax = this.isText ? TEXT_BYTES_MAX : BINARY_BYTES_MAX;
  }

  /** Reads the number into `value`; false when it is not wholly in the buffer or has no digit. */
  read(inspection: BufferInspection): boolean {
    const { bytes, start, end } = inspection;
    if (start === end) return false;
    const at = (this.relative ? inspection.cursor : start) + this.offset.signed(inspection);
    const count = this.bytes.signed(inspection);
    if (at < start || count < 0 || count > this.bytesMax || at + count > end) return false;
    // Behind the last byte only nothing can be read.
    if (this.relative && at >= end && count > 0) return false;
    this.at = at;
    if (this.isText) {
      const taken = readNumberText(bytes, at, at + count, this.base, this.value);
      this.end = at + taken;
      return taken > 0;
    }
    const isLittle = this.senderOrder ? inspection.isLittleEndian : this.littleEndian;
    this.readBinary(bytes, at, count, isLittle);
    this.end = at + count;
    return true;
  }

  private readBinary(bytes: Uint8Array, at: number, count: number, isLittle: boolean): void {
    let high = 0;
    let low = 0;
    for (let index = 0; index < count; index++) {
      const byte = bytes[isLittle ? at + count - 1 - index : at + index]!;
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | byte) >>> 0;
    }
    this.value.set(high, low);
  }
}
