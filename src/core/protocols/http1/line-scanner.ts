/**
 * Finds the ends of lines in data that comes in pieces, without looking at a byte twice. Lines end with LF; where
 * CR is accepted, as browsers do in status lines, with CR or CR LF too.
 *
 * @hotpath
 */
const CR = 0x0d;
const LF = 0x0a;

export class LineScanner {
  /** Offset behind the line's end, set by `find`. */
  lineEnd = 0;
  /** Bytes of the unfinished line that were looked at. */
  private scanned = 0;

  /** Whether the line that begins at `start` ends before `end`. */
  find(bytes: Uint8Array, start: number, end: number, acceptsCr: boolean): boolean {
    for (let at = start + this.scanned; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === LF) return this.found(at + 1);
      if (byte !== CR || !acceptsCr) continue;
      if (at + 1 < end) return this.found(bytes[at + 1] === LF ? at + 2 : at + 1);
      this.scanned = at - start;
      return false;
    }
    this.scanned = end - start;
    return false;
  }

  /** Bytes of the unfinished line. */
  get pendingBytes(): number {
    return this.scanned;
  }

  reset(): void {
    this.scanned = 0;
  }

  private found(lineEnd: number): boolean {
    this.lineEnd = lineEnd;
    this.scanned = 0;
    return true;
  }
}
