/** Captures without a link layer: each record begins with the IP header, whose version says which. */
import { DecoderCounter } from "./decoder-counters.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const IPV4_HEADER_BYTES = 20;
const IP_BYTES_MAX = 65_535;
const TOO_SMALL = decoderEvent("ipv4.pkt_too_small");
const INVALID_VERSION = decoderEvent("ipraw.invalid_ip_version");

export const rawIp: Layer = { name: "raw-ip", rfc: "LINKTYPE_RAW", decode: decodeRawIp };

export function decodeRawIp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.raw);
  if (end - start < IPV4_HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const version = decoder.bytes[start]! >> 4;
  if (version !== 4 && version !== 6) {
    packet.addEvent(INVALID_VERSION);
    return true;
  }
  if (end - start > IP_BYTES_MAX) return false;
  if (version === 4) decodeIpv4(decoder, packet, start, end);
  else decodeIpv6(decoder, packet, start, end);
  return true;
}
