/** Reads requests: the request line as lenient as libhtp reads it, then decides what body follows. */
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import { BodyReader } from "./body-reader.ts";
import { parseLength } from "./header-block.ts";
import { isSpace, lowerText } from "./message.ts";
import { MessageReader, Stage } from "./message-reader.ts";
import { boundaryOf, MultipartReader } from "./multipart.ts";
import type { HttpOptions } from "./options.ts";
import { equalsAscii, type Http1Transaction, HttpState } from "./transaction.ts";
import { ascii, isDoubleEncoded, parseUri, splitHostPort } from "./uri.ts";

/** What the reader tells the connection. */
export interface RequestEvents {
  /** A request begins; null when there may be no more transactions. */
  begin(host: ParseHost): Http1Transaction | null;
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

  protected override readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    host: ParseHost,
  ): number {
    let last = lineEnd;
    while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last--;
    if (last === start) return lineEnd - start;
    const transaction = this.events.begin(host);
    if (transaction === null) return PARSE_FAILED;
    this.transaction = transaction;
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

/** The target ends at a space; at other white space where there is no space. */
function endOfUri(line: Uint8Array, start: number, transaction: Http1Transaction): number {
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
