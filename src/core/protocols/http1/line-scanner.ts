/**
 * Finds the ends of lines in data that comes in pieces, without looking at a byte twice. Requests end their lines
 * with LF; responses are read as browsers do: CR LF, LF, LF CR or CR alone (unless more CRs follow).
 *
 * @hotpath
 */
const CR = 0x0d;
const LF = 0x0a;

export class LineScanner {
  /** Offset behind the line's end, set by `find`. */
  lineEnd = 0;
  private readonly acceptsCr: boolean;
  /** Bytes of the unfinished line that were looked at. */
  private scanned = 0;

  constructor(acceptsCr: boolean) {
    this.acceptsCr = acceptsCr;
  }

  /** Whether the line that begins at `start` ends before `end`. */
  find(bytes: Uint8Array, start: number, end: number, isLast = false): boolean {
    for (let at = start + this.scanned; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === LF) {
        const isPair = this.acceptsCr && at + 1 < end && bytes[at + 1] === CR;
        // LF CR LF is a line and an empty one, not a pair and an end.
        const isPairEnd = isPair && !(at + 2 < end && bytes[at + 2] === LF);
        return this.found(isPairEnd ? at + 2 : at + 1);
      }
      if (byte !== CR || !this.acceptsCr) continue;
      if (at + 1 >= end) {
        if (isLast) return this.found(at + 1);
        this.scanned = at - start;
        return false;
      }
      const next = bytes[at + 1]!;
      if (next === LF) return this.found(at + 2);
      if (next !== CR) return this.found(at + 1);
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
