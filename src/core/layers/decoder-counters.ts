/**
 * What the decoder counts, under the names that Suricata's stats event has. Plain numbers in one typed array;
 * `entries` gives them their names when a stats event is written.
 *
 * @hotpath
 */
import type { Packet } from "./packet.ts";
import { decoderEventNames, FIRST_ARP_EVENT, PACKET_EVENT_COUNT } from "./packet-events.ts";

/** Places in `DecoderCounters.values`. */
export const DecoderCounter = {
  packets: 0,
  bytes: 1,
  invalid: 2,
  ipv4: 3,
  ipv6: 4,
  ethernet: 5,
  arp: 6,
  unknownEtherType: 7,
  ciscoHdlc: 8,
  raw: 9,
  loopback: 10,
  linuxSll: 11,
  linuxSll2: 12,
  tcp: 13,
  udp: 14,
  sctp: 15,
  esp: 16,
  icmpv4: 17,
  icmpv6: 18,
  ppp: 19,
  pppoe: 20,
  geneve: 21,
  gre: 22,
  vlan: 23,
  vlanQinq: 24,
  vlanQinqinq: 25,
  vxlan: 26,
  vnTag: 27,
  eTag: 28,
  providerBackbone: 29,
  teredo: 30,
  ipv4InIpv4: 31,
  ipv6InIpv4: 32,
  ipv4InIpv6: 33,
  ipv6InIpv6: 34,
  mpls: 35,
  erspan: 36,
  nsh: 37,
  gtp: 38,
  ieee80211: 39,
  tcpSyn: 40,
  tcpSynAck: 41,
  tcpRst: 42,
  tooLong: 43,
} as const;

/** In the order of DecoderCounter. */
const names: readonly string[] = [
  "decoder.pkts",
  "decoder.bytes",
  "decoder.invalid",
  "decoder.ipv4",
  "decoder.ipv6",
  "decoder.ethernet",
  "decoder.arp",
  "decoder.unknown_ethertype",
  "decoder.chdlc",
  "decoder.raw",
  "decoder.null",
  "decoder.sll",
  "decoder.sll2",
  "decoder.tcp",
  "decoder.udp",
  "decoder.sctp",
  "decoder.esp",
  "decoder.icmpv4",
  "decoder.icmpv6",
  "decoder.ppp",
  "decoder.pppoe",
  "decoder.geneve",
  "decoder.gre",
  "decoder.vlan",
  "decoder.vlan_qinq",
  "decoder.vlan_qinqinq",
  "decoder.vxlan",
  "decoder.vntag",
  "decoder.etag",
  "decoder.ieee8021ah",
  "decoder.teredo",
  "decoder.ipv4_in_ipv4",
  "decoder.ipv6_in_ipv4",
  "decoder.ipv4_in_ipv6",
  "decoder.ipv6_in_ipv6",
  "decoder.mpls",
  "decoder.erspan",
  "decoder.nsh",
  "decoder.gtp",
  "decoder.ieee80211",
  "tcp.syn",
  "tcp.synack",
  "tcp.rst",
  "decoder.too_long",
];

export class DecoderCounters {
  readonly values = new Float64Array(names.length);
  /** How often each packet event was seen, by its code. */
  readonly events = new Float64Array(PACKET_EVENT_COUNT);
  packetSizeMax = 0;

  add(counter: number): void {
    this.values[counter]!++;
  }

  /** Counts a packet of the wire; inner packets are not counted here. */
  countPacket(packet: Packet): void {
    const values = this.values;
    const length = packet.end - packet.start;
    values[DecoderCounter.packets]!++;
    values[DecoderCounter.bytes]! += length;
    if (packet.invalid) values[DecoderCounter.invalid]!++;
    if (length > this.packetSizeMax) this.packetSizeMax = length;
  }

  /** Counts the events on a packet: outer and inner, once each. */
  countEvents(packet: Packet): void {
    for (let i = 0; i < packet.eventCount; i++) this.events[packet.events[i]!]!++;
  }

  /** Dotted names and values: `["decoder.pkts", 14]`; zeros included. */
  entries(): [name: string, value: number][] {
    const list: [string, number][] = names.map((name, place) => [name, this.values[place] ?? 0]);
    const packets = this.values[DecoderCounter.packets] ?? 0;
    const bytes = this.values[DecoderCounter.bytes] ?? 0;
    list.push(["decoder.avg_pkt_size", packets === 0 ? 0 : Math.floor(bytes / packets)]);
    list.push(["decoder.max_pkt_size", this.packetSizeMax]);
    const tooManyLayers = this.events[decoderEventNames.indexOf("too_many_layers")] ?? 0;
    list.push(["decoder.too_many_layers", tooManyLayers]);
    for (let code = 0; code < FIRST_ARP_EVENT; code++) {
      list.push([`decoder.event.${decoderEventNames[code]}`, this.events[code] ?? 0]);
    }
    return list;
  }
}
