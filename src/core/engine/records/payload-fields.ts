/**
 * The payload fields of alert events: the reassembled stream for alerts on stream data and transactions, else the packet's
 * payload.
 */
import { encodeBase64 } from "../../bytes/base64.ts";
import type { Alert } from "../../detect/alert-queue.ts";
import { quoteJson } from "../../eve/json-writer.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import type { StreamBuffer } from "../../stream/stream-buffer.ts";
import type { AlertEventOptions } from "../eve-options.ts";
import type { EveContext } from "./envelope.ts";

export function writePayload(context: EveContext, packet: Packet, alert: Alert): void {
  const options = context.options.alert;
  if (options === null) return;
  const wanted = options.payload || options.payloadPrintable || options.payloadLength;
  if (!wanted) return;
  const isOfStream = alert.fromStream || alert.transaction !== null;
  const fromStream = isOfStream && writeStreamPayload(context, packet, options);
  if (!fromStream) writePacketPayload(context, packet, options);
  context.writer.number("stream", fromStream ? 1 : 0);
}

function writePacketPayload(context: EveContext, packet: Packet, options: AlertEventOptions): void {
  const { payloadStart, payloadEnd } = packet;
  if (payloadEnd <= payloadStart) return;
  writeRange(context, payloadStart, payloadEnd, payloadEnd - payloadStart, options);
}

/** False when the stream has nothing buffered; holes are told of in words. */
function writeStreamPayload(
  context: EveContext,
  packet: Packet,
  options: AlertEventOptions,
): boolean {
  const session = packet.flow?.tcp ?? null;
  if (session === null) return false;
  const stream = packet.direction === Direction.toServer ? session.client : session.server;
  const { bufferedStart, bufferedEnd } = stream;
  if (bufferedEnd <= bufferedStart) return false;
  if (stream.regionCount === 1) {
    const end = Math.min(bufferedEnd, bufferedStart + options.payloadLimitBytes);
    writeRange(context, bufferedStart, end, bufferedEnd - bufferedStart, options);
    return true;
  }
  const bytes = withHoles(context.bytes, stream, options.payloadLimitBytes);
  writeBytes(context, bytes, 0, bytes.length, bytes.length, options);
  return true;
}

/** The buffered data with `[4 bytes missing]` for each hole. */
function withHoles(bytes: Uint8Array, stream: StreamBuffer, limitBytes: number): Uint8Array {
  const parts: number[] = [];
  for (let i = 0; i < stream.regionCount && parts.length < limitBytes; i++) {
    const start = stream.regionStart(i);
    const end = stream.regionEnd(i);
    if (i > 0) {
      const note = `[${start - stream.regionEnd(i - 1)} bytes missing]`;
      for (let at = 0; at < note.length; at++) parts.push(note.charCodeAt(at));
    }
    const room = Math.min(end - start, limitBytes - parts.length);
    const from = stream.arenaOf(start);
    for (let at = 0; at < room; at++) parts.push(bytes[from + at]!);
  }
  return Uint8Array.from(parts);
}

function writeRange(
  context: EveContext,
  start: number,
  end: number,
  length: number,
  options: AlertEventOptions,
): void {
  writeBytes(context, context.bytes, start, end, length, options);
}

function writeBytes(
  context: EveContext,
  bytes: Uint8Array,
  start: number,
  end: number,
  length: number,
  options: AlertEventOptions,
): void {
  const { writer } = context;
  const cut = Math.min(end, start + options.payloadLimitBytes);
  if (options.payload) writer.raw("payload", `"${encodeBase64(bytes, start, cut)}"`);
  if (options.payloadLength) writer.number("payload_length", length);
  if (options.payloadPrintable) {
    writer.raw("payload_printable", quoteJson(printable(bytes, start, cut)));
  }
}

/** Bytes as text: printable ASCII and line ends as they are, everything else a dot. */
export function printable(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    const shown = (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d;
    text += shown ? String.fromCharCode(byte) : ".";
  }
  return text;
}
