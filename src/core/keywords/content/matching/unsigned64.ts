/**
 * One unsigned 64-bit number as two halves, reused: the byte keywords compute on it without allocating (a
 * bigint is an object). All operations wrap modulo 2^64; division and long multiplication go by bigint.
 *
 * @hotpath
 */
const WORD = 0x1_0000_0000;

export class Unsigned64 {
  /** Both from 0 to 2^32 - 1. */
  high = 0;
  low = 0;

  set(high: number, low: number): void {
    this.high = high;
    this.low = low;
  }

  setBigint(value: bigint): void {
    const wrapped = BigInt.asUintN(64, value);
    this.high = Number(wrapped >> 32n);
    this.low = Number(wrapped & 0xffff_ffffn);
  }

  toBigint(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** As a signed 64-bit number, rounded beyond 2^53. */
  toSignedNumber(): number {
    return (this.high | 0) * WORD + this.low;
  }

  /** -1, 0 or 1. */
  compare(other: Unsigned64): number {
    if (this.high !== other.high) return this.high < other.high ? -1 : 1;
    if (this.low !== other.low) return this.low < other.low ? -1 : 1;
    return 0;
  }

  get isZero(): boolean {
    return this.high === 0 && this.low === 0;
  }

  and(other: Unsigned64): void {
    this.high = (this.high & other.high) >>> 0;
    this.low = (this.low & other.low) >>> 0;
  }

  add(high: number, low: number): void {
    const sum = this.low + low;
    this.low = sum >>> 0;
    this.high = (this.high + high + (sum >= WORD ? 1 : 0)) >>> 0;
  }

  /** Adds a signed 32-bit number. */
  addSigned(value: number): void {
    this.add(value < 0 ? WORD - 1 : 0, value >>> 0);
  }

  subtract(high: number, low: number): void {
    const difference = this.low - low;
    this.low = difference >>> 0;
    this.high = (this.high - high - (difference < 0 ? 1 : 0)) >>> 0;
  }

  /** Multiplies by a number of 0 to 2^20. */
  multiplySmall(factor: number): void {
    const product = this.low * factor;
    this.low = product >>> 0;
    this.high = (this.high * factor + Math.floor(product / WORD)) % WORD;
  }

  /** Rounds up to a multiple of `unit`, a power of two. */
  alignTo(unit: number): void {
    const rest = this.low & (unit - 1);
    if (rest !== 0) this.add(0, unit - rest);
  }

  shiftLeft(count: number): void {
    if (count >= 64) this.set(0, 0);
    else if (count >= 32) this.set((this.low << (count - 32)) >>> 0, 0);
    else if (count > 0) {
      this.high = ((this.high << count) | (this.low >>> (32 - count))) >>> 0;
      this.low = (this.low << count) >>> 0;
    }
  }

  shiftRight(count: number): void {
    if (count >= 64) this.set(0, 0);
    else if (count >= 32) this.set(0, this.high >>> (count - 32));
    else if (count > 0) {
      this.low = ((this.low >>> count) | (this.high << (32 - count))) >>> 0;
      this.high >>>= count;
    }
  }
}

/** Zero bits below the lowest one of a mask; 0 for an empty mask. */
export function trailingZeros(mask: bigint): number {
  if (mask === 0n) return 0;
  let count = 0;
  while (((mask >> BigInt(count)) & 1n) === 0n) count++;
  return count;
}
