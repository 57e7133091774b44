/**
 * The decoder of an engine: turns the bytes of a record into a packet and, where it carries tunnels or
 * completes a fragmented datagram, into inner packets. Layers call back here for what they must not import
 * (each other, in a circle): EtherTypes, Ethernet, inner packets, fragments.
 *
 * Inner packets belong to the decoder and live until the next `decode`. They are listed in the order in which
 * they are to be processed: the innermost first, all of them before the outer packet.
 *
 * @hotpath
 */
import type { FragmentTable } from "../flow/fragments.ts";
import { decodeArp } from "./arp.ts";
import { ciscoHdlc } from "./cisco-hdlc.ts";
import { DecoderCounter, DecoderCounters } from "./decoder-counters.ts";
import type { DecoderOptions } from "./decoder-options.ts";
import { decodeETag } from "./e-tag.ts";
import { erspanTypeI, erspanTypeII } from "./erspan.ts";
import { EtherType } from "./ether-type.ts";
import { decodeEthernet } from "./ethernet.ts";
import { ieee80211, radiotap } from "./ieee80211.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { type FragmentFields, type LayerContext, TunnelPayload } from "./layer.ts";
import { linuxSll, linuxSll2 } from "./linux-sll.ts";
import { loopback, loopbackNetworkOrder } from "./loopback.ts";
import { decodeMpls } from "./mpls.ts";
import { decodeNsh } from "./nsh.ts";
import { Packet, PacketSource, VLAN_LAYERS_MAX } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodePpp } from "./ppp.ts";
import { decodePppoeDiscovery, decodePppoeSession } from "./pppoe.ts";
import { decodeProviderBackbone } from "./provider-backbone.ts";
import { decodeRawIp } from "./raw-ip.ts";
import { decodeVlan } from "./vlan.ts";
import { decodeVnTag } from "./vn-tag.ts";

