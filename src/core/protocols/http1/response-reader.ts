/** Reads responses as browsers do: status lines, what body follows and how it is encoded. */
import { findByte } from "../../bytes/find-byte.ts";
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import { BodyReader } from "./body-reader.ts";
import { encodingsOf } from "./content-encodings.ts";
import { isDigit, noteLengthJunk, parseLength } from "./header-block.ts";
import { endWithoutBreak, isSpace, latinText, lowerText, plainText } from "./message.ts";
import { MessageReader, Stage } from "./message-reader.ts";
import type { HttpOptions } from "./options.ts";
import { versionOf } from "./request-line.ts";
import { equalsAscii, type Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

/** What the reader tells the connection. */
export interface ResponseEvents {
  /** The request that waits for its answer is of HTTP/0.9. */
  readonly isShortNext: boolean;
  /** That request; null when none waits. */
  readonly nextAnswered: Http1Transaction | null;
  /** The transaction that the response belongs to; null when there may be no more. */
  answer(host: ParseHost): Http1Transaction | null;
  responseDone(transaction: Http1Transaction, host: ParseHost): void;
  /** The request was refused; a body that waits for the server's consent will not come. */
  refused(transaction: Http1Transaction, host: ParseHost): void;
  /** A tunnel was opened, or another protocol was agreed on. */
  switched(transaction: Http1Transaction, host: ParseHost): void;
}

export class ResponseReader extends MessageReader {
  private readonly events: ResponseEvents;
  hasSwitched = false;

  constructor(options: HttpOptions, events: ResponseEvents) {
    super(options, 1);
    this.events = events;
  }

  protected override mustStop(): boolean {
    return this.hasSwitched;
  }

  protected override nextTransaction(): Http1Transaction | null {
    return this.events.nextAnswered;
  }

  protected override readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    end: number,
    host: ParseHost,
  ): number {
    const last = endWithoutBreak(bytes, start, lineEnd);
    const transaction = this.transaction ?? this.events.answer(host);
    if (transaction === null) return PARSE_FAILED;
    this.transaction = transaction;
    if (last === start) return lineEnd - start;
    if (!looksLikeStatusLine(bytes, start, last)) {
      const isIgnored = end - lineEnd > 1 && (bytes[lineEnd] === 0x48 || last - start <= 2);
      if (!isIgnored) this.takeAsBody(transaction, bytes, start, lineEnd, end, host);
      return lineEnd - start;
    }
    this.body = null;
    transaction.response.line = bytes.slice(start, last);
    parseStatusLine(transaction, transaction.response.line);
    this.beginHeaders();
    return lineEnd - start;
  }

  /** The answer to a request of HTTP/0.9 has no line: all of it is body. */
  protected override takeLeftover(
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    if (this.transaction !== null || !this.events.isShortNext) return 0;
    const transaction = this.events.answer(host);
    if (transaction === null) return 0;
    this.transaction = transaction;
    transaction.response.hasHeaders = true;
    this.body = new BodyReader(transaction, 1);
    this.body.asFile(transaction.path);
    this.beginBody(Stage.openBody, 0);
    this.body.add(bytes, start, end, host);
    return end - start;
  }

  /** A line where the status line should be is shown by browsers; at the end of the data it is all there is. */
  private takeAsBody(
    transaction: Http1Transaction,
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    end: number,
    host: ParseHost,
  ): void {
    if (this.body === null) {
      this.body = new BodyReader(transaction, 1);
      this.body.asFile(fileNameOf(transaction));
    }
    transaction.response.hasHeaders = true;
    this.body.add(bytes, start, lineEnd, host);
    if (lineEnd >= end) this.beginBody(Stage.leftover, 0);
  }

  protected override headersDone(host: ParseHost): number {
    const { transaction } = this;
    if (transaction === null) return PARSE_FAILED;
    const { statusNumber: status, response } = transaction;
    const isConnect = transaction.isConnect;
    if (isConnect && status >= 200 && status <= 299) return this.openTunnel(host);
    const length = response.value("content-length");
    const hasEncoding = response.value("transfer-encoding") !== null;
    const isBare = length === null && !hasEncoding;
    if (status === 101) {
      if (isBare) return this.openTunnel(host);
      transaction.note("switching_proto_with_content_length");
    }
    if (status === 100 && !hasEncoding && (length === null || parseLength(length) <= 0)) {
      return this.continueWith(transaction);
    }
    if (status >= 400 && status <= 499) this.events.refused(transaction, host);
    const method = transaction.method;
    const isHead = method !== null && equalsAscii(method, "HEAD");
    if (isHead || (hasNoBody(status) && isBare)) {
      this.beginBody(Stage.leftover, 0);
      this.body = new BodyReader(transaction, 1);
      return 0;
    }
    if (hasNoBody(status)) transaction.note("response_body_unexpected");
    return this.beginResponseBody(transaction);
  }

  protected override messageDone(host: ParseHost): void {
    if (this.transaction !== null) this.events.responseDone(this.transaction, host);
  }

  /** What follows is taken as it is, until the connection ends. */
  protected override badChunk(): number {
    this.transaction?.note("invalid_response_chunk_len");
    this.beginBody(Stage.openBody, 0);
    return 0;
  }

  protected override beginsMessage(bytes: Uint8Array, start: number, end: number): boolean {
    const lineFeed = findByte(bytes, 0x0a, start, end);
    if (lineFeed >= 0) return looksLikeStatusLine(bytes, start, lineFeed);
    return mayBecomeStatusLine(bytes, start, end);
  }

  private openTunnel(host: ParseHost): number {
    const { transaction } = this;
    if (transaction === null) return PARSE_FAILED;
    this.hasSwitched = true;
    this.stage = Stage.ignored;
    this.complete(host);
    this.events.switched(transaction, host);
    return 0;
  }

  /** 100 Continue: the answer proper follows. */
  private continueWith(transaction: Http1Transaction): number {
    if (transaction.sawContinue) transaction.note("100_continue_already_seen");
    transaction.sawContinue = true;
    transaction.forgetResponse();
    this.stage = Stage.line;
    return 0;
  }

  private beginResponseBody(transaction: Http1Transaction): number {
    const { response } = transaction;
    const body = new BodyReader(transaction, 1);
    this.body = body;
    body.decode(encodingsOf(transaction, response));
    body.asFile(fileNameOf(transaction));
    const transfer = response.value("transfer-encoding");
    if (transfer !== null && plainText(transfer).includes("chunked")) {
      this.beginChunks(transaction, transfer);
      return 0;
    }
    const length = response.value("content-length");
    if (length === null) {
      const contentType = response.value("content-type");
      if (contentType !== null && plainText(contentType).includes("multipart/byteranges")) {
        transaction.note("response_multipart_byteranges");
        return PARSE_FAILED;
      }
      this.beginBody(Stage.openBody, 0);
      return 0;
    }
    noteLengthJunk(transaction, length);
    const bodyBytes = parseLength(length);
    if (bodyBytes < 0) {
      transaction.note("invalid_content_length_field_in_response");
      return PARSE_FAILED;
    }
    this.beginBody(bodyBytes === 0 ? Stage.leftover : Stage.fixedBody, bodyBytes);
    return 0;
  }

  private beginChunks(transaction: Http1Transaction, transfer: Uint8Array): void {
    if (lowerText(transfer) !== "chunked") {
      transaction.note("response_abnormal_transfer_encoding");
    }
    if (transaction.response.version < 11) transaction.note("response_chunked_old_proto");
    this.beginBody(Stage.chunkLength, 0);
  }
}

