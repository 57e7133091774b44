/**
 * Walks a mail message with its parts (RFC 2045, RFC 2046): header lines, then pieces of bodies, which become files
 * when their header names one. Whoever carries the message cuts it into lines: header lines and lines that may be
 * a boundary come whole, everything else in pieces of any size.
 *
 * @hotpath
 */
import { Md5 } from "../../bytes/md5.ts";
import { Base64Stream } from "./base64-stream.ts";
import { Boundaries } from "./boundaries.ts";
import { HeaderReader } from "./header-reader.ts";
import { ATTACHMENTS_MAX, MimeMessage } from "./message.ts";
import type { MimeOptions } from "./options.ts";
import { type PartHeader, readPartHeader, TransferEncoding } from "./part-header.ts";
import { QuotedPrintableStream } from "./quoted-printable.ts";
import { UrlFinder } from "./url-finder.ts";

const LINE_BYTES_USUAL = 998;
const ENCODED_LINE_BYTES_USUAL = 76;

export type MimeEvent =
  | "mime_parse_failed"
  | "mime_invalid_base64"
  | "mime_invalid_qp"
  | "mime_long_line"
  | "mime_long_enc_line"
  | "mime_long_header_name"
  | "mime_long_header_value"
  | "mime_long_boundary"
  | "mime_long_filename";

/** Takes what a message has in it. */
export interface MimeSink {
  openFile(name: Uint8Array): void;
  appendFile(bytes: Uint8Array, start: number, end: number): void;
  closeFile(): void;
  note(event: MimeEvent): void;
}

export class MimeParser {
  readonly message: MimeMessage;
  private readonly options: MimeOptions;
  private readonly sink: MimeSink;
  private readonly header = new HeaderReader();
  private readonly finder: UrlFinder;
  private readonly boundaries = new Boundaries();
  private inHeader = true;
  private isText = true;
  private fileName: Uint8Array | null = null;
  private encoding: number = TransferEncoding.plain;
  private base64 = new Base64Stream();
  private quoted = new QuotedPrintableStream();
  /** Bytes of the current line of a body so far. */
  private lineBytes = 0;
  /** End of the last line of a file: a part of it only when something follows. */
  private readonly lineEnd = new Uint8Array(2);
  private lineEndBytes = 0;
  private decoded = new Uint8Array(0);
  private readonly bodyHash: Md5 | null;
  private isHashing = false;

  constructor(options: MimeOptions, sink: MimeSink) {
    this.options = options;
    this.sink = sink;
    this.finder = new UrlFinder(options);
    this.message = new MimeMessage(this.finder);
    this.bodyHash = options.hashesBody ? new Md5() : null;
  }

  /** The next bytes belong to a header: they are wanted line by line. */
  get isInHeader(): boolean {
    return this.inHeader;
  }

  /** A line of a header, in [start, end); its line end reaches to `fullEnd`. */
  headerLine(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    this.hash(bytes, start, fullEnd);
    if (end - start > LINE_BYTES_USUAL) this.sink.note("mime_long_line");
    if (end === start) this.endHeader();
    else if (this.boundaries.match(bytes, start, end)) this.header.take();
    else this.header.line(bytes, start, end);
  }

  /** A whole line of a body that begins with two hyphens. */
  bodyLine(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    if (!this.boundaries.match(bytes, start, end)) {
      this.bodyPiece(bytes, start, end, fullEnd);
      return;
    }
    this.startHashing(bytes, start, fullEnd);
    this.endPart();
  }

  /** A piece of a line of a body; with its line end, [end, fullEnd), when the line ends here. */
  bodyPiece(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    this.startHashing(bytes, start, fullEnd);
    this.lineBytes += end - start;
    if (this.lineBytes > LINE_BYTES_USUAL) this.sink.note("mime_long_line");
    if (this.fileName !== null) this.filePiece(bytes, start, end, fullEnd);
    else if (this.isText) this.textPiece(bytes, start, end, fullEnd);
    if (fullEnd > end) this.lineBytes = 0;
  }

  /** The message is over. */
  finish(): void {
    this.finder.finish();
    if (this.bodyHash === null || !this.isHashing) return;
    const digest = new Uint8Array(this.bodyHash.digestLength);
    this.bodyHash.digest(digest, 0);
    this.message.bodyMd5 = digest;
    this.isHashing = false;
  }

  private hash(bytes: Uint8Array, start: number, end: number): void {
    if (this.isHashing) this.bodyHash?.update(bytes, start, end);
  }

  private startHashing(bytes: Uint8Array, start: number, end: number): void {
    this.isHashing = this.bodyHash !== null;
    this.hash(bytes, start, end);
  }

