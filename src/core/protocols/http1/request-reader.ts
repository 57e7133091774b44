/** Reads requests: the request line as lenient as libhtp reads it, then decides what body follows. */
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import { BodyReader } from "./body-reader.ts";
import { encodingsOf } from "./content-encodings.ts";
import { parseLength } from "./header-block.ts";
import { isBlankLine, isSpace, lowerText } from "./message.ts";
import { MessageReader, Stage } from "./message-reader.ts";
import { isKnownMethod } from "./methods.ts";
import { boundaryOf, MultipartReader } from "./multipart.ts";
import type { HttpOptions } from "./options.ts";
import { equalsAscii, type Http1Transaction, HttpState } from "./transaction.ts";
import { ascii, isDoubleEncoded, parseUri, splitHostPort } from "./uri.ts";

/** What the reader tells the connection. */
export interface RequestEvents {
  /** A request begins; null when there may be no more transactions. */
  begin(host: ParseHost): Http1Transaction | null;
  /** The request that was read last, null before the first and when it is gone. */
  lastRequest(): Http1Transaction | null;
  requestDone(transaction: Http1Transaction, host: ParseHost): void;
}

export class RequestReader extends MessageReader {
  private readonly events: RequestEvents;
  /** A tunnel was asked for: what follows waits for the answer. */
  isHalted = false;

  constructor(options: HttpOptions, events: RequestEvents) {
    super(options, 0);
    this.events = events;
  }

  protected override mustStop(): boolean {
    return this.isHalted;
  }

  /** After a request, what is no request is the body that it did not announce. */
  protected override takeLeftover(
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    const transaction = this.events.lastRequest();
    if (transaction === null || !isNoMethod(bytes, start, end)) return 0;
    transaction.note("request_body_unexpected");
    this.leftover ??= new BodyReader(transaction, 0);
    this.leftover.add(bytes, start, end, host);
    transaction.request.body.isComplete = true;
    return end - start;
  }

  private leftover: BodyReader | null = null;

  protected override readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    host: ParseHost,
  ): number {
    let last = lineEnd;
    while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last--;
    if (isBlankLine(bytes, start, last)) return lineEnd - start;
    const transaction = this.events.begin(host);
    if (transaction === null) return PARSE_FAILED;
    this.transaction = transaction;
    this.leftover = null;
    transaction.request.line = bytes.slice(start, last);
    parseRequestLine(transaction, transaction.request.line);
    if (transaction.request.version === 9) {
      // Without a protocol the request may still be followed by header lines.
      transaction.reach(0, HttpState.headers);
    }
    this.beginHeaders();
    return lineEnd - start;
  }

  protected override headersDone(host: ParseHost): number {
    const { transaction } = this;
    if (transaction === null) return PARSE_FAILED;
    checkHost(transaction, host.serverPort);
    const { request } = transaction;
    this.body = new BodyReader(transaction, 0);
    this.body.decode(encodingsOf(transaction, request));
    const encoding = request.value("transfer-encoding");
    const length = request.value("content-length");
    if (encoding !== null && lowerText(encoding).includes("chunked")) {
      this.nameFile(transaction);
      this.beginBody(Stage.chunkLength, 0);
      return 0;
    }
    if (encoding !== null) transaction.note("invalid_transfer_encoding_value_in_request");
    const bodyBytes = length === null ? 0 : parseLength(length);
    if (bodyBytes < 0) transaction.note("invalid_content_length_field_in_request");
    if (transaction.isConnect) {
      this.isHalted = true;
      this.complete(host);
    } else if (bodyBytes > 0) {
      this.nameFile(transaction);
      this.beginBody(Stage.fixedBody, bodyBytes);
    } else this.complete(host);
    return 0;
  }

  protected override messageDone(host: ParseHost): void {
    if (this.transaction !== null) this.events.requestDone(this.transaction, host);
  }

  protected override badChunk(): number {
    this.transaction?.note("invalid_request_chunk_len");
    return PARSE_FAILED;
  }

  /** What is posted or put is a file, or has files in it. */
  private nameFile(transaction: Http1Transaction): void {
    const { method, request } = transaction;
    if (method === null) return;
    const isPost = equalsAscii(method, "POST");
    if (!isPost && !equalsAscii(method, "PUT")) return;
    const contentType = request.value("content-type");
    const boundary = isPost && contentType !== null ? boundaryOf(contentType) : null;
    if (boundary !== null) this.body?.asMultipart(new MultipartReader(transaction, boundary));
    else this.body?.asFile(transaction.path ?? ascii("/"));
  }
}

/** The longest of the methods that are known. */
const METHOD_BYTES_MAX = 16;