function hasNoBody(status: number): boolean {
  return (status >= 100 && status <= 199) || status === 204 || status === 304;
}

/** Browsers take everything that begins with "HTTP", zero bytes before it or not. */
function looksLikeStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (isSpace(bytes[at]!) || bytes[at] === 0)) at++;
  return at + 4 <= end && lowerText(bytes, at, at + 4) === "http";
}

/** As much as came of a line agrees with a status line. */
function mayBecomeStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (isSpace(bytes[at]!) || bytes[at] === 0)) at++;
  const word = lowerText(bytes, at, Math.min(end, at + 4));
  return "http".startsWith(word);
}

function parseStatusLine(transaction: Http1Transaction, line: Uint8Array): void {
  const { response } = transaction;
  let at = 0;
  while (at < line.length && (isSpace(line[at]!) || line[at] === 0)) at++;
  const protocolStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  if (at > protocolStart) response.protocol = line.slice(protocolStart, at);
  response.version = response.protocol === null ? 0 : versionOf(response.protocol);
  if (response.version === 0) transaction.note("response_invalid_protocol");
  while (at < line.length && isSpace(line[at]!)) at++;
  const statusStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  if (at > statusStart) transaction.status = line.slice(statusStart, at);
  transaction.statusNumber = transaction.status === null ? 0 : statusOf(transaction.status);
  if (transaction.statusNumber === 0) transaction.note("response_invalid_status");
  const reasonGap = at;
  while (at < line.length && isSpace(line[at]!)) at++;
  if (at > reasonGap) transaction.reason = line.slice(at);
}

/** 100 to 999; 0 for anything else. */
function statusOf(status: Uint8Array): number {
  if (!status.every(isDigit)) return 0;
  const number = parseLength(status);
  return number >= 100 && number <= 999 ? number : 0;
}

/** The name in Content-Disposition, else the path of the request; without one the body is no file. */
function fileNameOf(transaction: Http1Transaction): Uint8Array | null {
  const disposition = transaction.response.value("content-disposition");
  if (disposition !== null) {
    const match = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(latinText(disposition));
    const name = match?.[1] ?? match?.[2] ?? "";
    if (name !== "") return ascii(name);
  }
  return transaction.isUnsolicited ? transaction.uriRaw : transaction.path;
}
