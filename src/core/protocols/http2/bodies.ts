/** Bodies of HTTP/2: DATA frames of a stream, decoded, as the content of one file a direction. */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { FileState, TransactionFile } from "../file.ts";
import { ContentDecoder, type Encoding } from "../http1/content-decoder.ts";
import type { ParseHost } from "../protocol.ts";
import { BodySink } from "./body-sink.ts";
import { openPart } from "./partial-body.ts";
import { Http2Event, type Http2Message, type Http2Transaction } from "./transaction.ts";

/** A body may grow by decoding up to this size whatever the ratio. lzma is not undone. */
const LIMITS = { compressionBombBytes: 1_048_576, lzmaMemoryBytes: 0 };
const NO_NAME = new Uint8Array(0);

/** Takes the bytes of a DATA frame (or a part of it), without padding. */
export function takeBody(
  transaction: Http2Transaction,
  direction: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  host: ParseHost,
): void {
  if (end <= start) return;
  const message = transaction.messages[direction]!;
  if (message.file === null) open(transaction, message, direction, host);
  message.sink?.begin(host.timeUs);
  if (message.decoder === null) message.sink?.take(bytes, start, end);
  else message.decoder.take(bytes, start, end);
  report(transaction, message);
}

/** Nothing more comes in a direction. */
export function endBody(
  transaction: Http2Transaction,
  direction: number,
  state: number = FileState.closed,
): void {
  const message = transaction.messages[direction]!;
  message.decoder?.finish();
  message.file?.close(state);
  const whole = message.sink?.close(state) ?? null;
  message.sink = null;
  if (whole !== null) transaction.files.push(whole);
  report(transaction, message);
}

function open(
  transaction: Http2Transaction,
  message: Http2Message,
  direction: number,
  host: ParseHost,
): void {
  const file = new TransactionFile(NO_NAME, direction, host.filePolicy);
  message.file = file;
  transaction.files.push(file);
  const part = direction === TO_CLIENT ? openPart(transaction, host) : null;
  message.sink = new BodySink(file, part, (piece, from, to) =>
    takeDnsBody(transaction, direction, piece, from, to),
  );
  const encoding = encodingOf(message);
  if (encoding !== "none") message.decoder = new ContentDecoder(encoding, message.sink, LIMITS);
}

function takeDnsBody(
  transaction: Http2Transaction,
  direction: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (transaction.dns?.take(direction, bytes, start, end) !== false) return;
  const isRequest = direction === TO_SERVER;
  transaction.addEvent(isRequest ? Http2Event.dnsRequestTooLong : Http2Event.dnsResponseTooLong);
}

function encodingOf(message: Http2Message): Encoding {
  const value = message.first("content-encoding");
  if (value === null || value.length > 16) return "none";
  const name = bytesToLatin1(value, 0, value.length).trim().toLowerCase();
  return name === "gzip" || name === "deflate" || name === "br" ? name : "none";
}

function report(transaction: Http2Transaction, { decoder }: Http2Message): void {
  if (decoder === null) return;
  if (decoder.isBomb) transaction.addEvent(Http2Event.compressionBomb);
  if (decoder.hasFailed) transaction.addEvent(Http2Event.failedDecompression);
}
