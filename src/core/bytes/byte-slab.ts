/**
 * Copies of short ranges, side by side in larger arrays: an array of its own costs each of them some 200 bytes and
 * as many nanoseconds. The arrays are let go with the last copy in them, so a copy that is kept for long keeps its
 * whole array: at most SLAB_BYTES each.
 */

const SLAB_BYTES = 16_384;
/** Longer ranges have arrays of their own. */
const SHARED_BYTES_MAX = 2048;
/** Up to this length a loop beats a view and `set`. */
const LOOP_BYTES_MAX = 48;

export class ByteSlab {
  /** Where the last copy lies. */
  bytes: Uint8Array = new Uint8Array(0);
  private slab: Uint8Array = new Uint8Array(0);
  private next = 0;

  /** Copies [start, end); returns the offset of the copy in `bytes`, which is another array after some calls. */
  keep(source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const at = this.reserve(length);
    const { bytes } = this;
    if (length > LOOP_BYTES_MAX) bytes.set(source.subarray(start, end), at);
    else for (let i = 0; i < length; i++) bytes[at + i] = source[start + i]!;
    return at;
  }

  /** Room for so many bytes in `bytes`, from the offset returned on. */
  reserve(length: number): number {
    if (length > SHARED_BYTES_MAX) {
      this.bytes = new Uint8Array(length);
      return 0;
    }
    if (length > this.slab.length - this.next) {
      this.slab = new Uint8Array(SLAB_BYTES);
      this.next = 0;
    }
    this.bytes = this.slab;
    const at = this.next;
    this.next += length;
    return at;
  }
}
