/** PPP over Ethernet (RFC 2516): the discovery stage, checked for its code and length, and sessions. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodePppPayload } from "./ppp.ts";

const DISCOVERY_HEADER_BYTES = 6;
/** With a one-byte protocol number. */
const SESSION_HEADER_BYTES = 7;
/** Offer, initiation, request, session confirmation, termination. */
const DISCOVERY_CODES = [0x07, 0x09, 0x19, 0x65, 0xa7];

const TOO_SMALL = decoderEvent("pppoe.pkt_too_small");
const WRONG_CODE = decoderEvent("pppoe.wrong_code");
const MALFORMED_TAGS = decoderEvent("pppoe.malformed_tags");

export const pppoeDiscovery: Layer = {
  name: "pppoe-discovery",
  rfc: "RFC 2516",
  decode: decodePppoeDiscovery,
};

export const pppoeSession: Layer = {
  name: "pppoe-session",
  rfc: "RFC 2516",
  decode: decodePppoeSession,
};

export function decodePppoeDiscovery(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.pppoe);
  if (end - start < DISCOVERY_HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!DISCOVERY_CODES.includes(bytes[start + 1]!)) {
    packet.addFatalEvent(WRONG_CODE);
    return true;
  }
  const tagBytes = readUint16(bytes, start + 4);
  if (tagBytes > end - start - DISCOVERY_HEADER_BYTES) packet.addFatalEvent(MALFORMED_TAGS);
  return true;
}

export function decodePppoeSession(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.pppoe);
  if (end - start < SESSION_HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  if (readUint16(bytes, start + 4) === 0) return true;
  const first = bytes[start + 6]!;
  if ((first & 1) === 1) {
    decodePppPayload(decoder, packet, first, start + SESSION_HEADER_BYTES, end);
    return true;
  }
  if (end - start < SESSION_HEADER_BYTES + 1) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  const protocol = readUint16(bytes, start + 6);
  decodePppPayload(decoder, packet, protocol, start + SESSION_HEADER_BYTES + 1, end);
  return true;
}
