/**
 * What the ICMP keywords ask first: a packet with a decoded ICMP header of either version.
 *
 * @hotpath
 */
import { IpProtocol } from "../../layers/ip-protocol.ts";
import type { Packet } from "../../layers/packet.ts";

export function isIcmp(packet: Packet): boolean {
  const { transport } = packet;
  if (packet.transportStart < 0) return false;
  return transport === IpProtocol.icmpv4 || transport === IpProtocol.icmpv6;
}
