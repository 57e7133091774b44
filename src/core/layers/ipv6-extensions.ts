/**
 * The chain of IPv6 extension headers (RFC 8200 §4): hop-by-hop and destination options, routing, fragment,
 * authentication (RFC 4302), mobility, host identity, shim6. `Packet.protocol` becomes the last header that
 * was understood, `ipHeaderLength` grows to where the upper layer begins.
 *
 * The walk is bounded: every header takes at least eight bytes of what is left.
 */
import { readUint16, readUint32 } from "../bytes/endian.ts";
import { decodeEsp } from "./esp.ts";
import { decodeIcmpv6 } from "./icmpv6.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { decodeIpv6Options } from "./ipv6-options.ts";
import { decodeIpv4InIpv6 } from "./ipv6-tunnels.ts";
import type { LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodeSctp } from "./sctp.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeUdp } from "./udp.ts";

const FRAGMENT_HEADER_BYTES = 8;
const AUTHENTICATION_HEADER_BYTES = 12;

const TRUNCATED = decoderEvent("ipv6.trunc_exthdr");
const DATA_AFTER_NONE = decoderEvent("ipv6.data_after_none_header");
const DUPLICATE_FRAGMENT = decoderEvent("ipv6.exthdr_dupl_fh");
const USELESS_FRAGMENT = decoderEvent("ipv6.exthdr_useless_fh");
const DUPLICATE_ROUTING = decoderEvent("ipv6.exthdr_dupl_rh");
const DUPLICATE_HOP_BY_HOP = decoderEvent("ipv6.exthdr_dupl_hh");
const DUPLICATE_DESTINATION = decoderEvent("ipv6.exthdr_dupl_dh");
const DUPLICATE_AUTHENTICATION = decoderEvent("ipv6.exthdr_dupl_ah");
const AUTHENTICATION_RESERVED = decoderEvent("ipv6.exthdr_ah_res_not_null");
const ROUTING_TYPE_0 = decoderEvent("ipv6.rh_type_0");
const FRAGMENT_RESERVED = decoderEvent("ipv6.fh_non_zero_reserved_field");
const FRAGMENT_LENGTH = decoderEvent("ipv6.frag_invalid_length");
const ICMPV4 = decoderEvent("ipv6.icmpv4");
const UNKNOWN_NEXT_HEADER = decoderEvent("ipv6.unknown_next_header");

/** Bits for headers that were seen, and a count for destination options, which may come twice. */
const SEEN_HOP_BY_HOP = 1;
const SEEN_ROUTING = 2;
const SEEN_AUTHENTICATION = 4;
const SEEN_FRAGMENT = 8;
const SEEN_DESTINATION = 16;
const SEEN_DESTINATION_TWICE = 32;

export function decodeIpv6Extensions(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): void {
  const { bytes } = decoder;
  let nextHeader = packet.protocol;
  let nextHeaderAt = packet.ipStart + 6;
  let seen = 0;
  let offset = start;
  packet.protocol = 0;
  for (;;) {
    packet.ipHeaderLength = offset - packet.ipStart;
    if (nextHeader === IpProtocol.noNextHeader) {
      if (offset < end) packet.addEvent(DATA_AFTER_NONE);
      return;
    }
    if (end - offset < 2) {
      packet.addFatalEvent(TRUNCATED);
      return;
    }
    const length = extensionLength(bytes, nextHeader, offset);
    if (length === 0) {
      decodeUpperLayer(decoder, packet, nextHeader, offset, end);
      return;
    }
    if (!isSkipped(nextHeader)) packet.protocol = nextHeader;
    if (length > end - offset) {
      packet.addFatalEvent(TRUNCATED);
      return;
    }
    if (nextHeader === IpProtocol.fragment) {
      if (bytes[offset + 1] !== 0) packet.addEvent(FRAGMENT_RESERVED);
      if ((seen & SEEN_FRAGMENT) !== 0) packet.addEvent(DUPLICATE_FRAGMENT);
      else if (handleFragment(decoder, packet, offset, nextHeaderAt, end)) return;
      seen |= SEEN_FRAGMENT;
    } else {
      seen = readExtension(bytes, packet, nextHeader, seen, offset, offset + length);
    }
    nextHeader = bytes[offset]!;
    nextHeaderAt = offset;
    offset += length;
  }
}

