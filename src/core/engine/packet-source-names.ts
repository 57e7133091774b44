/** The words of EVE's `pkt_src` for the values of PacketSource. */
import { PacketSource } from "../layers/packet.ts";

const names: readonly (readonly [number, string])[] = [
  [PacketSource.wire, "wire/pcap"],
  [PacketSource.greTunnel, "gre tunnel"],
  [PacketSource.ipv4InIpv4, "ipv4 tunnel"],
  [PacketSource.ipv6InIpv4, "ipv4 tunnel"],
  [PacketSource.ipv4InIpv6, "ipv6 tunnel"],
  [PacketSource.ipv6InIpv6, "ipv6 tunnel"],
  [PacketSource.teredo, "teredo tunnel"],
  [PacketSource.defragmented, "defrag"],
  [PacketSource.erspanTunnel, "erspan tunnel"],
  [PacketSource.vxlan, "vxlan encapsulation"],
  [PacketSource.geneve, "geneve encapsulation"],
  [PacketSource.gtp, "gtp encapsulation"],
  [PacketSource.flowTimeout, "stream (flow timeout)"],
  [PacketSource.streamFlush, "stream (detect/log)"],
  [PacketSource.arpTunnel, "arp tunnel"],
];

const byCode: readonly string[] = [];
for (const [code, name] of names) (byCode as string[])[code] = name;

export function packetSourceName(source: number): string {
  return byCode[source] ?? "unknown";
}
