/** The network service header (RFC 8300): base and service path; metadata is skipped. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { decodeMpls } from "./mpls.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const TYPE_1_BYTES = 24;
const IP_BYTES_MAX = 65_535;
const NextProtocol = { ipv4: 1, ipv6: 2, ethernet: 3, mpls: 5 } as const;

const TOO_SMALL = decoderEvent("nsh.header_too_small");
const UNSUPPORTED_VERSION = decoderEvent("nsh.unsupported_version");
const BAD_LENGTH = decoderEvent("nsh.bad_header_length");
const RESERVED_TYPE = decoderEvent("nsh.reserved_type");
const UNSUPPORTED_TYPE = decoderEvent("nsh.unsupported_type");
const UNKNOWN_PAYLOAD = decoderEvent("nsh.unknown_payload");

export const nsh: Layer = { name: "nsh", rfc: "RFC 8300", decode: decodeNsh };

export function decodeNsh(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.nsh);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const base = readUint16(bytes, start);
  if (base >> 14 !== 0) {
    packet.addEvent(UNSUPPORTED_VERSION);
    return true;
  }
  const length = (base & 0x3f) * 4;
  const type = bytes[start + 2]!;
  if (length >= end - start || (type === 1 && length !== TYPE_1_BYTES)) {
    packet.addFatalEvent(BAD_LENGTH);
    return false;
  }
  if (type !== 1 && type !== 2) {
    packet.addEvent(type === 0 || type === 15 ? RESERVED_TYPE : UNSUPPORTED_TYPE);
    return true;
  }
  return decodePayload(decoder, packet, bytes[start + 3]!, start + length, end);
}

function decodePayload(
  decoder: LayerContext,
  packet: Packet,
  nextProtocol: number,
  start: number,
  end: number,
): boolean {
  switch (nextProtocol) {
    case NextProtocol.ipv4:
      return end - start <= IP_BYTES_MAX && decodeIpv4(decoder, packet, start, end);
    case NextProtocol.ipv6:
      return end - start <= IP_BYTES_MAX && decodeIpv6(decoder, packet, start, end);
    case NextProtocol.ethernet:
      return decoder.decodeEthernet(packet, start, end);
    case NextProtocol.mpls:
      return decodeMpls(decoder, packet, start, end);
    default:
      packet.addEvent(UNKNOWN_PAYLOAD);
      return true;
  }
}
