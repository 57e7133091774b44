/**
 * IGMP versions 1 to 3 (RFC 2236, RFC 9776): the type. Its events are newer than Suricata 8.0 and raised only
 * when asked for (`laterEvents`).
 */
import { readUint16 } from "../bytes/endian.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const QUERY = 0x11;
const VERSION_3_REPORT = 0x22;
const VERSION_3_QUERY_BYTES = 12;
const GROUP_RECORD_BYTES = 8;

const TOO_SMALL = decoderEvent("igmp.pkt_too_small");
const VERSION_3_TOO_SMALL = decoderEvent("igmp.v3_pkt_too_small");
const MALFORMED = decoderEvent("igmp.malformed");

export const igmp: Layer = { name: "igmp", rfc: "RFC 9776", decode: decodeIgmp };

export function decodeIgmp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  const { laterEvents } = decoder.options;
  const length = end - start;
  if (length < HEADER_BYTES) {
    if (laterEvents) packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  const type = bytes[start]!;
  packet.igmpType = type;
  if (!laterEvents) return true;
  if (type === QUERY && length > HEADER_BYTES && length < VERSION_3_QUERY_BYTES) {
    packet.addFatalEvent(VERSION_3_TOO_SMALL);
  } else if (type === QUERY && length >= VERSION_3_QUERY_BYTES) {
    const sources = readUint16(bytes, start + 10);
    if (length < VERSION_3_QUERY_BYTES + sources * 4) packet.addFatalEvent(MALFORMED);
  } else if (type === VERSION_3_REPORT) {
    const records = readUint16(bytes, start + 6);
    if (length < HEADER_BYTES + records * GROUP_RECORD_BYTES) packet.addFatalEvent(MALFORMED);
  }
  return true;
}