  private endHeader(): void {
    const { header, message, sink } = this;
    if (header.hasLongName) sink.note("mime_long_header_name");
    if (header.hasLongValue) sink.note("mime_long_header_value");
    header.hasLongName = header.hasLongValue = false;
    const fields = header.take();
    if (message.fields.length === 0) message.fields = fields;
    message.hasHeader = true;
    const part = readPartHeader(fields);
    this.apply(part);
    // A message within a message: its own header follows.
    if (part.type?.startsWith("message/") === true) return;
    this.inHeader = false;
    this.lineBytes = this.lineEndBytes = 0;
    if (this.fileName !== null) sink.openFile(this.fileName);
  }

  private apply(part: PartHeader): void {
    const { sink, message } = this;
    if (part.isNameLong) sink.note("mime_long_filename");
    if (part.isBoundaryLong) sink.note("mime_long_boundary");
    if (this.fileName === null && part.name !== null && this.hasRoom) {
      this.fileName = part.name;
      message.attachments.push(part.name);
    }
    if (part.encoding !== null) {
      this.encoding = part.encoding;
      this.base64 = new Base64Stream();
      this.quoted = new QuotedPrintableStream();
    }
    if (part.type !== null) this.isText = part.type === "text/plain" || part.type === "text/html";
    for (const boundary of part.boundaries) {
      if (!this.boundaries.push(boundary)) sink.note("mime_parse_failed");
    }
  }

  private get hasRoom(): boolean {
    return this.message.attachments.length < ATTACHMENTS_MAX;
  }

  private endPart(): void {
    if (this.fileName !== null) {
      if (this.encoding === TransferEncoding.base64) {
        const length = this.base64.finish(this.room(3));
        this.sink.appendFile(this.decoded, 0, length);
      }
      this.sink.closeFile();
    }
    this.fileName = null;
    this.encoding = TransferEncoding.plain;
    this.inHeader = true;
  }

  private filePiece(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    if (this.encoding === TransferEncoding.base64) this.base64Piece(bytes, start, end);
    else if (this.encoding === TransferEncoding.quotedPrintable) {
      this.quotedPiece(bytes, start, end, fullEnd);
    } else this.plainPiece(bytes, start, end, fullEnd);
  }

  private plainPiece(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    const { sink, finder } = this;
    finder.take(bytes, start, fullEnd);
    if (fullEnd > start) this.appendLineEnd();
    sink.appendFile(bytes, start, end);
    this.holdLineEnd(bytes, end, fullEnd);
  }

  private appendLineEnd(): void {
    this.sink.appendFile(this.lineEnd, 0, this.lineEndBytes);
    this.lineEndBytes = 0;
  }

  private holdLineEnd(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.lineEnd[this.lineEndBytes++] = bytes[i]!;
  }

  private base64Piece(bytes: Uint8Array, start: number, end: number): void {
    if (!this.options.decodesBase64) return;
    const length = this.decodeBase64(bytes, start, end);
    this.finder.take(this.decoded, 0, length);
    if (this.fileName !== null) this.sink.appendFile(this.decoded, 0, length);
  }

  private decodeBase64(bytes: Uint8Array, start: number, end: number): number {
    if (this.lineBytes > ENCODED_LINE_BYTES_USUAL) this.sink.note("mime_long_enc_line");
    const room = this.room(Base64Stream.roomBytes(end - start));
    const length = this.base64.decode(bytes, start, end, room);
    if (this.base64.isBroken) this.sink.note("mime_invalid_base64");
    return length;
  }

  private quotedPiece(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    const { quoted, sink, finder } = this;
    if (!this.options.decodesQuotedPrintable) return;
    if (this.lineBytes > ENCODED_LINE_BYTES_USUAL) sink.note("mime_long_enc_line");
    const length = quoted.decode(bytes, start, end, this.room(end - start));
    if (fullEnd > start) this.appendLineEnd();
    finder.take(this.decoded, 0, length);
    sink.appendFile(this.decoded, 0, length);
    if (fullEnd > end && quoted.endLine()) {
      finder.take(bytes, end, fullEnd);
      this.holdLineEnd(bytes, end, fullEnd);
    }
    if (quoted.isInvalid) sink.note("mime_invalid_qp");
    quoted.isInvalid = false;
  }

  private textPiece(bytes: Uint8Array, start: number, end: number, fullEnd: number): void {
    if (this.encoding === TransferEncoding.base64) this.base64Piece(bytes, start, end);
    else this.finder.take(bytes, start, fullEnd);
  }

  private room(byteLength: number): Uint8Array {
    if (this.decoded.length < byteLength) this.decoded = new Uint8Array(Math.max(1024, byteLength));
    return this.decoded;
  }
}
