/**
 * What a layer is, and what it may ask of the decoder. A layer's `decode` reads one header in [start, end),
 * writes what it found to the packet and hands the rest on. It never throws: what is wrong becomes an event.
 * It answers whether the packet is worth keeping: an inner packet whose `decode` says false is dropped.
 */
import type { DecoderCounters } from "./decoder-counters.ts";
import type { DecoderOptions } from "./decoder-options.ts";
import type { Packet } from "./packet.ts";

export type DecodeLayer = (
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
) => boolean;

export interface Layer {
  readonly name: string;
  /** The standard it follows, `RFC 791` or the name of another document. */
  readonly rfc: string;
  readonly decode: DecodeLayer;
}

/** What an inner packet begins with. */
export const TunnelPayload = {
  ethernet: 0,
  ipv4: 1,
  ipv6: 2,
  /** IPv6 that is only a guess: an invalid packet is none. */
  teredo: 3,
  ppp: 4,
  vlan: 5,
  erspanTypeI: 6,
  erspanTypeII: 7,
  nsh: 8,
  arp: 9,
} as const;

/** A fragment as its IP layer describes it; one object for all, filled anew each time. */
export interface FragmentFields {
  /** Where the fragment's data lies. */
  dataStart: number;
  dataEnd: number;
  /** Place of the data in the datagram, in bytes. */
  offset: number;
  moreFragments: boolean;
  id: number;
  /** IPv6: the fragment header; IPv4: -1. */
  headerStart: number;
  /** IPv6: the byte that names the fragment header as the next one. */
  nextHeaderAt: number;
  /** IPv6: the header after the fragment header. */
  nextHeader: number;
}

export interface LayerContext {
  /** The arena's bytes: what a layer reads lies in the [start, end) it was given. */
  readonly bytes: Uint8Array;
  readonly options: DecoderOptions;
  readonly counters: DecoderCounters;
  readonly fragment: FragmentFields;
  /** The packet being decoded came as Van Jacobson uncompressed TCP over PPP: protocol 0 is TCP. */
  vanJacobson: boolean;

  /** Counts one more layer of `packet`; false, with an event, when that is too many. */
  enterLayer(packet: Packet): boolean;
  /** Decodes what an EtherType names; false, with an event, when it is not known. */
  decodeEtherType(packet: Packet, etherType: number, start: number, end: number): boolean;
  decodeEthernet(packet: Packet, start: number, end: number): boolean;
  /** Decodes [start, end) as a packet inside `parent`; false when there is none worth keeping. */
  tunnel(parent: Packet, payload: number, start: number, end: number, source: number): boolean;
  /** Hands the fragment described in `fragment` to the fragment table and decodes a datagram it completes. */
  defragment(packet: Packet): void;
}
