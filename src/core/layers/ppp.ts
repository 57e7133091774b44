/**
 * PPP (RFC 1661) with or without address and control field (RFC 1662), the protocol number in two bytes or
 * compressed to one. Van Jacobson's uncompressed TCP packets (RFC 1144) count as IPv4.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { PppAction, pppAction } from "./ppp-protocol.ts";

const ADDRESS_FIELD = 0xff;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const IP_BYTES_MAX = 65_535;

const TOO_SMALL = decoderEvent("ppp.pkt_too_small");
const VAN_JACOBSON_TOO_SMALL = decoderEvent("ppp.vju_pkt_too_small");
const IPV4_TOO_SMALL = decoderEvent("ppp.ip4_pkt_too_small");
const IPV6_TOO_SMALL = decoderEvent("ppp.ip6_pkt_too_small");
const WRONG_TYPE = decoderEvent("ppp.wrong_type");
const UNSUPPORTED = decoderEvent("ppp.unsup_proto");

export const ppp: Layer = { name: "ppp", rfc: "RFC 1661", decode: decodePpp };

export function decodePpp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.ppp);
  const at = start < end && bytes[start] === ADDRESS_FIELD ? start + 2 : start;
  const isCompressed = at < end && (bytes[at]! & 1) === 1;
  const dataStart = at + (isCompressed ? 1 : 2);
  if (dataStart > end) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  if (isCompressed) return decodeCompressed(decoder, packet, bytes[at]!, dataStart, end);
  return decodePppPayload(decoder, packet, readUint16(bytes, at), dataStart, end);
}

/** One-byte protocol numbers: only IP is known, and a short IPv4 packet has the name of its neighbour. */
function decodeCompressed(
  decoder: LayerContext,
  packet: Packet,
  protocol: number,
  start: number,
  end: number,
): boolean {
  const action = pppAction(protocol);
  if (action < PppAction.ipv4) {
    packet.addEvent(UNSUPPORTED);
    return true;
  }
  if (action === PppAction.ipv4 && end - start < IPV4_HEADER_BYTES) {
    packet.addFatalEvent(VAN_JACOBSON_TOO_SMALL);
    return false;
  }
  return decodePppPayload(decoder, packet, protocol, start, end);
}

/** Decodes what the two-byte protocol number says; for PPPoE sessions too. */
export function decodePppPayload(
  decoder: LayerContext,
  packet: Packet,
  protocol: number,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  switch (pppAction(protocol)) {
    case PppAction.ipv4:
      if (length < IPV4_HEADER_BYTES) return tooSmall(packet, IPV4_TOO_SMALL);
      if (length > IP_BYTES_MAX) return false;
      return decodeIpv4(decoder, packet, start, end);
    case PppAction.ipv6:
      if (length < IPV6_HEADER_BYTES) return tooSmall(packet, IPV6_TOO_SMALL);
      if (length > IP_BYTES_MAX) return false;
      return decodeIpv6(decoder, packet, start, end);
    case PppAction.vanJacobson:
      if (length < IPV4_HEADER_BYTES) return tooSmall(packet, VAN_JACOBSON_TOO_SMALL);
      if (length > IP_BYTES_MAX || decoder.bytes[start]! >> 4 !== 4) return false;
      decoder.vanJacobson = true;
      return decodeIpv4(decoder, packet, start, end);
    case PppAction.control:
      return true;
    case PppAction.unsupported:
      packet.addEvent(UNSUPPORTED);
      return true;
    default:
      packet.addFatalEvent(WRONG_TYPE);
      return true;
  }
}

function tooSmall(packet: Packet, event: number): boolean {
  packet.addFatalEvent(event);
  return false;
}
