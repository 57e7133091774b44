/** Reads responses as browsers do: status lines, what body follows and how it is encoded. */
import { findByte } from "../../bytes/find-byte.ts";
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import { BodyReader } from "./body-reader.ts";
import { encodingsOf } from "./content-encodings.ts";
import { isDigit, parseLength } from "./header-block.ts";
import { isBlankLine, isSpace, latinText, lowerText } from "./message.ts";
import { MessageReader, Stage } from "./message-reader.ts";
import type { HttpOptions } from "./options.ts";
import { versionOf } from "./request-reader.ts";
import { equalsAscii, type Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

/** What the reader tells the connection. */
export interface ResponseEvents {
  /** The transaction that the response belongs to; null when there may be no more. */
  answer(host: ParseHost): Http1Transaction | null;
  responseDone(transaction: Http1Transaction, host: ParseHost): void;
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

  protected override readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    host: ParseHost,
  ): number {
    let last = lineEnd;
    while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last--;
    if (isBlankLine(bytes, start, last)) return lineEnd - start;
    const transaction = this.transaction ?? this.events.answer(host);
    if (transaction === null) return PARSE_FAILED;
    this.transaction = transaction;
    if (!looksLikeStatusLine(bytes, start, last)) {
      // No status line: an answer of HTTP/0.9, all of it body.
      transaction.response.hasHeaders = true;
      this.body = new BodyReader(transaction, 1);
      this.body.asFile(transaction.path ?? ascii("/"));
      this.beginBody(Stage.openBody, 0);
      return 0;
    }
    transaction.response.line = bytes.slice(start, last);
    parseStatusLine(transaction, transaction.response.line);
    this.beginHeaders();
    return lineEnd - start;
  }

  protected override headersDone(host: ParseHost): number {
    const { transaction } = this;
    if (transaction === null) return PARSE_FAILED;
    const { statusNumber: status, response } = transaction;
    if (transaction.isConnect && status >= 200 && status <= 299) return this.openTunnel(host);
    if (status === 101) return this.openTunnel(host);
    const hasLength = response.field("content-length") !== null;
    const hasEncoding = response.field("transfer-encoding") !== null;
    if (status === 100 && !hasLength && !hasEncoding) return this.continueWith(transaction);
    const method = transaction.method;
    const isHead = method !== null && equalsAscii(method, "HEAD");
    if (isHead || (hasNoBody(status) && !hasLength && !hasEncoding)) {
      this.complete(host);
      return 0;
    }
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
    return looksLikeStatusLine(bytes, start, lineFeed < 0 ? end : lineFeed);
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
    const contentType = response.value("content-type");
    if (contentType !== null && lowerText(contentType).includes("multipart/byteranges")) {
      transaction.note("response_multipart_byteranges");
    }
    const transfer = response.value("transfer-encoding");
    if (transfer !== null && lowerText(transfer).includes("chunked")) {
      if (lowerText(transfer) !== "chunked") {
        transaction.note("response_abnormal_transfer_encoding");
      }
      if (response.version < 11) transaction.note("response_chunked_old_proto");
      this.beginBody(Stage.chunkLength, 0);
      return 0;
    }
    const length = response.value("content-length");
    if (length === null) {
      this.beginBody(Stage.openBody, 0);
      return 0;
    }
    const bodyBytes = parseLength(length);
    if (bodyBytes < 0) {
      transaction.note("invalid_content_length_field_in_response");
      this.beginBody(Stage.openBody, 0);
    } else if (bodyBytes === 0) {
      this.beginBody(Stage.leftover, 0);
    } else this.beginBody(Stage.fixedBody, bodyBytes);
    return 0;
  }
}

function hasNoBody(status: number): boolean {
  return (status >= 100 && status <= 199) || status === 204 || status === 304;
}

/** Browsers take everything that begins with "HTTP". */
function looksLikeStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  return at + 4 <= end && lowerText(bytes.slice(at, at + 4)) === "http";
}

function parseStatusLine(transaction: Http1Transaction, line: Uint8Array): void {
  const { response } = transaction;
  let at = 0;
  while (at < line.length && isSpace(line[at]!)) at++;
  const protocolStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  response.protocol = line.slice(protocolStart, at);
  response.version = versionOf(response.protocol);
  if (response.version === 0) transaction.note("response_invalid_protocol");
  while (at < line.length && isSpace(line[at]!)) at++;
  const statusStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  transaction.status = line.slice(statusStart, at);
  transaction.statusNumber = statusOf(transaction.status);
  if (transaction.statusNumber === 0) transaction.note("response_invalid_status");
  while (at < line.length && isSpace(line[at]!)) at++;
  transaction.reason = line.slice(at);
}

/** 100 to 999; 0 for anything else. */
function statusOf(status: Uint8Array): number {
  if (status.length !== 3 || !status.every(isDigit)) return 0;
  const number = parseLength(status);
  return number >= 100 ? number : 0;
}

/** The name in Content-Disposition, else the path of the request. */
function fileNameOf(transaction: Http1Transaction): Uint8Array {
  const disposition = transaction.response.value("content-disposition");
  if (disposition !== null) {
    const match = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(latinText(disposition));
    const name = match?.[1] ?? match?.[2] ?? "";
    if (name !== "") return ascii(name);
  }
  return transaction.path ?? ascii("/");
}
