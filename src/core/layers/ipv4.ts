/**
 * IPv4 (RFC 791): the header, its options (ipv4-options.ts), fragments (handed to the fragment table), and the
 * protocols above, IP in IP (RFC 2003) and IPv6 in IPv4 (RFC 4213) among them.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeEsp } from "./esp.ts";
import { decodeGre } from "./gre.ts";
import { decodeIcmpv4 } from "./icmpv4.ts";
import { decodeIgmp } from "./igmp.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { decodeIpv4Options } from "./ipv4-options.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodeSctp } from "./sctp.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeUdp } from "./udp.ts";

const HEADER_BYTES = 20;
const MORE_FRAGMENTS = 1;

const TOO_SMALL = decoderEvent("ipv4.pkt_too_small");
const WRONG_VERSION = decoderEvent("ipv4.wrong_ip_version");
const HEADER_LENGTH = decoderEvent("ipv4.hlen_too_small");
const TOTAL_LENGTH = decoderEvent("ipv4.iplen_smaller_than_hlen");
const TRUNCATED = decoderEvent("ipv4.trunc_pkt");
const ICMPV6 = decoderEvent("ipv4.icmpv6");
const UNKNOWN_PROTOCOL = decoderEvent("ipv4.unknown_protocol");
const NONE = -1;

export const ipv4: Layer = { name: "ipv4", rfc: "RFC 791", decode: decodeIpv4 };

export function decodeIpv4(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.ipv4);
  if (!decoder.enterLayer(packet)) return false;
  const problem = headerProblem(bytes, start, end);
  if (problem !== NONE) {
    packet.addFatalEvent(problem);
    return false;
  }
  readHeader(bytes, packet, start);
  const headerLength = packet.ipHeaderLength;
  const dataStart = start + headerLength;
  if (headerLength > HEADER_BYTES) {
    if (!decodeIpv4Options(bytes, packet, start + HEADER_BYTES, dataStart)) {
      packet.clearNetwork();
      return false;
    }
  }
  if (packet.fragmentOffset > 0 || (packet.ipFlags & MORE_FRAGMENTS) !== 0) {
    packet.isFragment = true;
    handOverFragment(decoder, packet, dataStart);
    return true;
  }
  decodeProtocol(decoder, packet, dataStart, packet.ipEnd);
  return true;
}

/** The event for a header that cannot be used, -1 when it can. */
function headerProblem(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < HEADER_BYTES) return TOO_SMALL;
  const first = bytes[start]!;
  if (first >> 4 !== 4) return WRONG_VERSION;
  const headerLength = (first & 15) * 4;
  if (headerLength < HEADER_BYTES) return HEADER_LENGTH;
  const totalLength = readUint16(bytes, start + 2);
  if (totalLength < headerLength) return TOTAL_LENGTH;
  return end - start < totalLength ? TRUNCATED : NONE;
}

function readHeader(bytes: Uint8Array, packet: Packet, start: number): void {
  packet.ipVersion = 4;
  packet.ipStart = start;
  packet.ipHeaderLength = (bytes[start]! & 15) * 4;
  packet.ipEnd = start + readUint16(bytes, start + 2);
  packet.typeOfService = bytes[start + 1]!;
  packet.ipIdentification = readUint16(bytes, start + 4);
  const fragmentWord = readUint16(bytes, start + 6);
  packet.ipFlags = fragmentWord >> 13;
  packet.fragmentOffset = fragmentWord & 0x1fff;
  packet.hopLimit = bytes[start + 8]!;
  packet.protocol = bytes[start + 9]!;
  packet.sourceWords[0] =
    (bytes[start + 12]! << 24) |
    (bytes[start + 13]! << 16) |
    (bytes[start + 14]! << 8) |
    bytes[start + 15]!;
  packet.destinationWords[0] =
    (bytes[start + 16]! << 24) |
    (bytes[start + 17]! << 16) |
    (bytes[start + 18]! << 8) |
    bytes[start + 19]!;
}

function handOverFragment(decoder: LayerContext, packet: Packet, dataStart: number): void {
  const { fragment } = decoder;
  fragment.dataStart = dataStart;
  fragment.dataEnd = packet.ipEnd;
  fragment.offset = packet.fragmentOffset * 8;
  fragment.moreFragments = (packet.ipFlags & MORE_FRAGMENTS) !== 0;
  fragment.id = packet.ipIdentification;
  fragment.headerStart = NONE;
  fragment.nextHeaderAt = NONE;
  fragment.nextHeader = packet.protocol;
  decoder.defragment(packet);
}

function decodeProtocol(decoder: LayerContext, packet: Packet, start: number, end: number): void {
  switch (packet.protocol) {
    case IpProtocol.tcp:
      decodeTcp(decoder, packet, start, end);
      return;
    case IpProtocol.udp:
      decodeUdp(decoder, packet, start, end);
      return;
    case IpProtocol.icmpv4:
      decodeIcmpv4(decoder, packet, start, end);
      return;
    case IpProtocol.ipv4:
      decodeInner(decoder, packet, TunnelPayload.ipv4, start, end);
      return;
    case IpProtocol.ipv6:
      decodeInner(decoder, packet, TunnelPayload.ipv6, start, end);
      return;
    default:
      decodeRareProtocol(decoder, packet, start, end);
  }
}

function decodeRareProtocol(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): void {
  switch (packet.protocol) {
    case IpProtocol.gre:
      decodeGre(decoder, packet, start, end);
      return;
    case IpProtocol.sctp:
      decodeSctp(decoder, packet, start, end);
      return;
    case IpProtocol.esp:
      decodeEsp(decoder, packet, start, end);
      return;
    case IpProtocol.igmp:
      decodeIgmp(decoder, packet, start, end);
      return;
    case IpProtocol.icmpv6:
      packet.addFatalEvent(ICMPV6);
      return;
    case 0:
      if (decoder.vanJacobson) decodeTcp(decoder, packet, start, end);
      return;
    default:
      if (decoder.options.laterEvents) packet.addEvent(UNKNOWN_PROTOCOL);
  }
}

function decodeInner(
  decoder: LayerContext,
  packet: Packet,
  payload: number,
  start: number,
  end: number,
): void {
  const isIpv4 = payload === TunnelPayload.ipv4;
  const source = isIpv4 ? PacketSource.ipv4InIpv4 : PacketSource.ipv6InIpv4;
  if (decoder.tunnel(packet, payload, start, end, source)) {
    decoder.counters.add(isIpv4 ? DecoderCounter.ipv4InIpv4 : DecoderCounter.ipv6InIpv4);
  }
  packet.wantsFlow = true;
}
