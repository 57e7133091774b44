/** What of an HTTP/2 stream the buffers of HTTP see, and the buffer of HTTP/2 alone. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { matchesNumber } from "../../rule/number-comparison.ts";
import { type BufferSource, bufferSource, defineBuffer, type ProtocolBuffer } from "../buffer.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../direction.ts";
import { fileSources } from "../files/buffers.ts";
import * as http from "../http/buffers.ts";
import { urilen } from "../http/tests.ts";
import { type TestSource, testSource } from "../test.ts";
import { hostOf, hostRawOf } from "./authority.ts";
import { type Http2Message, Http2State, type Http2Transaction, joinWith } from "./transaction.ts";

type Reader = (message: Http2Message) => Uint8Array | null;

/** Bytes that header lines put together may have. */
const HEADER_LINES_BYTES_MAX = 262_144;
const NOTHING = new Uint8Array(0);
const CRLF = latin1ToBytes("\r\n");
const COLON = latin1ToBytes(": ");
const SPACE = latin1ToBytes(" ");
const VERSION = latin1ToBytes("HTTP/2");
const COOKIES: ReadonlySet<string> = new Set(["cookie", "set-cookie"]);

const headerName = defineBuffer({
  name: "http2.header_name",
  family: "http2",
  summary: "The name of each header field of an HTTP/2 stream.",
  multi: true,
});

export const http2Buffers: readonly BufferSource[] = [
  on(http.httpUri, "toServer", (message) => message.first(":path")),
  on(http.httpUriRaw, "toServer", (message) => message.first(":path")),
  on(http.httpMethod, "toServer", (message) => message.first(":method")),
  always(http.httpRequestLine, "toServer", requestLine),
  always(http.httpResponseLine, "toClient", responseLine),
  always(http.httpProtocol, "toServer", () => VERSION),
  always(http.httpProtocol, "toClient", () => VERSION),
  // There is no reason phrase in HTTP/2.
  always(http.httpStatMessage, "toClient", () => NOTHING),
  on(http.httpStatCode, "toClient", (message) => message.first(":status")),
  on(http.httpHost, "toServer", hostOf),
  on(http.httpHostRaw, "toServer", hostRawOf),
  on(http.httpUserAgent, "toServer", (message) => message.value("user-agent")),
  on(http.httpCookie, "toServer", (message) => message.value("cookie")),
  on(http.httpCookie, "toClient", (message) => message.value("set-cookie")),
  ...bothSides(http.httpHeader, headerLines),
  ...bothSides(http.httpHeaderRaw, rawHeaderLines),
  ...bothSides(http.httpHeaderNames, headerNames),
  ...http.fieldBuffers.flatMap(({ buffer, fieldName, sides }) =>
    sides.map((side) => on(buffer, side, (message) => message.value(fieldName))),
  ),
  eachField(http.httpRequestHeader, "toServer", lineAt),
  eachField(http.httpResponseHeader, "toClient", lineAt),
  eachField(headerName, "toServer", nameAt),
  eachField(headerName, "toClient", nameAt),
  body(http.httpRequestBody, "toServer"),
  body(http.httpResponseBody, "toClient"),
  ...fileSources("toServer", Http2State.dataClient),
  ...fileSources("toClient", Http2State.dataServer),
];

export const uriLength: TestSource = testSource(urilen, {
  side: "toServer",
  progress: Http2State.open,
  run: ({ request }: Http2Transaction, { comparison }) => {
    const path = request.first(":path");
    return path !== null && matchesNumber(comparison, path.length);
  },
});

function messageOf(transaction: Http2Transaction, side: FlowSide): Http2Message {
  return transaction.messages[side === "toServer" ? TO_SERVER : TO_CLIENT];
}

/** Progress from which on the head of a message is there. */
function headProgress(side: FlowSide): number {
  return side === "toServer" ? Http2State.open : Http2State.dataServer;
}

