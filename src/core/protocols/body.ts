/**
 * A stream of bytes that comes in pieces and is looked at through a window: bodies of messages, contents of
 * files. Keeps the bytes that were not yet inspected, and some before them; addressed by offsets from the start
 * of the body.
 */
import type { ArrayPool } from "../bytes/array-pool.ts";

const FIRST_CAPACITY_BYTES = 1024;
const NOTHING = new Uint8Array(0);

export class StreamedBody {
  /** Bytes [windowStart, totalBytes) are kept. */
  windowStart = 0;
  /** Bytes that came so far. */
  totalBytes = 0;
  /** Offset up to which it was inspected, by whoever inspects. */
  inspectedBytes = 0;
  /** No more will come. */
  isComplete = false;
  /** The array that holds the window, in [start, end). */
  bytes: Uint8Array = NOTHING;
  start = 0;
  private readonly pool: ArrayPool | null;

  /** `pool`: where arrays come from and go back to. */
  constructor(pool: ArrayPool | null = null) {
    this.pool = pool;
  }

  get end(): number {
    return this.start + this.windowBytes;
  }

  get windowBytes(): number {
    return this.totalBytes - this.windowStart;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.end + length > this.bytes.length) this.makeRoom(length);
    this.bytes.set(bytes.subarray(start, end), this.end);
    this.totalBytes += length;
  }

  /** Forgets the bytes before an offset. */
  forget(beforeOffset: number): void {
    const gone = Math.min(beforeOffset, this.totalBytes) - this.windowStart;
    if (gone <= 0) return;
    this.windowStart += gone;
    this.start += gone;
    if (this.windowBytes > 0) return;
    this.drop();
  }

  /** Nobody looks at it any more. */
  release(): void {
    this.windowStart = this.totalBytes;
    this.drop();
  }

  private drop(): void {
    if (this.bytes.length > 0) this.pool?.give(this.bytes);
    this.bytes = NOTHING;
    this.start = 0;
  }

  /** Moves the window to the front, into a larger array where half of this one is not enough. */
  private makeRoom(length: number): void {
    const { bytes, start, end, windowBytes } = this;
    const needed = windowBytes + length;
    if (2 * needed <= bytes.length) bytes.copyWithin(0, start, end);
    else {
      const capacity = windowBytes === 0 ? needed : 2 * needed;
      const size = Math.max(capacity, FIRST_CAPACITY_BYTES);
      const grown = this.pool?.take(size) ?? new Uint8Array(size);
      if (end > start) grown.set(bytes.subarray(start, end));
      if (bytes.length > 0) this.pool?.give(bytes);
      this.bytes = grown;
    }
    this.start = 0;
  }
}
