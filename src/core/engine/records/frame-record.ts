/**
 * EVE `frame`: a piece of a protocol's data, as its parser came upon it, with the first bytes of it; the object
 * `frame` of alerts is the same.
 */
import { applicationOf } from "../../detect/flow-application.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { type Frame, STREAM_FRAME, STREAM_FRAME_NAME } from "../../protocols/frame.ts";
import type { RegisteredProtocol } from "../../protocols/registry.ts";
import type { StreamBuffer } from "../../stream/stream-buffer.ts";
import type { TcpSession } from "../../stream/tcp-session.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { printable } from "./payload-fields.ts";

export const frameEvent = defineEvent({
  type: "frame",
  summary: "A piece of a protocol's data as it was sent; off by default.",
  fields: {
    "frame.type": "name of the type, as in the keyword frame",
    "frame.id": "number in the direction of the flow, from 1",
    "frame.direction": "toserver or toclient",
    "frame.stream_offset": "of its first byte in the stream",
    "frame.length": "bytes; those that came so far where the end is not known",
    "frame.payload": "its first bytes in base64",
    "frame.payload_printable": "the same with unprintable bytes as dots",
    "frame.complete": "all of its bytes came",
    "frame.tx_id": "number of the transaction that it belongs to",
  },
});

export function writeFrameEvent(
  context: EveContext,
  packet: Packet,
  flow: Flow,
  frame: Frame,
  limitBytes: number,
): string {
  const writer = beginPacketEvent(context, packet, "frame");
  const state = applicationOf(flow);
  if (context.protocols !== null && state !== null) {
    writer.string("app_proto", context.protocols.eveName(state.protocol));
  }
  writeFrameObject(context, packet, flow, frame, limitBytes);
  writer.endObject();
  return writer.take();
}

/** @param limitBytes bytes of its data that are written at most */
export function writeFrameObject(
  context: EveContext,
  packet: Packet,
  flow: Flow,
  frame: Frame,
  limitBytes: number,
): void {
  const { writer } = context;
  const registered = applicationOf(flow)?.registered ?? null;
  writer.beginObject("frame");
  writer.string("type", typeName(registered, frame.type));
  writer.number("id", frame.id);
  writer.string("direction", packet.direction === Direction.toServer ? "toserver" : "toclient");
  if (flow.tcp === null) writeDatagramFrame(context, packet, frame, limitBytes);
  else writeStreamFrame(context, packet, flow.tcp, frame, limitBytes);
  if (frame.transactionId >= 0) writer.number("tx_id", frame.transactionId);
  writer.endObject();
}

function typeName(registered: RegisteredProtocol | null, type: number): string {
  if (type === STREAM_FRAME) return STREAM_FRAME_NAME;
  return registered?.declaration.frames?.[type] ?? "unknown";
}

function writeStreamFrame(
  context: EveContext,
  packet: Packet,
  session: TcpSession,
  frame: Frame,
  limitBytes: number,
): void {
  const { writer } = context;
  const buffer = packet.direction === Direction.toServer ? session.client : session.server;
  const { offset, length } = frame;
  writer.number("stream_offset", offset);
  writer.number("length", length < 0 ? Math.max(buffer.dataEnd - offset, 0) : length);
  const isComplete = length > 0 && frame.end <= buffer.dataEnd;
  const data = dataOf(context.bytes, buffer, frame, isComplete, limitBytes);
  if (data.length > 0) writeData(context, data, 0, data.length, isComplete);
}

function writeDatagramFrame(
  context: EveContext,
  { payloadStart, payloadEnd }: Packet,
  frame: Frame,
  limitBytes: number,
): void {
  const start = Math.min(payloadStart + frame.offset, payloadEnd);
  const wanted = frame.length < 0 ? payloadEnd - start : frame.length;
  const isComplete = start + wanted <= payloadEnd;
  context.writer.number("length", wanted);
  const end = Math.min(start + Math.min(wanted, limitBytes), payloadEnd);
  writeData(context, context.bytes, start, end, isComplete);
}

function writeData(
  { writer }: EveContext,
  bytes: Uint8Array,
  start: number,
  end: number,
  isComplete: boolean,
): void {
  writer.base64("payload", bytes, start, end);
  writer.string("payload_printable", printable(bytes, start, end));
  writer.boolean("complete", isComplete);
}

/** What came of the frame, with `[4 bytes missing]` for each hole. */
function dataOf(
  bytes: Uint8Array,
  buffer: StreamBuffer,
  frame: Frame,
  isComplete: boolean,
  limitBytes: number,
): Uint8Array {
  const parts: number[] = [];
  const { offset, end: frameEnd } = frame;
  let reached = offset;
  for (let i = 0; i < buffer.regionCount && parts.length < limitBytes; i++) {
    const start = Math.max(buffer.regionStart(i), offset);
    const end = Math.min(buffer.regionEnd(i), frameEnd);
    if (end <= start) continue;
    addNote(parts, start - reached, limitBytes);
    const from = buffer.arenaOf(start);
    const room = Math.min(end - start, limitBytes - parts.length);
    for (let at = 0; at < room; at++) parts.push(bytes[from + at]!);
    reached = end;
  }
  if (isComplete && reached < frameEnd) addNote(parts, frameEnd - reached, limitBytes);
  return Uint8Array.from(parts);
}

function addNote(parts: number[], missingBytes: number, limitBytes: number): void {
  if (missingBytes <= 0) return;
  const note = `[${missingBytes} bytes missing]`;
  for (let i = 0; i < note.length && parts.length < limitBytes; i++) {
    parts.push(note.charCodeAt(i));
  }
}
