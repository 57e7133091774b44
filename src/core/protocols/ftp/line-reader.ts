/**
 * Cuts the bytes of one direction into lines: each byte is looked at once, however the bytes come. Of a line over
 * the limit the beginning is taken, the rest is skipped.
 */
const LF = 0x0a;
const CR = 0x0d;

export class LineReader {
  /** The line found by the last `next`: [lineStart, lineEnd) without its end. */
  lineStart = 0;
  lineEnd = 0;
  isTruncated = false;
  /** Offset of what follows the bytes taken so far. */
  position = 0;
  private readonly limitBytes: number;
  /** Bytes from the start of the line that hold no line end. */
  private scannedBytes = 0;
  private isSkipping = false;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Looks for the next line in bytes of which those before `position` are taken; false when there is none yet. */
  next(bytes: Uint8Array, end: number): boolean {
    const start = this.position;
    let at = start + this.scannedBytes;
    while (at < end && bytes[at] !== LF) at++;
    const hasEnd = at < end;
    if (this.isSkipping) {
      this.scannedBytes = 0;
      this.position = hasEnd ? at + 1 : end;
      this.isSkipping = !hasEnd;
      return hasEnd && this.next(bytes, end);
    }
    this.isTruncated = at - start > this.limitBytes;
    if (!hasEnd && !this.isTruncated) {
      this.scannedBytes = at - start;
      return false;
    }
    this.scannedBytes = 0;
    this.lineStart = start;
    this.lineEnd = this.isTruncated ? start + this.limitBytes : at;
    if (!this.isTruncated && at > start && bytes[at - 1] === CR) this.lineEnd = at - 1;
    this.isSkipping = !hasEnd;
    this.position = hasEnd ? at + 1 : end;
    return true;
  }
}