/** Link types (tcpdump.org/linktypes.html) that are decoded. */
export const LinkType = {
  loopback: 0,
  ethernet: 1,
  ppp: 9,
  rawOld: 12,
  rawBsd: 14,
  pppSerial: 50,
  pppEthernet: 51,
  raw: 101,
  ciscoHdlc: 104,
  ieee80211: 105,
  loopbackNetworkOrder: 108,
  linuxSll: 113,
  radiotap: 127,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

const IP_BYTES_MAX = 65_535;
/** Longer frames (joined by a network card, BIG TCP) are not decoded but counted, as in Suricata. */
export const FRAME_BYTES_MAX = 65_604;
const DATA_CENTER_ETHERNET_BYTES_MIN = 16;

const TOO_MANY_LAYERS = decoderEvent("too_many_layers");
const TOO_MANY_VLANS = decoderEvent("vlan.too_many_layers");
const UNKNOWN_ETHER_TYPE = decoderEvent("ethernet.unknown_ethertype");
const DCE_TOO_SMALL = decoderEvent("dce.pkt_too_small");

export class Decoder implements LayerContext {
  readonly bytes: Uint8Array;
  readonly options: DecoderOptions;
  readonly counters = new DecoderCounters();
  readonly fragments: FragmentTable;
  readonly fragment: FragmentFields = {
    dataStart: 0,
    dataEnd: 0,
    offset: 0,
    moreFragments: false,
    id: 0,
    headerStart: -1,
    nextHeaderAt: -1,
    nextHeader: 0,
  };
  vanJacobson = false;

  /** The inner packets of the last record are the first `innerCount` of these, innermost first. */
  readonly innerPackets: readonly Packet[];
  innerCount = 0;

  // 0 <= innerCount <= taken <= pool.length: packets taken and not listed are still being decoded.
  private readonly pool: Packet[];
  private readonly listed: Packet[];
  private taken = 0;
  /** Layers of the packet being decoded, those of the packets around it included. */
  private layerCount = 0;

  constructor(bytes: Uint8Array, options: DecoderOptions, fragments: FragmentTable) {
    this.bytes = bytes;
    this.options = options;
    this.fragments = fragments;
    // Each packet keeps at most one inner packet, and each of those costs a layer.
    this.pool = Array.from({ length: options.layersMax }, () => new Packet());
    this.listed = [...this.pool];
    this.innerPackets = this.listed;
  }

  /**
   * Decodes [packet.start, packet.end) as `packet.linkType` says; the packet was reset before. Returns false
   * for a link type that is not known: the packet is invalid then, without an event.
   */
  decode(packet: Packet): boolean {
    this.innerCount = this.taken = this.layerCount = 0;
    this.vanJacobson = false;
    this.fragments.beginRecord();
    const { start, end } = packet;
    const isTooLong = end - start > FRAME_BYTES_MAX;
    if (isTooLong) this.counters.add(DecoderCounter.tooLong);
    const isKnown = isTooLong || this.decodeLink(packet, start, end);
    if (!isKnown || isTooLong) packet.invalid = true;
    this.counters.countPacket(packet);
    if (packet.eventCount > 0) this.counters.countEvents(packet);
    for (let i = 0; i < this.innerCount; i++) this.counters.countEvents(this.listed[i]!);
    return isKnown;
  }

  private decodeLink(packet: Packet, start: number, end: number): boolean {
    switch (packet.linkType) {
      case LinkType.ethernet:
        decodeEthernet(this, packet, start, end);
        return true;
      case LinkType.rawOld:
      case LinkType.rawBsd:
      case LinkType.raw:
      case LinkType.ipv4:
      case LinkType.ipv6:
        decodeRawIp(this, packet, start, end);
        return true;
      default:
        return this.decodeRareLink(packet, start, end);
    }
  }

  private decodeRareLink(packet: Packet, start: number, end: number): boolean {
    switch (packet.linkType) {
      case LinkType.loopback:
        loopback.decode(this, packet, start, end);
        return true;
      case LinkType.loopbackNetworkOrder:
        loopbackNetworkOrder.decode(this, packet, start, end);
        return true;
      case LinkType.linuxSll:
        linuxSll.decode(this, packet, start, end);
        return true;
      case LinkType.linuxSll2:
        linuxSll2.decode(this, packet, start, end);
        return true;
      case LinkType.ppp:
      case LinkType.pppSerial:
        decodePpp(this, packet, start, end);
        return true;
      case LinkType.pppEthernet:
        decodePppoeSession(this, packet, start, end);
        return true;
      case LinkType.ciscoHdlc:
        ciscoHdlc.decode(this, packet, start, end);
        return true;
      case LinkType.ieee80211:
        ieee80211.decode(this, packet, start, end);
        return true;
      case LinkType.radiotap:
        radiotap.decode(this, packet, start, end);
        return true;
      default:
        return false;
    }
  }

  enterLayer(packet: Packet): boolean {
    this.layerCount++;
    if (this.layerCount < this.options.layersMax) return true;
    packet.addFatalEvent(TOO_MANY_LAYERS);
    return false;
  }

  decodeEthernet(packet: Packet, start: number, end: number): boolean {
    return decodeEthernet(this, packet, start, end);
  }

  decodeEtherType(packet: Packet, etherType: number, start: number, end: number): boolean {
    switch (etherType) {
      case EtherType.ipv4:
        decodeIpv4(this, packet, start, Math.min(end, start + IP_BYTES_MAX));
        return true;
      case EtherType.ipv6:
        decodeIpv6(this, packet, start, Math.min(end, start + IP_BYTES_MAX));
        return true;
      case EtherType.vlan:
      case EtherType.providerBridge:
      case EtherType.qinq:
        if (packet.vlanCount >= VLAN_LAYERS_MAX) packet.addEvent(TOO_MANY_VLANS);
        else decodeVlan(this, packet, start, end);
        return true;
      case EtherType.arp:
        decodeArp(this, packet, start, end);
        return true;
      default:
        return this.decodeRareEtherType(packet, etherType, start, end);
    }
  }

  private decodeRareEtherType(
    packet: Packet,
    etherType: number,
    start: number,
    end: number,
  ): boolean {
    switch (etherType) {
      case EtherType.pppoeSession:
        decodePppoeSession(this, packet, start, end);
        return true;
      case EtherType.pppoeDiscovery:
        decodePppoeDiscovery(this, packet, start, end);
        return true;
      case EtherType.mpls:
      case EtherType.mplsMulticast:
        decodeMpls(this, packet, start, end);
        return true;
      case EtherType.providerBackbone:
        decodeProviderBackbone(this, packet, start, end);
        return true;
      case EtherType.dataCenterEthernet:
        if (end - start < DATA_CENTER_ETHERNET_BYTES_MIN) packet.addFatalEvent(DCE_TOO_SMALL);
        else decodeEthernet(this, packet, start + 2, end);
        return true;
      case EtherType.eTag:
        decodeETag(this, packet, start, end);
        return true;
      case EtherType.nsh:
        decodeNsh(this, packet, start, end);
        return true;
      case EtherType.vnTag:
        if (this.options.vnTag) {
          decodeVnTag(this, packet, start, end);
          return true;
        }
    }
    this.counters.add(DecoderCounter.unknownEtherType);
    packet.addEvent(UNKNOWN_ETHER_TYPE);
    return false;
  }

  tunnel(parent: Packet, payload: number, start: number, end: number, source: number): boolean {
    if (this.layerCount + 1 >= this.options.layersMax) {
      parent.addFatalEvent(TOO_MANY_LAYERS);
      return false;
    }
    const { taken, innerCount } = this;
    const packet = this.takeInner(parent, source);
    packet.linkType = LinkType.rawOld;
    packet.start = start;
    packet.end = end;
    packet.wireLength = end - start;
    packet.depth = parent.depth + 1;
    const layers = this.layerCount;
    const vanJacobson = this.vanJacobson;
    this.layerCount = layers + 1;
    this.vanJacobson = false;
    const isGood = this.decodePayload(packet, payload);
    this.layerCount = layers;
    this.vanJacobson = vanJacobson;
    if (!isGood || (payload === TunnelPayload.teredo && packet.invalid)) {
      // What looked like a packet was none, nor is what was found inside it.
      this.taken = taken;
      this.innerCount = innerCount;
      return false;
    }
    this.keepInner(parent, packet);
    return true;
  }

  private decodePayload(packet: Packet, payload: number): boolean {
    const { start, end } = packet;
    switch (payload) {
      case TunnelPayload.ethernet:
        return decodeEthernet(this, packet, start, end);
      case TunnelPayload.ipv4:
        return decodeIpv4(this, packet, start, end);
      case TunnelPayload.ipv6:
      case TunnelPayload.teredo:
        return decodeIpv6(this, packet, start, end);
      case TunnelPayload.ppp:
        return decodePpp(this, packet, start, end);
      case TunnelPayload.vlan:
        return decodeVlan(this, packet, start, end);
      case TunnelPayload.erspanTypeI:
        return erspanTypeI.decode(this, packet, start, end);
      case TunnelPayload.erspanTypeII:
        return erspanTypeII.decode(this, packet, start, end);
      case TunnelPayload.nsh:
        return decodeNsh(this, packet, start, end);
      default:
        return decodeArp(this, packet, start, end);
    }
  }

  defragment(packet: Packet): void {
    const { fragments, fragment } = this;
    if (!fragments.insert(packet, fragment)) return;
    if (this.layerCount + 1 >= this.options.layersMax) {
      packet.addFatalEvent(TOO_MANY_LAYERS);
      return;
    }
    const { taken, innerCount } = this;
    const rebuilt = this.takeInner(packet, PacketSource.defragmented);
    rebuilt.linkType = fragments.rebuiltLinkType;
    rebuilt.start = fragments.rebuiltStart;
    rebuilt.end = fragments.rebuiltEnd;
    rebuilt.wireLength = rebuilt.end - rebuilt.start;
    // The datagram belongs to the flow its fragments would have, so it is no deeper than they are.
    rebuilt.depth = packet.depth;
    rebuilt.vlanCount = packet.vlanCount;
    for (let i = 0; i < packet.vlanCount; i++) rebuilt.vlanIds[i] = packet.vlanIds[i]!;
    const layers = this.layerCount;
    this.layerCount = layers + 1;
    const ipStart = fragments.rebuiltIpStart;
    const isGood =
      packet.ipVersion === 4
        ? decodeIpv4(this, rebuilt, ipStart, rebuilt.end)
        : decodeIpv6(this, rebuilt, ipStart, rebuilt.end);
    this.layerCount = layers;
    if (isGood) {
      this.keepInner(packet, rebuilt);
      return;
    }
    this.taken = taken;
    this.innerCount = innerCount;
  }

  private takeInner(parent: Packet, source: number): Packet {
    const packet = this.pool[this.taken++]!;
    packet.reset();
    packet.timeUs = parent.timeUs;
    packet.captureNumber = parent.captureNumber;
    packet.interfaceIndex = parent.interfaceIndex;
    packet.source = source;
    packet.parent = parent;
    return packet;
  }

  /** The parent's payload is inspected as a packet of its own from here on. */
  private keepInner(parent: Packet, packet: Packet): void {
    this.listed[this.innerCount++] = packet;
    parent.noPayloadInspection = true;
  }
}
