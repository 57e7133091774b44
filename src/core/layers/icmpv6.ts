/**
 * ICMPv6 (RFC 4443) with the types of neighbour discovery (RFC 4861), multicast listeners (RFC 2710), router
 * renumbering (RFC 2894), node information (RFC 4620), RPL (RFC 6550) and others of the IANA registry: type,
 * code, identifier, MTU, and the packet that an error quotes.
 */
import { readUint16, readUint32 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { readQuotedTransport } from "./icmp-quote.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
/** Messages that are neither an error nor an echo have only this much in common. */
const SHORT_HEADER_BYTES = 4;
const IPV6_HEADER_BYTES = 40;
const PROTOCOL = 58;

/** Types of ICMPv6 that are told apart here. */
export const Icmpv6Type = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  listenerQuery: 130,
  listenerReport: 131,
  listenerDone: 132,
  routerRenumbering: 138,
  nodeInformationQuery: 139,
  nodeInformationReply: 140,
  mobileExperimental: 150,
  multicastRouterAdvertisement: 151,
  multicastRouterSolicitation: 152,
  multicastRouterTermination: 153,
  rplControl: 155,
} as const;

const TOO_SMALL = decoderEvent("icmpv6.pkt_too_small");
const UNKNOWN_TYPE = decoderEvent("icmpv6.unknown_type");
const UNKNOWN_CODE = decoderEvent("icmpv6.unknown_code");
const QUOTE_TRUNCATED = decoderEvent("icmpv6.ipv6_trunc_pkt");
const QUOTE_VERSION = decoderEvent("icmpv6.ipv6_unknown_version");
const LISTENER_HOP_LIMIT = decoderEvent("icmpv6.mld_message_with_invalid_hl");
const UNASSIGNED_TYPE = decoderEvent("icmpv6.unassigned_type");
const EXPERIMENTATION_TYPE = decoderEvent("icmpv6.experimentation_type");

export const icmpv6: Layer = { name: "icmpv6", rfc: "RFC 4443", decode: decodeIcmpv6 };

export function decodeIcmpv6(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.icmpv6);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.icmpType = bytes[start]!;
  packet.icmpCode = bytes[start + 1]!;
  packet.payloadEnd = end;
  packet.wantsFlow = true;
  const hasFullHeader = checkMessage(bytes, packet, start, end);
  packet.transportHeaderLength = hasFullHeader ? HEADER_BYTES : SHORT_HEADER_BYTES;
  packet.payloadStart = start + packet.transportHeaderLength;
  return true;
}

/** True when the message is an error or an echo with a known code: eight bytes are header. */
function checkMessage(bytes: Uint8Array, packet: Packet, start: number, end: number): boolean {
  switch (packet.icmpType) {
    case Icmpv6Type.destinationUnreachable:
      return checkError(bytes, packet, 6, start, end);
    case Icmpv6Type.packetTooBig:
      if (packet.icmpCode === 0) packet.icmpv6Mtu = readUint32(bytes, start + 4);
      return checkError(bytes, packet, 0, start, end);
    case Icmpv6Type.timeExceeded:
      return checkError(bytes, packet, 1, start, end);
    case Icmpv6Type.parameterProblem:
      return checkError(bytes, packet, 2, start, end);
    case Icmpv6Type.echoRequest:
    case Icmpv6Type.echoReply:
      if (packet.icmpCode !== 0) {
        packet.addEvent(UNKNOWN_CODE);
        return false;
      }
      packet.icmpId = readUint16(bytes, start + 4);
      packet.icmpSequence = readUint16(bytes, start + 6);
      return true;
    default:
      checkInformation(packet, packet.icmpType, packet.icmpCode);
      return false;
  }
}

function checkError(
  bytes: Uint8Array,
  packet: Packet,
  codeMax: number,
  start: number,
  end: number,
): boolean {
  if (packet.icmpCode > codeMax) {
    packet.addEvent(UNKNOWN_CODE);
    return false;
  }
  const quote = start + HEADER_BYTES;
  if (end - quote < IPV6_HEADER_BYTES) {
    packet.addEvent(QUOTE_TRUNCATED);
    return true;
  }
  if (bytes[quote]! >> 4 !== 6) {
    packet.addEvent(QUOTE_VERSION);
    return true;
  }
  packet.embeddedIpStart = quote;
  packet.embeddedIpVersion = 6;
  readQuotedTransport(bytes, packet, bytes[quote + 6]!, quote + IPV6_HEADER_BYTES, end);
  return true;
}

function checkInformation(packet: Packet, type: number, code: number): void {
  switch (type) {
    case Icmpv6Type.listenerQuery:
    case Icmpv6Type.listenerReport:
    case Icmpv6Type.listenerDone:
      if (code !== 0) packet.addEvent(UNKNOWN_CODE);
      if (packet.hopLimit !== 1) packet.addEvent(LISTENER_HOP_LIMIT);
      return;
    case Icmpv6Type.routerRenumbering:
      if (code > 2 && code !== 255) packet.addEvent(UNKNOWN_CODE);
      return;
    case Icmpv6Type.nodeInformationQuery:
    case Icmpv6Type.nodeInformationReply:
      if (code > 2) packet.addEvent(UNKNOWN_CODE);
      return;
    case Icmpv6Type.rplControl:
      if ((code > 3 && code < 128) || code > 132) packet.addEvent(UNKNOWN_CODE);
      return;
    case Icmpv6Type.mobileExperimental:
    case Icmpv6Type.multicastRouterAdvertisement:
    case Icmpv6Type.multicastRouterSolicitation:
    case Icmpv6Type.multicastRouterTermination:
      return;
    default:
      if (type < 133 || type > 159) packet.addEvent(unassignedEvent(type));
      else if (code !== 0) packet.addEvent(UNKNOWN_CODE);
  }
}

/** By the ranges of the registry; the types of a protocol are 133 to 159, without those above. */
function unassignedEvent(type: number): number {
  if ((type > 4 && type < 100) || (type > 101 && type < 127)) return UNASSIGNED_TYPE;
  if (type === 100 || type === 101 || type === 200 || type === 201) return EXPERIMENTATION_TYPE;
  return type >= 160 && type < 200 ? UNASSIGNED_TYPE : UNKNOWN_TYPE;
}