/** Progress from which on there may be a body. */
function bodyProgress(side: FlowSide): number {
  return side === "toServer" ? Http2State.dataClient : Http2State.dataServer;
}

function on(buffer: ProtocolBuffer, side: FlowSide, read: Reader): BufferSource {
  return bufferSource<Http2Transaction>(buffer, {
    side,
    progress: headProgress(side),
    read: (transaction, _, view) => {
      const message = messageOf(transaction, side);
      return message.fields.length > 0 && view.setOrAbsent(read(message));
    },
  });
}

/** There even without header fields. */
function always(buffer: ProtocolBuffer, side: FlowSide, read: Reader): BufferSource {
  return bufferSource<Http2Transaction>(buffer, {
    side,
    progress: headProgress(side),
    read: (transaction, _, view) => view.setOrAbsent(read(messageOf(transaction, side))),
  });
}

function bothSides(buffer: ProtocolBuffer, read: Reader): readonly BufferSource[] {
  return [on(buffer, "toServer", read), on(buffer, "toClient", read)];
}

/** Read as soon as there are header blocks; more may come. */
function eachField(
  buffer: ProtocolBuffer,
  side: FlowSide,
  read: (message: Http2Message, index: number) => Uint8Array | null,
): BufferSource {
  return bufferSource<Http2Transaction>(buffer, {
    side,
    progress: Http2State.open,
    isStreamed: true,
    read: (transaction, index, view) => view.setOrAbsent(read(messageOf(transaction, side), index)),
  });
}

function body(buffer: ProtocolBuffer, side: FlowSide): BufferSource {
  return bufferSource<Http2Transaction>(buffer, {
    side,
    progress: bodyProgress(side),
    isStreamed: true,
    read: (transaction, index, view) => {
      const { file } = messageOf(transaction, side);
      if (file === null || index > 0) return false;
      view.setRange(file.body.bytes, file.body.start, file.body.end);
      view.offset = file.body.windowStart;
      view.isLast = file.body.isComplete;
      return true;
    },
  });
}

function requestLine(message: Http2Message): Uint8Array {
  return message.cached("line", () =>
    joinWith(
      [
        message.first(":method") ?? NOTHING,
        SPACE,
        message.first(":path") ?? NOTHING,
        SPACE,
        VERSION,
        CRLF,
      ],
      NOTHING,
    ),
  );
}

function responseLine(message: Http2Message): Uint8Array {
  return message.cached("line", () =>
    joinWith([VERSION, SPACE, message.first(":status") ?? NOTHING, CRLF], NOTHING),
  );
}

function headerLines(message: Http2Message): Uint8Array {
  return message.cached("lines", () => joinLines(message, COOKIES));
}

function rawHeaderLines(message: Http2Message): Uint8Array {
  return message.cached("raw lines", () => joinLines(message, null));
}

function joinLines({ fields }: Http2Message, left: ReadonlySet<string> | null): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const { name, value } of fields) {
    if (left !== null && name.length <= 10 && left.has(String.fromCharCode(...name))) continue;
    size += name.length + value.length + 4;
    if (size > HEADER_LINES_BYTES_MAX) break;
    parts.push(name, COLON, value, CRLF);
  }
  return joinWith(parts, NOTHING);
}

function headerNames(message: Http2Message): Uint8Array {
  return message.cached("names", () => {
    const parts: Uint8Array[] = [CRLF];
    let size = 0;
    for (const { name } of message.fields) {
      size += name.length + 2;
      if (size > HEADER_LINES_BYTES_MAX) break;
      parts.push(name, CRLF);
    }
    parts.push(CRLF);
    return joinWith(parts, NOTHING);
  });
}

function lineAt({ fields }: Http2Message, index: number): Uint8Array | null {
  const field = fields[index];
  return field === undefined ? null : joinWith([field.name, COLON, field.value], NOTHING);
}

function nameAt({ fields }: Http2Message, index: number): Uint8Array | null {
  return fields[index]?.name ?? null;
}
