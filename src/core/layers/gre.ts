/**
 * GRE version 0 (RFC 1701, RFC 2784, RFC 2890: checksum, key, sequence number, source routes) and version 1 as
 * PPTP uses it (RFC 2637). Checksums are not verified.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { EtherType } from "./ether-type.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 4;
const OPTIONAL_BYTES = 4;
const ROUTE_HEADER_BYTES = 4;

/** Bits of the first byte. */
const CHECKSUM = 0x80;
const ROUTING = 0x40;
const KEY = 0x20;
const SEQUENCE = 0x10;
const STRICT_SOURCE_ROUTE = 0x08;
const RECURSION = 0x07;
/** Bits of the second byte. */
const ACKNOWLEDGMENT = 0x80;
const FLAGS = 0x78;
const VERSION = 0x07;

const TOO_SMALL = decoderEvent("gre.pkt_too_small");
const WRONG_VERSION = decoderEvent("gre.wrong_version");
const V0_RECURSION = decoderEvent("gre.version0_recur");
const V0_FLAGS = decoderEvent("gre.version0_flags");
const V0_TOO_BIG = decoderEvent("gre.version0_hdr_too_big");
const V0_ROUTE = decoderEvent("gre.version0_malformed_sre_hdr");
const V1_CHECKSUM = decoderEvent("gre.version1_chksum");
const V1_ROUTE = decoderEvent("gre.version1_route");
const V1_STRICT_SOURCE_ROUTE = decoderEvent("gre.version1_ssr");
const V1_RECURSION = decoderEvent("gre.version1_recur");
const V1_FLAGS = decoderEvent("gre.version1_flags");
const V1_NO_KEY = decoderEvent("gre.version1_no_key");
const V1_PROTOCOL = decoderEvent("gre.version1_wrong_protocol");
const V1_TOO_BIG = decoderEvent("gre.version1_hdr_too_big");
const NONE = -1;

export const gre: Layer = { name: "gre", rfc: "RFC 2784", decode: decodeGre };

export function decodeGre(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.gre);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const version = bytes[start + 1]! & VERSION;
  let innerStart = NONE;
  if (version === 0) innerStart = skipVersion0(bytes, packet, start, end);
  else if (version === 1) innerStart = skipVersion1(bytes, packet, start, end);
  else packet.addFatalEvent(WRONG_VERSION);
  if (innerStart === NONE) return true;
  const isPptp = version === 1;
  // A PPTP packet without payload only acknowledges.
  if (isPptp && readUint16(bytes, start + 4) === 0) return true;
  const payload = grePayload(decoder, readUint16(bytes, start + 2), bytes[start]!);
  if (payload !== NONE) decoder.tunnel(packet, payload, innerStart, end, PacketSource.greTunnel);
  return true;
}

/** Offset of the inner packet, -1 with an event when the header is broken. */
function skipVersion0(bytes: Uint8Array, packet: Packet, start: number, end: number): number {
  const flags = bytes[start]!;
  if ((flags & RECURSION) !== 0) return fail(packet, V0_RECURSION);
  if ((bytes[start + 1]! & FLAGS) !== 0) return fail(packet, V0_FLAGS);
  let offset = start + HEADER_BYTES;
  if ((flags & KEY) !== 0) offset += OPTIONAL_BYTES;
  if ((flags & SEQUENCE) !== 0) offset += OPTIONAL_BYTES;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) offset += OPTIONAL_BYTES;
  if (offset > end) return fail(packet, V0_TOO_BIG);
  if ((flags & ROUTING) === 0) return offset;
  for (;;) {
    if (offset + ROUTE_HEADER_BYTES > end) return fail(packet, V0_ROUTE);
    const family = readUint16(bytes, offset);
    const length = bytes[offset + 3]!;
    offset += ROUTE_HEADER_BYTES;
    if (family === 0 && length === 0) return offset;
    offset += length;
    if (offset > end) return fail(packet, V0_ROUTE);
  }
}

function skipVersion1(bytes: Uint8Array, packet: Packet, start: number, end: number): number {
  const flags = bytes[start]!;
  const problem = version1Problem(flags, bytes[start + 1]!, readUint16(bytes, start + 2));
  if (problem !== NONE) return fail(packet, problem);
  let offset = start + HEADER_BYTES + OPTIONAL_BYTES;
  if ((flags & SEQUENCE) !== 0) offset += OPTIONAL_BYTES;
  if ((bytes[start + 1]! & ACKNOWLEDGMENT) !== 0) offset += OPTIONAL_BYTES;
  return offset > end ? fail(packet, V1_TOO_BIG) : offset;
}

function version1Problem(flags: number, second: number, protocol: number): number {
  if ((flags & CHECKSUM) !== 0) return V1_CHECKSUM;
  if ((flags & ROUTING) !== 0) return V1_ROUTE;
  if ((flags & STRICT_SOURCE_ROUTE) !== 0) return V1_STRICT_SOURCE_ROUTE;
  if ((flags & RECURSION) !== 0) return V1_RECURSION;
  if ((second & FLAGS) !== 0) return V1_FLAGS;
  if (protocol !== EtherType.ppp) return V1_PROTOCOL;
  return (flags & KEY) === 0 ? V1_NO_KEY : NONE;
}

function fail(packet: Packet, event: number): number {
  packet.addFatalEvent(event);
  return NONE;
}

/** What the protocol says is inside, -1 for what is not decoded. */
function grePayload(decoder: LayerContext, protocol: number, flags: number): number {
  switch (protocol) {
    case EtherType.ipv4:
      return TunnelPayload.ipv4;
    case EtherType.ipv6:
      return TunnelPayload.ipv6;
    case EtherType.ppp:
      return TunnelPayload.ppp;
    case EtherType.vlan:
      return TunnelPayload.vlan;
    case EtherType.transparentEthernet:
      return TunnelPayload.ethernet;
    case EtherType.arp:
      return TunnelPayload.arp;
    case EtherType.nsh:
      return TunnelPayload.nsh;
    case EtherType.erspan:
      // Type II numbers its packets; type I is a bare Ethernet frame.
      if ((flags & SEQUENCE) !== 0) return TunnelPayload.erspanTypeII;
      return decoder.options.erspanTypeI ? TunnelPayload.erspanTypeI : NONE;
    default:
      return NONE;
  }
}
