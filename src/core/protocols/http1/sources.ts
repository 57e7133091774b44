/** What of an HTTP/1 transaction the buffers and tests of HTTP see, from which state on. */
import { matchesNumber } from "../../rule/number-comparison.ts";
import { type BufferSource, type BufferView, bufferSource } from "../buffer.ts";
import { type FlowSide, sideOf, TO_CLIENT, TO_SERVER } from "../direction.ts";
import { fileData, fileSources } from "../files/buffers.ts";
import { fileTests } from "../files/tests.ts";
import * as http from "../http/buffers.ts";
import { urilen } from "../http/tests.ts";
import { type TestSource, testSource } from "../test.ts";
import type { HeaderField } from "./header-field.ts";
import type { HttpMessage } from "./message.ts";
import { type Http1Transaction, HttpState } from "./transaction.ts";

type Reader = (transaction: Http1Transaction) => Uint8Array | null;
type Viewer = (transaction: Http1Transaction, view: BufferView) => boolean;

export const http1Buffers: readonly BufferSource[] = [
  onLine(http.httpUri, "toServer", (tx) => tx.normalisedUri),
  onLine(http.httpUriRaw, "toServer", (tx) => tx.uriRaw),
  onLine(http.httpMethod, "toServer", (tx) => tx.method),
  onLine(http.httpRequestLine, "toServer", (tx) => tx.request.line),
  onLine(http.httpProtocol, "toServer", (tx) => tx.request.protocol),
  onLine(http.httpProtocol, "toClient", (tx) => tx.response.protocol),
  onLine(http.httpResponseLine, "toClient", (tx) => tx.response.line),
  onLine(http.httpStatCode, "toClient", (tx) => tx.status),
  onLine(http.httpStatMessage, "toClient", (tx) => tx.reason),
  onHeaders(http.httpHeader, "toServer", (tx, view) => tx.viewHeaderLines(TO_SERVER, view)),
  onHeaders(http.httpHeader, "toClient", (tx, view) => tx.viewHeaderLines(TO_CLIENT, view)),
  onHeaders(http.httpHeaderRaw, "toServer", (tx, view) => tx.request.viewRawHeaders(view)),
  onHeaders(http.httpHeaderRaw, "toClient", (tx, view) => tx.response.viewRawHeaders(view)),
  onHeaders(http.httpHeaderNames, "toServer", (tx, view) => tx.viewHeaderNames(TO_SERVER, view)),
  onHeaders(http.httpHeaderNames, "toClient", (tx, view) => tx.viewHeaderNames(TO_CLIENT, view)),
  onHeaders(http.httpStart, "toServer", (tx, view) => tx.viewStart(TO_SERVER, view)),
  onHeaders(http.httpStart, "toClient", (tx, view) => tx.viewStart(TO_CLIENT, view)),
  onHeaders(http.httpCookie, "toServer", (tx, view) => tx.request.view("cookie", view)),
  onHeaders(http.httpCookie, "toClient", (tx, view) => tx.response.view("set-cookie", view)),
  onHeaders(http.httpHost, "toServer", (tx, view) => view.setOrAbsent(tx.host)),
  onHeaders(http.httpHostRaw, "toServer", (tx, view) => view.setOrAbsent(tx.hostRaw)),
  onHeaders(http.httpUserAgent, "toServer", (tx, view) => tx.request.view("user-agent", view)),
  eachField(http.httpRequestHeader, "toServer"),
  eachField(http.httpResponseHeader, "toClient"),
  ...http.fieldBuffers.flatMap(({ buffer, fieldName, sides }) =>
    sides.map((side) =>
      onHeaders(buffer, side, (tx, view) => messageOf(tx, side).view(fieldName, view)),
    ),
  ),
  bodySource(http.httpRequestBody, "toServer", readRequestBody),
  bodySource(http.httpResponseBody, "toClient", readResponseBody),
  ...fileSources("toServer", HttpState.body),
  ...fileSources("toClient", HttpState.body).filter(({ buffer }) => buffer !== fileData),
  bodySource(fileData, "toClient", readResponseBody),
];

export const http1Tests: readonly TestSource[] = [
  ...fileTests("toServer", HttpState.body),
  ...fileTests("toClient", HttpState.body),
  testSource(urilen, {
    side: "toServer",
    progress: HttpState.line,
    run: (tx: Http1Transaction, { comparison, isRaw }) => {
      const uri = isRaw ? tx.uriRaw : tx.normalisedUri;
      return uri !== null && matchesNumber(comparison, uri.length);
    },
  }),
];

function messageOf(transaction: Http1Transaction, side: FlowSide): HttpMessage {
  return side === "toServer" ? transaction.request : transaction.response;
}

function onLine(buffer: typeof http.httpUri, side: FlowSide, read: Reader): BufferSource {
  return bufferSource<Http1Transaction>(buffer, {
    side,
    progress: HttpState.line,
    read: (transaction, _, view) => view.setOrAbsent(read(transaction)),
  });
}

function onHeaders(buffer: typeof http.httpUri, side: FlowSide, read: Viewer): BufferSource {
  return bufferSource<Http1Transaction>(buffer, {
    side,
    progress: HttpState.headers,
    read: (transaction, _, view) =>
      messageOf(transaction, side).hasHeaders && read(transaction, view),
  });
}

function eachField(buffer: typeof http.httpUri, side: FlowSide): BufferSource {
  return bufferSource<Http1Transaction>(buffer, {
    side,
    progress: HttpState.headers,
    read: (transaction, index, view) => {
      const message = messageOf(transaction, side);
      const found = message.fields[index];
      return message.hasHeaders && found !== undefined && view.set(lineOf(found));
    },
  });
}

function lineOf(field: HeaderField): Uint8Array {
  const line = new Uint8Array(field.lineBytes);
  field.writeLine(line, 0);
  return line;
}

/** Bodies are looked at in windows, the first when enough has come or all. */
function bodySource(
  buffer: typeof http.httpUri,
  side: FlowSide,
  read: (transaction: Http1Transaction, index: number, view: BufferView) => boolean,
): BufferSource {
  const spec = { side, progress: HttpState.body, isStreamed: true, read };
  return bufferSource<Http1Transaction>(buffer, spec);
}

function readRequestBody(transaction: Http1Transaction, index: number, view: BufferView): boolean {
  return index === 0 && readBody(transaction, "toServer", view);
}

function readResponseBody(transaction: Http1Transaction, index: number, view: BufferView): boolean {
  return index === 0 && readBody(transaction, "toClient", view);
}

function readBody(transaction: Http1Transaction, side: FlowSide, view: BufferView): boolean {
  const { body, hasBody } = messageOf(transaction, side);
  const { options } = transaction;
  const isRequest = sideOf(TO_SERVER) === side;
  const minimum = isRequest
    ? options.requestInspectMinimumBytes
    : options.responseInspectMinimumBytes;
  const isFirst = body.inspectedBytes === 0;
  const limit = isRequest ? options.requestBodyLimitBytes : options.responseBodyLimitBytes;
  const isFull = limit > 0 && body.totalBytes >= limit;
  if (!hasBody) return false;
  if (isFirst && !body.isComplete && !isFull && body.totalBytes < minimum) return false;
  view.setRange(body.bytes, body.start, body.end);
  view.offset = body.windowStart;
  view.isLast = body.isComplete;
  return true;
}