/** Bytes of the extension header at `offset`, which has at least two; 0 when it is none. */
function extensionLength(bytes: Uint8Array, nextHeader: number, offset: number): number {
  switch (nextHeader) {
    case IpProtocol.hopByHop:
    case IpProtocol.routing:
    case IpProtocol.destinationOptions:
    case IpProtocol.mobility:
    case IpProtocol.hostIdentity:
    case IpProtocol.shim6:
      return 8 + bytes[offset + 1]! * 8;
    case IpProtocol.fragment:
      return FRAGMENT_HEADER_BYTES;
    case IpProtocol.authentication: {
      const words = bytes[offset + 1]!;
      return AUTHENTICATION_HEADER_BYTES + (words > 0 ? (words - 1) * 4 : 0);
    }
    default:
      return 0;
  }
}

function isSkipped(nextHeader: number): boolean {
  return (
    nextHeader === IpProtocol.mobility ||
    nextHeader === IpProtocol.hostIdentity ||
    nextHeader === IpProtocol.shim6
  );
}

/** Checks one whole header in [start, end) that is not a fragment header; returns the headers seen by now. */
function readExtension(
  bytes: Uint8Array,
  packet: Packet,
  nextHeader: number,
  seen: number,
  start: number,
  end: number,
): number {
  switch (nextHeader) {
    case IpProtocol.routing:
      if ((seen & SEEN_ROUTING) !== 0) packet.addEvent(DUPLICATE_ROUTING);
      else if (bytes[start + 2] === 0) packet.addEvent(ROUTING_TYPE_0);
      return seen | SEEN_ROUTING;
    case IpProtocol.hopByHop:
      if ((seen & SEEN_HOP_BY_HOP) !== 0) packet.addEvent(DUPLICATE_HOP_BY_HOP);
      else decodeIpv6Options(bytes, packet, nextHeader, start + 2, end);
      return seen | SEEN_HOP_BY_HOP;
    case IpProtocol.destinationOptions:
      if ((seen & SEEN_DESTINATION_TWICE) !== 0) packet.addEvent(DUPLICATE_DESTINATION);
      else decodeIpv6Options(bytes, packet, nextHeader, start + 2, end);
      return seen | ((seen & SEEN_DESTINATION) !== 0 ? SEEN_DESTINATION_TWICE : SEEN_DESTINATION);
    case IpProtocol.authentication:
      if (readUint16(bytes, start + 2) !== 0) packet.addEvent(AUTHENTICATION_RESERVED);
      if ((seen & SEEN_AUTHENTICATION) !== 0) packet.addEvent(DUPLICATE_AUTHENTICATION);
      return seen | SEEN_AUTHENTICATION;
    default:
      return seen;
  }
}

/** Reads the first fragment header; true when the packet is a fragment, which ends the chain. */
function handleFragment(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  nextHeaderAt: number,
  end: number,
): boolean {
  const { bytes, fragment } = decoder;
  const word = readUint16(bytes, start + 2);
  const hasMore = (word & 1) !== 0;
  packet.ipIdentification = readUint32(bytes, start + 4);
  if (!hasMore && word >> 3 === 0) {
    packet.addEvent(USELESS_FRAGMENT);
    return false;
  }
  if (hasMore && (end - start) % 8 !== 0) packet.addEvent(FRAGMENT_LENGTH);
  packet.isFragment = true;
  packet.fragmentOffset = word >> 3;
  packet.ipFlags = hasMore ? 1 : 0;
  fragment.dataStart = start + FRAGMENT_HEADER_BYTES;
  fragment.dataEnd = end;
  fragment.offset = word & 0xfff8;
  fragment.moreFragments = hasMore;
  fragment.id = packet.ipIdentification;
  fragment.headerStart = start;
  fragment.nextHeaderAt = nextHeaderAt;
  fragment.nextHeader = bytes[start]!;
  decoder.defragment(packet);
  return true;
}

function decodeUpperLayer(
  decoder: LayerContext,
  packet: Packet,
  nextHeader: number,
  start: number,
  end: number,
): void {
  if (nextHeader !== IpProtocol.icmpv4) packet.protocol = nextHeader;
  switch (nextHeader) {
    case IpProtocol.tcp:
      decodeTcp(decoder, packet, start, end);
      return;
    case IpProtocol.udp:
      decodeUdp(decoder, packet, start, end);
      return;
    case IpProtocol.icmpv6:
      decodeIcmpv6(decoder, packet, start, end);
      return;
    case IpProtocol.sctp:
      decodeSctp(decoder, packet, start, end);
      return;
    case IpProtocol.esp:
      decodeEsp(decoder, packet, start, end);
      return;
    case IpProtocol.ipv4:
      decodeIpv4InIpv6(decoder, packet, start, end);
      return;
    default:
      packet.addEvent(nextHeader === IpProtocol.icmpv4 ? ICMPV4 : UNKNOWN_NEXT_HEADER);
  }
}
