/**
 * A stream of bytes that comes in pieces and is looked at through a window: bodies of messages, contents of
 * files. Keeps the bytes that were not yet inspected, and some before them; addressed by offsets from the start
 * of the body.
 */

const FIRST_CAPACITY_BYTES = 1024;
/** An array up to this size is kept for what comes next when all in it was forgotten. */
const KEPT_CAPACITY_BYTES = 8192;
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
    this.start = 0;
    if (this.bytes.length > KEPT_CAPACITY_BYTES || this.isComplete) this.bytes = NOTHING;
  }

  /** Moves the window to the front, into a larger array where half of this one is not enough. */
  private makeRoom(length: number): void {
    const { bytes, start, end, windowBytes } = this;
    const needed = windowBytes + length;
    if (2 * needed <= bytes.length) bytes.copyWithin(0, start, end);
    else {
      const capacity = windowBytes === 0 ? needed : 2 * needed;
      const grown = new Uint8Array(Math.max(capacity, FIRST_CAPACITY_BYTES));
      grown.set(bytes.subarray(start, end));
      this.bytes = grown;
    }
    this.start = 0;
  }
}
