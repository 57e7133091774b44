/** Recognises DNS by its first message; who asks is told by the header, not by who speaks first. */
import { readUint16 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { ProbeResult } from "../protocol.ts";
import { isLikelyHeader, isResponse } from "./message.ts";
import { MessageCheck } from "./message-check.ts";
import { HEADER_BYTES } from "./sections.ts";

/** Before each message in a stream. */
export const LENGTH_BYTES = 2;

/** A datagram. */
export function probeDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (!isMessage(bytes, start, end)) return ProbeResult.no;
  return sideOf(bytes, start) === direction ? ProbeResult.yes : ProbeResult.reversed;
}

/** The first bytes of one direction of a stream. */
export function probeStream(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < LENGTH_BYTES + HEADER_BYTES) return ProbeResult.needMore;
  if (!isLikelyStream(bytes, start, end)) return ProbeResult.no;
  return sideOf(bytes, start + LENGTH_BYTES) === direction ? ProbeResult.yes : ProbeResult.reversed;
}

/** Of a message that is not yet whole only the header is looked at. */
export function isLikelyStream(bytes: Uint8Array, start: number, end: number): boolean {
  const messageStart = start + LENGTH_BYTES;
  const messageBytes = readUint16(bytes, start);
  if (messageStart + messageBytes > end) return isLikelyHeader(bytes, messageStart, messageBytes);
  return isMessage(bytes, messageStart, messageStart + messageBytes);
}

function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const messageBytes = end - start;
  if (messageBytes < HEADER_BYTES || !isLikelyHeader(bytes, start, messageBytes)) return false;
  return new MessageCheck(bytes, start, end).isWhole;
}

function sideOf(bytes: Uint8Array, start: number): number {
  return isResponse(bytes, start) ? TO_CLIENT : TO_SERVER;
}
