/**
 * Arrays that are used again. Fresh memory costs more than what is written into it: it is cleared, and its pages are
 * touched for the first time. What is not given back is left to the collector. What a pool hands out holds whatever
 * was in it before.
 */

const SMALLEST_BITS = 10;
/** Larger arrays are not kept. */
const LARGEST_BITS = 18;
/** Bytes kept for later, over all sizes. */
const SPARE_BYTES_MAX = 16 * 1024 ** 2;

export class ArrayPool {
  /** By size, powers of two from 1 KiB on. */
  private readonly spare: Uint8Array[][] = Array.from(
    { length: LARGEST_BITS - SMALLEST_BITS + 1 },
    () => [],
  );
  private spareBytes = 0;

  /** An array of at least so many bytes. */
  take(byteCount: number): Uint8Array {
    const bits = Math.max(SMALLEST_BITS, 32 - Math.clz32(byteCount - 1));
    if (bits > LARGEST_BITS) return new Uint8Array(byteCount);
    const kept = this.spare[bits - SMALLEST_BITS]!.pop();
    if (kept === undefined) return new Uint8Array(1 << bits);
    this.spareBytes -= kept.length;
    return kept;
  }

  /** The caller keeps nothing of it. */
  give(array: Uint8Array): void {
    const bits = 31 - Math.clz32(array.length);
    if (bits < SMALLEST_BITS || bits > LARGEST_BITS || array.length !== 1 << bits) return;
    if (this.spareBytes + array.length > SPARE_BYTES_MAX) return;
    this.spare[bits - SMALLEST_BITS]!.push(array);
    this.spareBytes += array.length;
  }
}
