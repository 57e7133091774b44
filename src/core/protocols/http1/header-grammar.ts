/**
 * Takes header fields apart (RFC 9112 section 5) as servers and browsers do, which is far more than the grammar
 * allows: lines that end with LF, CR or mixtures, folded values, names with spaces, lines without a colon. One
 * call reads one field; what it found is in its own fields, valid until the next call.
 *
 * @hotpath
 */
import { isBlank } from "./message.ts";

export const HeaderStep = { more: 0, field: 1, end: 2 } as const;

/** What is wrong with a field. */
export const HeaderFlaw = {
  missingColon: 1,
  emptyName: 2,
  blankBeforeName: 4,
  blankAfterName: 8,
  oddName: 16,
} as const;

const NO_BYTES = new Uint8Array(0);
const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
/** Folded lines of one value; more are a new field. */
const FOLDS_MAX = 128;
const SEPARATORS = '()<>@,;:\\"/[]?={} \t';

const tokenBytes: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && !SEPARATORS.includes(String.fromCharCode(byte)) ? 1 : 0,
);

export class HeaderGrammar {
  nameStart = 0;
  nameEnd = 0;
  /** Bits of HeaderFlaw. */
  flaws = 0;
  /** Ranges whose bytes, one blank between them, are the value: start, end, the blank before; in turns. */
  readonly pieces: number[] = [];
  /** Numbers in `pieces` that count. */
  pieceNumbers = 0;
  /** Offset behind the field or the end of the block. */
  next = 0;

  readonly noBytes = NO_BYTES;
  private readonly isResponse: boolean;
  private bytes: Uint8Array = NO_BYTES;
  private end = 0;
  private isLast = false;
  // Of one line of a value.
  private lineEnd = 0;
  private lineNext = 0;
  private foldByte = -1;
  private breakBytes = 0;

  constructor(isResponse: boolean) {
    this.isResponse = isResponse;
  }

  /** Reads at `at`; `isLast`: nothing more will come. A HeaderStep. */
  read(bytes: Uint8Array, at: number, end: number, isLast: boolean): number {
    this.bytes = bytes;
    this.end = end;
    this.isLast = isLast;
    if (at >= end) return HeaderStep.more;
    const blockEnd = this.endOfBlock(at);
    if (blockEnd !== 0) return this.finish(at, blockEnd);
    this.flaws = 0;
    const colon = this.findColon(at);
    if (colon < 0) return this.readWithoutColon(at);
    this.nameStart = at;
    this.nameEnd = colon;
    this.checkName();
    let valueStart = colon + 1;
    while (valueStart < end && isBlank(bytes[valueStart]!)) valueStart++;
    return this.readValue(valueStart) ? HeaderStep.field : HeaderStep.more;
  }

  /** Whether the block ends at `at`, behind a field: HeaderStep.end, `more` when unsure, `field` when not. */
  readEnd(at: number): number {
    if (at >= this.end) return HeaderStep.more;
    const length = this.endOfBlock(at);
    return length === 0 ? HeaderStep.field : this.finish(at, length);
  }

  private finish(at: number, length: number): number {
    if (length < 0) return HeaderStep.more;
    this.next = at + length;
    return HeaderStep.end;
  }

  /** Length of the empty line at `at`; 0 for none, -1 when more must come. */
  private endOfBlock(at: number): number {
    const { bytes, end, isResponse } = this;
    if (bytes[at] === LF) return isResponse && at + 1 < end && bytes[at + 1] === CR ? 2 : 1;
    if (bytes[at] !== CR) return 0;
    if (at + 1 >= end) return this.isLast ? 1 : -1;
    if (bytes[at + 1] === LF) return 2;
    return isResponse ? 1 : 0;
  }

  /** The colon behind a name, which may reach over a line end that a space follows; -1 without. */
  private findColon(at: number): number {
    const { bytes, end, isResponse } = this;
    let breakByte = 0;
    for (let i = at; i < end; i++) {
      const byte = bytes[i]!;
      if (breakByte === 0) {
        if (byte === COLON) return i;
        if (byte === LF || (isResponse && byte === CR)) breakByte = byte;
      } else if (byte === SPACE) breakByte = 0;
      else if (byte === LF && breakByte === CR) breakByte = byte;
      else return -1;
    }
    return -1;
  }

  private checkName(): void {
    const { bytes, nameStart, nameEnd } = this;
    if (nameStart === nameEnd) {
      this.flaws |= HeaderFlaw.emptyName;
      return;
    }
    if (isBlank(bytes[nameStart]!)) this.flaws |= HeaderFlaw.blankBeforeName;
    if (isBlank(bytes[nameEnd - 1]!)) this.flaws |= HeaderFlaw.blankAfterName;
    let at = nameStart;
    while (at < nameEnd && isBlank(bytes[at]!)) at++;
    while (at < nameEnd && tokenBytes[bytes[at]!] === 1) at++;
    while (at < nameEnd && isBlank(bytes[at]!)) at++;
    if (at < nameEnd) this.flaws |= HeaderFlaw.oddName;
  }

