/**
 * The mail after DATA (RFC 5321 §4.1.1.4): header lines whole, bodies in pieces as they come, up to the line that
 * is a single dot. In bodies a lone CR ends a line, as in Suricata; the dot needs a LF. Dots that were doubled stay.
 *
 * @hotpath
 */
import { findByte } from "../../bytes/find-byte.ts";
import type { MimeParser } from "../mime/parser.ts";
import { LINE_BYTES_MAX, type LineScanner } from "./line-scanner.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOT = 0x2e;
const HYPHEN = 0x2d;

export const DataStep = { more: 0, goOn: 1, over: 2 } as const;

/** Takes a mail that is not taken apart. */
export type RawTaker = (bytes: Uint8Array, start: number, end: number) => void;

export class DataReader {
  /** A header line was cut. */
  isTruncated = false;
  private readonly scanner: LineScanner;
  private readonly mime: MimeParser | null;
  private readonly takeRaw: RawTaker;
  private isLineStart = true;

  constructor(scanner: LineScanner, mime: MimeParser | null, takeRaw: RawTaker) {
    this.scanner = scanner;
    this.mime = mime;
    this.takeRaw = takeRaw;
  }

  /** Takes bytes from the scanner's position on. */
  step(bytes: Uint8Array, limit: number): number {
    if (this.mime?.isInHeader === true) return this.headerLine(this.mime, bytes, limit);
    const at = this.scanner.position;
    if (at >= limit) return DataStep.more;
    if (this.isLineStart && bytes[at] === DOT) {
      const end = endOfDot(bytes, at, limit);
      if (end === 0) return DataStep.more;
      if (end > 0) {
        this.scanner.moveTo(end);
        return DataStep.over;
      }
    }
    if (this.isLineStart && bytes[at] === HYPHEN && this.mime !== null) {
      const step = this.boundaryLine(this.mime, bytes, at, limit);
      if (step >= 0) return step;
    }
    return this.piece(bytes, at, limit);
  }

  private headerLine(mime: MimeParser, bytes: Uint8Array, limit: number): number {
    const { scanner } = this;
    if (!scanner.next(bytes, limit)) return DataStep.more;
    const { start, end, fullEnd } = scanner;
    if (end === start + 1 && bytes[start] === DOT) return DataStep.over;
    if (scanner.isTruncated) this.isTruncated = true;
    mime.headerLine(bytes, start, end, fullEnd);
    this.isLineStart = true;
    return DataStep.goOn;
  }

  /** A line that may be a boundary is waited for; -1 when it cannot be one. */
  private boundaryLine(mime: MimeParser, bytes: Uint8Array, at: number, limit: number): number {
    if (limit - at === 1) return DataStep.more;
    if (bytes[at + 1] !== HYPHEN) return -1;
    const feed = this.feedFrom(bytes, at, limit);
    if (feed < 0) return limit - at < LINE_BYTES_MAX ? DataStep.more : -1;
    if (feed + 1 - at >= LINE_BYTES_MAX) return -1;
    const end = bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    mime.bodyLine(bytes, at, end, feed + 1);
    this.scanner.moveTo(feed + 1);
    return DataStep.goOn;
  }

  private scannedBytes = 0;

  /** The line feed of a line that begins at `at`; each byte is looked at once. */
  private feedFrom(bytes: Uint8Array, at: number, limit: number): number {
    const feed = findByte(bytes, LINE_FEED, at + this.scannedBytes, limit);
    const isOpen = feed < 0 && limit - at < LINE_BYTES_MAX;
    this.scannedBytes = isOpen ? limit - at : 0;
    return feed;
  }

  /** Up to the end of the line or of what is there. */
  private piece(bytes: Uint8Array, at: number, limit: number): number {
    let end = at;
    while (end < limit && bytes[end] !== LINE_FEED && bytes[end] !== CARRIAGE_RETURN) end++;
    let fullEnd = end;
    if (end < limit) {
      fullEnd = end + 1;
      const isReturn = bytes[end] === CARRIAGE_RETURN;
      if (isReturn && fullEnd === limit) fullEnd = end;
      else if (isReturn && bytes[fullEnd] === LINE_FEED) fullEnd++;
    }
    if (fullEnd === at) return DataStep.more;
    if (this.mime === null) this.takeRaw(bytes, at, fullEnd);
    else this.mime.bodyPiece(bytes, at, end, fullEnd);
    this.isLineStart = fullEnd > end;
    this.scanner.moveTo(fullEnd);
    return DataStep.goOn;
  }
}

/** Behind the line that is a single dot; 0: not known yet; -1: it is another line. */
function endOfDot(bytes: Uint8Array, at: number, limit: number): number {
  if (at + 1 === limit) return 0;
  if (bytes[at + 1] === LINE_FEED) return at + 2;
  if (bytes[at + 1] !== CARRIAGE_RETURN) return -1;
  if (at + 2 === limit) return 0;
  return bytes[at + 2] === LINE_FEED ? at + 3 : -1;
}
