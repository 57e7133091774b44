/**
 * Cuts a direction's data into lines that end with LF. Looks at no byte twice while a line comes piecemeal. Of a
 * line that is too long the beginning is given at once; the rest is passed over.
 */
import { findByte } from "../../bytes/find-byte.ts";

/** Bytes of a line, its end included, as Suricata has it. */
export const LINE_BYTES_MAX = 4096;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export class LineScanner {
  /** The line of the last `next` that was true, without its end. */
  start = 0;
  end = 0;
  /** Behind its end. */
  fullEnd = 0;
  /** Only the beginning of it is given. */
  isTruncated = false;
  /** From where the next call goes on; what lies before is done with. */
  position = 0;
  private isSkipping = false;
  /** Bytes after `position` that have no line end in them. */
  private scanned = 0;

  /** Looks for a line in the bytes from `position` on; false when it needs more. */
  next(bytes: Uint8Array, limit: number): boolean {
    for (;;) {
      const feed = findByte(bytes, LINE_FEED, this.position + this.scanned, limit);
      if (!this.isSkipping) return this.take(bytes, feed, limit);
      this.scanned = 0;
      this.position = feed < 0 ? limit : feed + 1;
      if (feed < 0) return false;
      this.isSkipping = false;
    }
  }

  /** Somebody else took bytes; what was known of the rest does not hold. */
  moveTo(position: number): void {
    this.position = position;
    this.scanned = 0;
  }

  private take(bytes: Uint8Array, feed: number, limit: number): boolean {
    const from = this.position;
    const available = (feed < 0 ? limit : feed + 1) - from;
    this.isTruncated = available >= LINE_BYTES_MAX;
    if (feed < 0 && !this.isTruncated) {
      this.scanned = available;
      return false;
    }
    this.scanned = 0;
    this.start = from;
    if (feed < 0) {
      this.isSkipping = true;
      this.end = this.fullEnd = this.position = from + LINE_BYTES_MAX;
      return true;
    }
    this.position = this.fullEnd = feed + 1;
    this.end = feed > from && bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    if (this.isTruncated) this.end = from + LINE_BYTES_MAX;
    return true;
  }
}
