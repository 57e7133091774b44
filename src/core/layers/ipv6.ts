/**
 * IPv6 (RFC 8200): the fixed header and what follows it; extension headers are in ipv6-extensions.ts. Jumbo
 * payloads (RFC 2675) are not followed: a payload length of 0 is none.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeGre } from "./gre.ts";
import { decodeIcmpv6 } from "./icmpv6.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { decodeIpv6Extensions } from "./ipv6-extensions.ts";
import { decodeIpv4InIpv6, decodeIpv6InIpv6 } from "./ipv6-tunnels.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodeSctp } from "./sctp.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeUdp } from "./udp.ts";

const HEADER_BYTES = 40;

const TOO_SMALL = decoderEvent("ipv6.pkt_too_small");
const WRONG_VERSION = decoderEvent("ipv6.wrong_ip_version");
const TRUNCATED = decoderEvent("ipv6.trunc_pkt");
const ICMPV4 = decoderEvent("ipv6.icmpv4");
const UNKNOWN_NEXT_HEADER = decoderEvent("ipv6.unknown_next_header");
const NONE = -1;

export const ipv6: Layer = { name: "ipv6", rfc: "RFC 8200", decode: decodeIpv6 };

export function decodeIpv6(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.ipv6);
  if (!decoder.enterLayer(packet)) return false;
  const problem = headerProblem(bytes, start, end);
  if (problem !== NONE) {
    // Suricata 8.0 drops a packet without a whole header and says nothing; later versions say so.
    if (problem !== TOO_SMALL || decoder.options.laterEvents) packet.addFatalEvent(problem);
    return false;
  }
  readHeader(bytes, packet, start);
  const dataStart = start + HEADER_BYTES;
  const dataEnd = packet.ipEnd;
  switch (packet.protocol) {
    case IpProtocol.tcp:
      decodeTcp(decoder, packet, dataStart, dataEnd);
      return true;
    case IpProtocol.udp:
      decodeUdp(decoder, packet, dataStart, dataEnd);
      return true;
    case IpProtocol.icmpv6:
      decodeIcmpv6(decoder, packet, dataStart, dataEnd);
      return true;
    default:
      decodeRareNextHeader(decoder, packet, dataStart, dataEnd);
      return true;
  }
}

function headerProblem(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < HEADER_BYTES) return TOO_SMALL;
  if (bytes[start]! >> 4 !== 6) return WRONG_VERSION;
  return end - start < HEADER_BYTES + readUint16(bytes, start + 4) ? TRUNCATED : NONE;
}

function readHeader(bytes: Uint8Array, packet: Packet, start: number): void {
  packet.ipVersion = 6;
  packet.ipStart = start;
  packet.ipHeaderLength = HEADER_BYTES;
  packet.ipEnd = start + HEADER_BYTES + readUint16(bytes, start + 4);
  packet.typeOfService = ((bytes[start]! & 15) << 4) | (bytes[start + 1]! >> 4);
  packet.ipv6FlowLabel =
    ((bytes[start + 1]! & 15) << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!;
  packet.protocol = bytes[start + 6]!;
  packet.hopLimit = bytes[start + 7]!;
  const { sourceWords, destinationWords } = packet;
  let offset = start + 8;
  for (let i = 0; i < 4; i++, offset += 4) {
    sourceWords[i] =
      (bytes[offset]! << 24) |
      (bytes[offset + 1]! << 16) |
      (bytes[offset + 2]! << 8) |
      bytes[offset + 3]!;
    destinationWords[i] =
      (bytes[offset + 16]! << 24) |
      (bytes[offset + 17]! << 16) |
      (bytes[offset + 18]! << 8) |
      bytes[offset + 19]!;
  }
}

function decodeRareNextHeader(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): void {
  const nextHeader = packet.protocol;
  switch (nextHeader) {
    case IpProtocol.sctp:
      decodeSctp(decoder, packet, start, end);
      return;
    case IpProtocol.gre:
      decodeGre(decoder, packet, start, end);
      return;
    case IpProtocol.ipv4:
      decodeIpv4InIpv6(decoder, packet, start, end);
      return;
    case IpProtocol.ipv6:
      decodeIpv6InIpv6(decoder, packet, start, end);
      return;
    case IpProtocol.hopByHop:
    case IpProtocol.routing:
    case IpProtocol.fragment:
    case IpProtocol.esp:
    case IpProtocol.authentication:
    case IpProtocol.noNextHeader:
    case IpProtocol.destinationOptions:
    case IpProtocol.mobility:
    case IpProtocol.hostIdentity:
    case IpProtocol.shim6:
      decodeIpv6Extensions(decoder, packet, start, end);
      return;
    default:
      packet.addEvent(nextHeader === IpProtocol.icmpv4 ? ICMPV4 : UNKNOWN_NEXT_HEADER);
  }
}
