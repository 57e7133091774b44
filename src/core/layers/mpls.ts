/**
 * MPLS label stacks (RFC 3032). The header does not name what follows: labels 0 and 2 do, else the first
 * nibble is taken for an IP version, or a zero for an Ethernet pseudo wire with control word (RFC 4385).
 */
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const ENTRY_BYTES = 4;
const CONTROL_WORD_BYTES = 4;
const IP_BYTES_MAX = 65_535;
const BOTTOM_OF_STACK = 1;

const LABEL_IPV4 = 0;
const LABEL_ROUTER_ALERT = 1;
const LABEL_IPV6 = 2;
const LABEL_IMPLICIT_NULL = 3;
const FIRST_ORDINARY_LABEL = 15;

const HEADER_TOO_SMALL = decoderEvent("mpls.header_too_small");
const PACKET_TOO_SMALL = decoderEvent("mpls.pkt_too_small");
const ROUTER_ALERT = decoderEvent("mpls.bad_label_router_alert");
const IMPLICIT_NULL = decoderEvent("mpls.bad_label_implicit_null");
const RESERVED = decoderEvent("mpls.bad_label_reserved");
const UNKNOWN_PAYLOAD = decoderEvent("mpls.unknown_payload_type");

export const mpls: Layer = { name: "mpls", rfc: "RFC 3032", decode: decodeMpls };

export function decodeMpls(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.mpls);
  if (!decoder.enterLayer(packet)) return false;
  let offset = start;
  do {
    if (end - offset < ENTRY_BYTES) {
      packet.addFatalEvent(HEADER_TOO_SMALL);
      return false;
    }
    offset += ENTRY_BYTES;
    packet.mplsLabelCount++;
  } while ((bytes[offset - 2]! & BOTTOM_OF_STACK) === 0);
  const label = (bytes[offset - 4]! << 12) | (bytes[offset - 3]! << 4) | (bytes[offset - 2]! >> 4);
  if (label === LABEL_IPV4 || label === LABEL_IPV6) {
    if (end - offset > IP_BYTES_MAX) return false;
    if (label === LABEL_IPV4) return decodeIpv4(decoder, packet, offset, end);
    return decodeIpv6(decoder, packet, offset, end);
  }
  if (label < FIRST_ORDINARY_LABEL) {
    packet.addEvent(reservedLabelEvent(label));
    return true;
  }
  return decodeGuessed(decoder, packet, offset, end);
}

function reservedLabelEvent(label: number): number {
  if (label === LABEL_ROUTER_ALERT) return ROUTER_ALERT;
  return label === LABEL_IMPLICIT_NULL ? IMPLICIT_NULL : RESERVED;
}

function decodeGuessed(decoder: LayerContext, packet: Packet, start: number, end: number): boolean {
  if (end - start < CONTROL_WORD_BYTES) {
    packet.addFatalEvent(PACKET_TOO_SMALL);
    return false;
  }
  const nibble = decoder.bytes[start]! >> 4;
  if (nibble === 0) {
    decoder.decodeEthernet(packet, start + CONTROL_WORD_BYTES, end);
    return true;
  }
  if (nibble !== 4 && nibble !== 6) {
    packet.addFatalEvent(UNKNOWN_PAYLOAD);
    return true;
  }
  if (end - start > IP_BYTES_MAX) return false;
  if (nibble === 4) decodeIpv4(decoder, packet, start, end);
  else decodeIpv6(decoder, packet, start, end);
  return true;
}