/** The data begins with a word that is no method. */
function isNoMethod(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  const wordStart = at;
  while (at < end && !isSpace(bytes[at]!)) at++;
  if (at === wordStart) return false;
  if (at === end && at - wordStart <= METHOD_BYTES_MAX) return false;
  return !isKnownMethod(bytes.slice(wordStart, at));
}

function parseRequestLine(transaction: Http1Transaction, line: Uint8Array): void {
  const { request } = transaction;
  let at = 0;
  while (at < line.length && isSpace(line[at]!)) at++;
  if (at > 0) transaction.note("request_line_leading_whitespace");
  const methodStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  transaction.method = line.slice(methodStart, at);
  const delimiterStart = at;
  while (at < line.length && isSpace(line[at]!)) at++;
  if (isOddDelimiter(line, delimiterStart, at)) transaction.note("method_delim_non_compliant");
  const uriStart = at;
  const uriEnd = endOfUri(line, uriStart, transaction);
  transaction.uriRaw = line.slice(uriStart, uriEnd);
  transaction.uri = parseUri(transaction.uriRaw, transaction.isConnect);
  if (isDoubleEncoded(transaction.uriRaw)) transaction.note("double_encoded_uri");
  at = uriEnd;
  while (at < line.length && isSpace(line[at]!)) at++;
  let end = line.length;
  while (end > at && isSpace(line[end - 1]!)) end--;
  if (at >= end) {
    request.version = 9;
    transaction.note("request_line_missing_protocol");
    return;
  }
  request.protocol = line.slice(at, end);
  request.version = versionOf(request.protocol);
  if (request.version === 0) transaction.note("request_line_invalid");
}

/**
 * Before the protocol, spaces are part of the target. Without one it ends at a space, or at other white space
 * where there is no space.
 */
function endOfUri(line: Uint8Array, start: number, transaction: Http1Transaction): number {
  const protocol = protocolStart(line, start);
  if (protocol > start) return endBefore(line, start, protocol, transaction);
  let end = start;
  let odd = -1;
  while (end < line.length && line[end] !== 0x20) {
    if (odd < 0 && isSpace(line[end]!)) odd = end;
    end++;
  }
  if (odd < 0) return end;
  transaction.note("uri_delim_non_compliant");
  return end === line.length ? odd : end;
}

/** Where the last word begins, if it is a protocol; -1 otherwise. */
function protocolStart(line: Uint8Array, start: number): number {
  let end = line.length;
  while (end > start && isSpace(line[end - 1]!)) end--;
  let at = end;
  while (at > start && !isSpace(line[at - 1]!)) at--;
  return at > start && lowerText(line.slice(at, at + 5)) === "http/" ? at : -1;
}

function endBefore(
  line: Uint8Array,
  start: number,
  protocol: number,
  transaction: Http1Transaction,
): number {
  let end = protocol;
  while (end > start && isSpace(line[end - 1]!)) end--;
  let isOdd = isOddDelimiter(line, end, protocol);
  for (let at = start; at < end && !isOdd; at++) isOdd = isSpace(line[at]!);
  if (isOdd) transaction.note("uri_delim_non_compliant");
  return end;
}

function isOddDelimiter(line: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (line[i] !== 0x20) return true;
  return end - start > 1;
}

/** 9, 10, 11; 0 for anything else. */
export function versionOf(protocol: Uint8Array): number {
  const text = lowerText(protocol);
  if (text === "http/1.1") return 11;
  if (text === "http/1.0") return 10;
  return text === "http/0.9" ? 9 : 0;
}

function checkHost(transaction: Http1Transaction, serverPort: number): void {
  const { request, uri } = transaction;
  const field = request.value("host");
  const inUri = uri?.host ?? null;
  if (field === null) {
    if (request.version === 11 && inUri === null) transaction.note("missing_host_header");
    return;
  }
  const { host, port } = splitHostPort(field);
  if (inUri !== null && lowerText(host) !== lowerText(inUri)) {
    transaction.note("host_header_ambiguous");
  }
  if (!isHostName(host)) transaction.note("request_header_host_invalid");
  if (port === null) return;
  const number = parseLength(port);
  if (number < 1 || number > 65_535) transaction.note("invalid_server_port_in_request");
  else if (number !== serverPort) transaction.note("request_server_port_tcp_port_mismatch");
}

/** Labels of at most 63 bytes, at most 255 in all, nothing below the space. */
function isHostName(host: Uint8Array): boolean {
  if (host.length === 0 || host.length > 255) return false;
  if (host[0] === 0x5b) return true;
  let label = 0;
  for (const byte of host) {
    if (byte <= 0x20) return false;
    label = byte === 0x2e ? 0 : label + 1;
    if (label > 63) return false;
  }
  return true;
}
