/** ICMP (RFC 792, RFC 950): type, code, identifier and the packet that an error quotes. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { readQuotedTransport } from "./icmp-quote.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

/** Types of ICMP for IPv4. */
export const Icmpv4Type = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  routerAdvertisement: 9,
  routerSolicitation: 10,
  timeExceeded: 11,
  parameterProblem: 12,
  timestamp: 13,
  timestampReply: 14,
  informationRequest: 15,
  informationReply: 16,
  addressMaskRequest: 17,
  addressMaskReply: 18,
} as const;

const HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;
const PROTOCOL = 1;

const TOO_SMALL = decoderEvent("icmpv4.pkt_too_small");
const UNKNOWN_TYPE = decoderEvent("icmpv4.unknown_type");
const UNKNOWN_CODE = decoderEvent("icmpv4.unknown_code");
const QUOTE_TRUNCATED = decoderEvent("icmpv4.ipv4_trunc_pkt");
const QUOTE_VERSION = decoderEvent("icmpv4.ipv4_unknown_ver");

export const icmpv4: Layer = { name: "icmpv4", rfc: "RFC 792", decode: decodeIcmpv4 };

export function decodeIcmpv4(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.icmpv4);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.transportHeaderLength = HEADER_BYTES;
  packet.icmpType = bytes[start]!;
  packet.icmpCode = bytes[start + 1]!;
  packet.payloadStart = start + HEADER_BYTES;
  packet.payloadEnd = end;
  packet.wantsFlow = true;
  checkMessage(bytes, packet, start);
  return true;
}

function checkMessage(bytes: Uint8Array, packet: Packet, start: number): void {
  switch (packet.icmpType) {
    case Icmpv4Type.destinationUnreachable:
      checkError(bytes, packet, 15);
      return;
    case Icmpv4Type.redirect:
      checkError(bytes, packet, 3);
      return;
    case Icmpv4Type.timeExceeded:
      checkError(bytes, packet, 1);
      return;
    case Icmpv4Type.sourceQuench:
    case Icmpv4Type.parameterProblem:
      checkError(bytes, packet, 0);
      return;
    case Icmpv4Type.echoReply:
    case Icmpv4Type.echoRequest:
    case Icmpv4Type.timestamp:
    case Icmpv4Type.timestampReply:
    case Icmpv4Type.informationRequest:
    case Icmpv4Type.informationReply:
    case Icmpv4Type.addressMaskRequest:
    case Icmpv4Type.addressMaskReply:
      packet.icmpId = readUint16(bytes, start + 4);
      packet.icmpSequence = readUint16(bytes, start + 6);
      if (packet.icmpCode !== 0) packet.addEvent(UNKNOWN_CODE);
      return;
    default:
      packet.addEvent(UNKNOWN_TYPE);
  }
}

/** An error message: its code, at most `codeMax`, and the packet that it quotes. */
function checkError(bytes: Uint8Array, packet: Packet, codeMax: number): void {
  if (packet.icmpCode > codeMax) {
    packet.addEvent(UNKNOWN_CODE);
    return;
  }
  const start = packet.payloadStart;
  const end = packet.payloadEnd;
  if (start === end && packet.icmpType !== Icmpv4Type.sourceQuench) return;
  if (end - start < IPV4_HEADER_BYTES) {
    packet.addFatalEvent(QUOTE_TRUNCATED);
    return;
  }
  if (bytes[start]! >> 4 !== 4) {
    packet.addFatalEvent(QUOTE_VERSION);
    return;
  }
  packet.embeddedIpStart = start;
  packet.embeddedIpVersion = 4;
  const headerLength = Math.max((bytes[start]! & 15) * 4, IPV4_HEADER_BYTES);
  readQuotedTransport(bytes, packet, bytes[start + 9]!, start + headerLength, end);
}
