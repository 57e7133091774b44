/** VXLAN (RFC 7348): an Ethernet frame whose payload becomes the inner packet; its addresses are not kept. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { EtherType } from "./ether-type.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const ETHERNET_HEADER_BYTES = 14;
const NETWORK_ID_VALID = 0x08;
const UNKNOWN_PAYLOAD = decoderEvent("vxlan.unknown_payload_type");

export const vxlan: Layer = { name: "vxlan", rfc: "RFC 7348", decode: decodeVxlan };

/** True when the payload was VXLAN. */
export function decodeVxlan(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  if (end - start < HEADER_BYTES + ETHERNET_HEADER_BYTES) return false;
  if ((bytes[start]! & NETWORK_ID_VALID) === 0 || bytes[start + 7] !== 0) return false;
  if (!decoder.enterLayer(packet)) return false;
  decoder.counters.add(DecoderCounter.vxlan);
  const innerStart = start + HEADER_BYTES + ETHERNET_HEADER_BYTES;
  const payload = vxlanPayload(readUint16(bytes, innerStart - 2));
  if (payload < 0) packet.addFatalEvent(UNKNOWN_PAYLOAD);
  else decoder.tunnel(packet, payload, innerStart, end, PacketSource.vxlan);
  return true;
}

function vxlanPayload(etherType: number): number {
  switch (etherType) {
    case EtherType.ipv4:
      return TunnelPayload.ipv4;
    case EtherType.ipv6:
      return TunnelPayload.ipv6;
    case EtherType.arp:
      return TunnelPayload.arp;
    case EtherType.vlan:
    case EtherType.providerBridge:
    case EtherType.qinq:
      return TunnelPayload.vlan;
    default:
      return -1;
  }
}
