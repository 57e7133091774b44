/** Reads requests: the request line as lenient as libhtp reads it, then decides what body follows. */
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import { BodyReader } from "./body-reader.ts";
import { encodingsOf } from "./content-encodings.ts";
import { noteLengthJunk, parseLength } from "./header-block.ts";
import { endWithoutBreak, isSpace, plainText } from "./message.ts";
import { MessageReader, Stage } from "./message-reader.ts";
import { isKnownMethod } from "./methods.ts";
import { boundaryOf, MultipartReader } from "./multipart.ts";
import type { HttpOptions } from "./options.ts";
import { checkAuthorization, checkHost, checkTarget } from "./request-checks.ts";
import { parseRequestLine } from "./request-line.ts";
import { equalsAscii, type Http1Transaction, HttpState } from "./transaction.ts";

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
  /** The request whose line is not whole yet, where its answer came before. */
  answered: Http1Transaction | null = null;

  constructor(options: HttpOptions, events: RequestEvents) {
    super(options, 0);
    this.events = events;
  }

  /** Bytes of a request came, but no line yet. */
  get hasPartOfLine(): boolean {
    return this.answered === null && this.isBetweenMessages && this.heldBytes > 0;
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

  /** The body of the request, none of which came, was to come only if the server wanted it. */
  giveUpBody(transaction: Http1Transaction, host: ParseHost): void {
    const { request, announcedBytes } = transaction;
    if (this.transaction !== transaction || this.stage !== Stage.fixedBody) return;
    if (this.left !== announcedBytes) return;
    const expect = request.value("expect");
    if (expect === null || !equalsAscii(expect, "100-continue")) return;
    this.complete(host);
  }

  protected override readFirstLine(
    bytes: Uint8Array,
    start: number,
    lineEnd: number,
    end: number,
    host: ParseHost,
  ): number {
    const last = endWithoutBreak(bytes, start, lineEnd);
    if (last === start) return lineEnd - start;
    const transaction = this.answered ?? this.events.begin(host);
    this.answered = null;
    if (transaction === null) return PARSE_FAILED;
    transaction.reach(0, HttpState.line);
    this.transaction = transaction;
    this.leftover = null;
    const { request } = transaction;
    request.line = bytes.slice(start, last);
    parseRequestLine(transaction, request.line);
    checkTarget(transaction);
    if (request.protocol === null && isOnlySpace(bytes, lineEnd, end)) {
      // HTTP/0.9: nothing but the line, and nothing after it.
      transaction.isShort = true;
      this.stage = Stage.ignored;
      this.complete(host);
      return end - start;
    }
    if (request.protocol === null) transaction.note("request_line_missing_protocol");
    this.beginHeaders();
    return lineEnd - start;
  }

  protected override headersDone(host: ParseHost): number {
    const { transaction } = this;
    if (transaction === null) return PARSE_FAILED;
    const { request } = transaction;
    this.body = new BodyReader(transaction, 0);
    this.body.decode(encodingsOf(transaction, request));
    const encoding = request.value("transfer-encoding");
    if (transaction.isConnect) {
      this.isHalted = true;
      this.complete(host);
      return 0;
    }
    if (encoding !== null) return this.beginEncodedBody(transaction, encoding, host);
    const length = request.value("content-length");
    const bodyBytes = length === null ? 0 : parseLength(length);
    if (length !== null) noteLengthJunk(transaction, length);
    if (bodyBytes < 0) {
      transaction.note("invalid_content_length_field_in_request");
      // Where the body ends, and the next request begins, nobody knows.
      return PARSE_FAILED;
    }
    if (bodyBytes === 0) {
      this.complete(host);
      return 0;
    }
    transaction.announcedBytes = bodyBytes;
    this.nameFile(transaction);
    this.beginBody(Stage.fixedBody, bodyBytes);
    return 0;
  }

  private beginEncodedBody(
    transaction: Http1Transaction,
    encoding: Uint8Array,
    host: ParseHost,
  ): number {
    const { version } = transaction.request;
    if (!plainText(encoding).includes("chunked")) {
      transaction.note("invalid_transfer_encoding_value_in_request");
      this.complete(host);
      return 0;
    }
    if (version < 11) transaction.note("invalid_transfer_encoding_value_in_request");
    this.nameFile(transaction);
    this.beginBody(Stage.chunkLength, 0);
    return 0;
  }

  protected override messageDone(host: ParseHost): void {
    const { transaction } = this;
    if (transaction === null) return;
    // As in Suricata, a request that is cut off is not judged.
    if (!this.isBodyCut) {
      checkHost(transaction);
      checkAuthorization(transaction);
    }
    this.events.requestDone(transaction, host);
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
    else this.body?.asFile(transaction.path);
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

/** White space of this length may follow a request of HTTP/0.9. */
const SHORT_REQUEST_JUNK_BYTES_MAX = 16;

function isOnlySpace(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SHORT_REQUEST_JUNK_BYTES_MAX) return false;
  for (let i = start; i < end; i++) if (!isSpace(bytes[i]!)) return false;
  return true;
}
