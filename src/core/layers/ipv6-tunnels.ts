/** IPv4 and IPv6 packets inside IPv6 (RFC 2473). */
import { DecoderCounter } from "./decoder-counters.ts";
import { type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;

const IPV4_TOO_SMALL = decoderEvent("ipv6.ipv4_in_ipv6_too_small");
const IPV4_WRONG_VERSION = decoderEvent("ipv6.ipv4_in_ipv6_wrong_version");
const IPV6_TOO_SMALL = decoderEvent("ipv6.ipv6_in_ipv6_too_small");
const IPV6_WRONG_VERSION = decoderEvent("ipv6.ipv6_in_ipv6_wrong_version");

export function decodeIpv4InIpv6(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): void {
  if (end - start < IPV4_HEADER_BYTES) {
    packet.addFatalEvent(IPV4_TOO_SMALL);
    return;
  }
  if (decoder.bytes[start]! >> 4 !== 4) {
    packet.addFatalEvent(IPV4_WRONG_VERSION);
    return;
  }
  if (decoder.tunnel(packet, TunnelPayload.ipv4, start, end, PacketSource.ipv4InIpv6)) {
    decoder.counters.add(DecoderCounter.ipv4InIpv6);
  }
  packet.wantsFlow = true;
}

export function decodeIpv6InIpv6(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): void {
  if (end - start < IPV6_HEADER_BYTES) {
    packet.addFatalEvent(IPV6_TOO_SMALL);
    return;
  }
  if (decoder.bytes[start]! >> 4 !== 6) {
    packet.addFatalEvent(IPV6_WRONG_VERSION);
    return;
  }
  if (decoder.tunnel(packet, TunnelPayload.ipv6, start, end, PacketSource.ipv6InIpv6)) {
    decoder.counters.add(DecoderCounter.ipv6InIpv6);
  }
  packet.wantsFlow = true;
}
