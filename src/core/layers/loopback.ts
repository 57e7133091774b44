/**
 * The loopback encapsulations of BSD: link type NULL (the address family in the host's byte order, taken as
 * little-endian) and LOOP (in network order), then an IP packet.
 */
import { readUint32, readUint32Le } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 4;
const IP_BYTES_MAX = 65_535;
const FAMILY_IPV4 = 2;
/** Linux, Windows, BSD, Solaris, FreeBSD, Darwin. */
const FAMILIES_IPV6 = [10, 23, 24, 26, 28, 30];

const TOO_SMALL = decoderEvent("ltnull.pkt_too_small");
const UNSUPPORTED_TYPE = decoderEvent("ltnull.unsupported_type");

export const loopback: Layer = {
  name: "loopback",
  rfc: "LINKTYPE_NULL",
  decode: (decoder, packet, start, end) => {
    if (!hasHeader(decoder, packet, start, end)) return false;
    return decodeFamily(decoder, packet, readUint32Le(decoder.bytes, start), start, end);
  },
};

export const loopbackNetworkOrder: Layer = {
  name: "loopback-network-order",
  rfc: "LINKTYPE_LOOP",
  decode: (decoder, packet, start, end) => {
    if (!hasHeader(decoder, packet, start, end)) return false;
    return decodeFamily(decoder, packet, readUint32(decoder.bytes, start), start, end);
  },
};

function hasHeader(decoder: LayerContext, packet: Packet, start: number, end: number): boolean {
  decoder.counters.add(DecoderCounter.loopback);
  if (end - start >= HEADER_BYTES) return decoder.enterLayer(packet);
  packet.addFatalEvent(TOO_SMALL);
  return false;
}

function decodeFamily(
  decoder: LayerContext,
  packet: Packet,
  family: number,
  start: number,
  end: number,
): boolean {
  const dataStart = start + HEADER_BYTES;
  if (end - dataStart > IP_BYTES_MAX) return false;
  if (family === FAMILY_IPV4) decodeIpv4(decoder, packet, dataStart, end);
  else if (FAMILIES_IPV6.includes(family)) decodeIpv6(decoder, packet, dataStart, end);
  else packet.addEvent(UNSUPPORTED_TYPE);
  return true;
}