  private readWithoutColon(at: number): number {
    this.nameStart = this.nameEnd = at;
    this.flaws = HeaderFlaw.missingColon;
    return this.readValue(at) ? HeaderStep.field : HeaderStep.more;
  }

  /** Reads a value with its folded lines; false when more must come. */
  private readValue(start: number): boolean {
    this.pieceNumbers = 0;
    if (!this.readLine(start)) return false;
    this.addPiece(start, -1);
    this.next = this.lineNext;
    for (let folds = 0; this.foldByte >= 0 && folds < FOLDS_MAX; folds++) {
      const at = this.lineNext;
      const blank = this.foldByte === 0 ? SPACE : this.foldByte;
      if (this.isResponse) {
        const begins = this.beginsField(at);
        if (begins === HeaderStep.more) return false;
        if (begins === HeaderStep.field) return true;
      }
      if (!this.readLine(at)) return false;
      this.addPiece(at, blank);
      const isEmpty = this.lineEnd === at;
      // An empty folded line is the end of the line before it, unless its own end is a whole one.
      if (!isEmpty || this.breakBytes > 1 || this.bytes[this.lineNext] === LF) {
        this.next = this.lineNext;
      }
    }
    return true;
  }

  private addPiece(start: number, blank: number): void {
    const { pieces, pieceNumbers } = this;
    pieces[pieceNumbers] = start;
    pieces[pieceNumbers + 1] = this.lineEnd;
    pieces[pieceNumbers + 2] = blank;
    this.pieceNumbers = pieceNumbers + 3;
  }

  /** Browsers take a folded line that looks like a field for one. */
  private beginsField(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && isBlank(bytes[at]!)) at++;
    const tokenStart = at;
    while (at < end && tokenBytes[bytes[at]!] === 1) at++;
    const hasToken = at > tokenStart;
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at >= end) return this.isLast ? HeaderStep.end : HeaderStep.more;
    return hasToken && bytes[at] === COLON ? HeaderStep.field : HeaderStep.end;
  }

  /** Finds the end of one line, and whether the next continues it; false when more must come. */
  private readLine(start: number): boolean {
    const { bytes, end, isResponse } = this;
    let at = start;
    while (at < end && bytes[at] !== LF && !(isResponse && bytes[at] === CR)) at++;
    this.foldByte = -1;
    if (at >= end) {
      this.lineEnd = this.lineNext = at;
      this.breakBytes = 0;
      return this.isLast;
    }
    if (!isResponse && at > start && bytes[at - 1] === CR) at--;
    this.lineEnd = at;
    return this.readBreak(at);
  }

  private readBreak(at: number): boolean {
    const regular = this.regularBreak(at);
    const odd = this.oddBreak(at);
    if (odd < 0) return false;
    const { bytes, end, isResponse } = this;
    const folding = isResponse || odd === 0 ? regular : odd;
    const after = at + folding;
    if (after >= end && !this.isLast) return false;
    const isFolded = after < end && (isBlank(bytes[after]!) || bytes[after] === 0);
    if (isFolded) {
      this.foldByte = bytes[after]!;
      this.lineNext = after + 1;
      this.breakBytes = folding;
      return true;
    }
    this.breakBytes = odd > 0 ? odd : regular;
    this.lineNext = at + this.breakBytes;
    return true;
  }

  private regularBreak(at: number): number {
    const { bytes, end } = this;
    const follows = at + 1 < end ? bytes[at + 1]! : -1;
    if (bytes[at] === CR) return follows === LF ? 2 : 1;
    return this.isResponse && follows === CR ? 2 : 1;
  }

  /** Length of a line end with more CRs in it than there should be; 0 for none, -1 when more must come. */
  private oddBreak(at: number): number {
    const { bytes, end, isResponse } = this;
    const isPrefix = at + 2 >= end && !this.isLast;
    if (bytes[at] === LF && at + 1 < end && bytes[at + 1] === CR) {
      if (isPrefix) return -1;
      if (bytes[at + 2] !== CR) return 0;
      if (at + 3 >= end && !this.isLast) return -1;
      if (bytes[at + 3] !== LF) return 0;
      if (this.isLineEnd(at + 4)) return 4;
      return isResponse ? 0 : 2;
    }
    if (!isResponse || bytes[at] !== CR || bytes[at + 1] !== LF || at + 1 >= end) return 0;
    if (isPrefix) return 0;
    return bytes[at + 2] === CR ? this.crRun(at) : 0;
  }

  /** CR LF CR and then CRs and blanks: all of it ends the line, if it does not end the block. */
  private crRun(at: number): number {
    const { bytes, end } = this;
    let next = at + 3;
    if (next >= end) return this.isLast ? 0 : -1;
    while (next < end && (bytes[next] === CR || isBlank(bytes[next]!))) next++;
    if (next === at + 3) return 0;
    if (next >= end) return this.isLast ? next - at : -1;
    if (bytes[next] === LF) next++;
    return this.isLineEnd(next) ? 0 : next - at;
  }

  private isLineEnd(at: number): boolean {
    const { bytes, end } = this;
    if (at >= end) return false;
    return bytes[at] === LF || (bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF);
  }
}
