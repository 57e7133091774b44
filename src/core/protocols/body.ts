/**
 * A stream of bytes that comes in pieces and is looked at through a window: bodies of messages, contents of
 * files. Keeps the bytes that were not yet inspected, and some before them; addressed by offsets from the start
 * of the body.
 */

const FIRST_CAPACITY_BYTES = 1024;

export class StreamedBody {
  /** Bytes [windowStart, totalBytes) are kept. */
  windowStart = 0;
  /** Bytes that came so far. */
  totalBytes = 0;
  /** Offset up to which it was inspected, by whoever inspects. */
  inspectedBytes = 0;
  /** No more will come. */
  isComplete = false;
  private buffer = new Uint8Array(0);

  /** The array that holds the window; its first byte is the one at `windowStart`. */
  get bytes(): Uint8Array {
    return this.buffer;
  }

  get windowBytes(): number {
    return this.totalBytes - this.windowStart;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const held = this.windowBytes;
    const needed = held + (end - start);
    if (needed > this.buffer.length) this.grow(needed);
    this.buffer.set(bytes.subarray(start, end), held);
    this.totalBytes += end - start;
  }

  /** Forgets the bytes before an offset. */
  forget(beforeOffset: number): void {
    const gone = Math.min(beforeOffset, this.totalBytes) - this.windowStart;
    if (gone <= 0) return;
    const held = this.windowBytes;
    this.windowStart += gone;
    if (gone === held) this.buffer = new Uint8Array(0);
    else this.buffer.copyWithin(0, gone, held);
  }

  private grow(needed: number): void {
    const capacity = Math.max(needed, FIRST_CAPACITY_BYTES, 2 * this.buffer.length);
    const grown = new Uint8Array(capacity);
    grown.set(this.buffer.subarray(0, this.windowBytes));
    this.buffer = grown;
  }
}
