/**
 * Every decoder event: bytes that raise it, bytes that only just do not, and whether it makes the packet
 * invalid. An event without a row here fails the last test.
 */
import { describe, expect, it } from "vitest";
import type { DecoderOptions } from "../../../src/core/layers/decoder-options.ts";
import { erspanTypeII } from "../../../src/core/layers/erspan.ts";
import { decoderEventNames } from "../../../src/core/layers/packet-events.ts";
import {
  arp,
  authenticationHeader,
  ciscoHdlc,
  concat,
  destinationOptions,
  erspan,
  esp,
  eTag,
  ethernet,
  fields,
  fragmentHeader,
  geneve,
  gre,
  greVersion1,
  hexBytes,
  hopByHopOptions,
  icmpv4,
  icmpv6,
  igmp,
  ipv4,
  ipv6,
  linuxSll,
  linuxSll2,
  loopback,
  mpls,
  nsh,
  ppp,
  pppoeDiscovery,
  pppoeSession,
  providerBackbone,
  raw,
  routingHeader,
  sctp,
  tcp,
  udp,
  vlan,
  vnTag,
  vxlan,
  type Wire,
} from "../../support/packets/index.ts";
import { DecodeHarness, eventsOf } from "./harness.ts";

interface Row {
  readonly raises: Uint8Array;
  readonly nearMiss: Uint8Array;
  readonly isFatal: boolean;
  readonly linkType?: number;
  readonly decoder?: Partial<DecoderOptions>;
}

type Options = Pick<Row, "linkType" | "decoder">;

function fatal(raises: Uint8Array, nearMiss: Uint8Array, options: Options = {}): Row {
  return { raises, nearMiss, isFatal: true, ...options };
}

function harmless(raises: Uint8Array, nearMiss: Uint8Array, options: Options = {}): Row {
  return { raises, nearMiss, isFatal: false, ...options };
}

const framed = (wire: Wire) => wire.over(ethernet());
const overIpv4 = (wire: Wire) => framed(wire.over(ipv4()));
const overIpv6 = (wire: Wire) => framed(wire.over(ipv6()));
/** The first `length` bytes of the headers and payload behind an Ethernet header. */
const cut = (frame: Uint8Array, length: number) => frame.slice(0, 14 + length);
const ipv4Options = (...bytes: number[]) =>
  framed(udp({ payload: "x" }).over(ipv4({ options: Uint8Array.from(bytes) })));
const tcpOptionBytes = (...bytes: number[]) =>
  overIpv4(tcp({ flags: "S", options: Uint8Array.from(bytes) }));
const hopOptions = (...bytes: number[]) =>
  overIpv6(udp({ payload: "x" }).over(hopByHopOptions({ options: Uint8Array.from(bytes) })));
const destOptions = (...bytes: number[]) =>
  overIpv6(udp({ payload: "x" }).over(destinationOptions({ options: Uint8Array.from(bytes) })));
const small = udp({ payload: "x" });
const smallIpv4 = small.over(ipv4());
const smallIpv6 = small.over(ipv6());
const quotedIpv4 = tcp().over(ipv4({ source: "10.0.0.2", destination: "10.0.0.1" }));
const quotedIpv6 = tcp().over(ipv6());
const greIpv4 = (fieldsOfGre: Parameters<typeof gre>[0], payload: Wire = smallIpv4) =>
  overIpv4(payload.over(gre(fieldsOfGre)));
const pptp = (fieldsOfGre: Parameters<typeof greVersion1>[0]) =>
  overIpv4(smallIpv4.over(ppp()).over(greVersion1(fieldsOfGre)));
const fragment4 = (offset: number, more: boolean, payload: Uint8Array) =>
  framed(raw(payload).over(ipv4({ fragmentOffset: offset, moreFragments: more, protocol: 17 })));
const tagged = (count: number) => {
  let wire: Wire = smallIpv4;
  for (let i = 0; i < count; i++) wire = wire.over(vnTag());
  return framed(wire);
};
const later = { decoder: { laterEvents: true } };

const rows: Record<string, Row> = {
  "ipv4.pkt_too_small": fatal(cut(framed(smallIpv4), 19), framed(smallIpv4)),
  "ipv4.hlen_too_small": fatal(framed(small.over(ipv4({ headerLength: 4 }))), framed(smallIpv4)),
  "ipv4.iplen_smaller_than_hlen": fatal(
    framed(small.over(ipv4({ totalLength: 19 }))),
    framed(small.over(ipv4({ totalLength: 20 }))),
  ),
  "ipv4.trunc_pkt": fatal(
    framed(small.over(ipv4({ totalLength: 30 }))),
    framed(small.over(ipv4({ totalLength: 29 }))),
  ),
  "ipv4.opt_invalid": harmless(ipv4Options(0x99, 4, 0, 0, 0, 0, 0, 0), ipv4Options(1, 1, 1, 1)),
  "ipv4.opt_invalid_len": fatal(
    ipv4Options(0x94, 5, 0, 0, 0, 0, 0, 0),
    ipv4Options(0x94, 4, 0, 0, 0, 0, 0, 0),
  ),
  "ipv4.opt_malformed": fatal(
    ipv4Options(0x07, 7, 5, 0, 0, 0, 0, 0),
    ipv4Options(0x07, 7, 8, 0, 0, 0, 0, 0),
  ),
  "ipv4.opt_pad_required": harmless(ipv4Options(1, 1, 1, 0), ipv4Options(1, 1, 1, 1, 1, 1, 1, 0)),
  "ipv4.opt_eol_required": harmless(
    ipv4Options(1, 1, 1, 1, 1, 1, 1, 7),
    ipv4Options(1, 1, 1, 1, 1, 1, 1, 1),
  ),
  "ipv4.opt_duplicate": harmless(
    ipv4Options(0x94, 4, 0, 0, 0x94, 4, 0, 0),
    ipv4Options(0x94, 4, 0, 0, 0x88, 4, 0, 0),
  ),
  "ipv4.wrong_ip_version": fatal(framed(small.over(ipv4({ version: 5 }))), framed(smallIpv4)),
  "ipv4.icmpv6": fatal(
    framed(small.over(ipv4({ protocol: 58 }))),
    framed(small.over(ipv4({ protocol: 59 }))),
  ),
  "ipv4.unknown_protocol": harmless(
    framed(small.over(ipv4({ protocol: 89 }))),
    framed(smallIpv4),
    later,
  ),
  "ipv4.frag_pkt_too_large": harmless(
    fragment4(8189, false, new Uint8Array(16)),
    fragment4(8189, false, new Uint8Array(3)),
  ),
  "ipv6.pkt_too_small": fatal(cut(framed(smallIpv6), 39), framed(smallIpv6), later),
  "ipv6.trunc_pkt": fatal(
    framed(small.over(ipv6({ payloadLength: 10 }))),
    framed(small.over(ipv6({ payloadLength: 9 }))),
  ),
  "ipv6.wrong_ip_version": fatal(framed(small.over(ipv6({ version: 7 }))), framed(smallIpv6)),
  "ipv6.trunc_exthdr": fatal(
    overIpv6(small.over(routingHeader({ length: 3 }))),
    overIpv6(small.over(routingHeader())),
  ),
  "ipv6.exthdr_dupl_fh": harmless(
    overIpv6(small.over(fragmentHeader()).over(fragmentHeader())),
    overIpv6(small.over(fragmentHeader())),
  ),
  "ipv6.exthdr_useless_fh": harmless(
    overIpv6(small.over(fragmentHeader())),
    overIpv6(small.over(fragmentHeader({ fragmentOffset: 1 }))),
  ),
  "ipv6.exthdr_dupl_rh": harmless(
    overIpv6(small.over(routingHeader()).over(routingHeader())),
    overIpv6(small.over(routingHeader())),
  ),
  "ipv6.exthdr_dupl_hh": harmless(
    overIpv6(small.over(hopByHopOptions()).over(hopByHopOptions())),
    overIpv6(small.over(hopByHopOptions())),
  ),
  "ipv6.exthdr_dupl_dh": harmless(
    overIpv6(
      small.over(destinationOptions()).over(destinationOptions()).over(destinationOptions()),
    ),
    overIpv6(small.over(destinationOptions()).over(destinationOptions())),
  ),
  "ipv6.exthdr_dupl_ah": harmless(
    overIpv6(small.over(authenticationHeader()).over(authenticationHeader())),
    overIpv6(small.over(authenticationHeader())),
  ),
  "ipv6.exthdr_invalid_optlen": fatal(hopOptions(5, 200, 0, 0), hopOptions(5, 2, 0, 0)),
  "ipv6.exthdr_ah_res_not_null": harmless(
    overIpv6(small.over(authenticationHeader({ reserved: 1 }))),
    overIpv6(small.over(authenticationHeader())),
  ),
  "ipv6.hopopts_unknown_opt": harmless(hopOptions(0x1e, 2, 0, 0), hopOptions(5, 2, 0, 0)),
  "ipv6.hopopts_only_padding": harmless(hopOptions(0, 0), hopOptions(5, 2, 0, 0)),
  "ipv6.dstopts_unknown_opt": harmless(
    destOptions(0x1e, 2, 0, 0),
    destOptions(0xc9, 16, ...new Array(16).fill(0)),
  ),
  "ipv6.dstopts_only_padding": harmless(
    destOptions(0, 0),
    destOptions(0xc9, 16, ...new Array(16).fill(0)),
  ),
  "ipv6.rh_type_0": harmless(
    overIpv6(small.over(routingHeader({ type: 0 }))),
    overIpv6(small.over(routingHeader({ type: 2 }))),
  ),
  "ipv6.zero_len_padn": harmless(hopOptions(5, 2, 0, 0, 1, 0), hopOptions(5, 2, 0, 0, 0, 0)),
  "ipv6.fh_non_zero_reserved_field": harmless(
    overIpv6(small.over(fragmentHeader({ reserved: 1 }))),
    overIpv6(small.over(fragmentHeader())),
  ),
  "ipv6.data_after_none_header": harmless(
    framed(raw("x").over(ipv6({ nextHeader: 59 }))),
    framed(raw("").over(ipv6({ nextHeader: 59 }))),
  ),
  "ipv6.unknown_next_header": harmless(
    framed(small.over(ipv6({ nextHeader: 200 }))),
    framed(smallIpv6),
  ),
  "ipv6.icmpv4": harmless(overIpv6(icmpv4()), overIpv6(icmpv6())),
  "ipv6.frag_pkt_too_large": harmless(
    overIpv6(raw(new Uint8Array(8)).over(fragmentHeader({ fragmentOffset: 8191 }))),
    overIpv6(raw(new Uint8Array(7)).over(fragmentHeader({ fragmentOffset: 8191 }))),
  ),
  "ipv6.frag_invalid_length": harmless(
    overIpv6(raw(new Uint8Array(9)).over(fragmentHeader({ moreFragments: true }))),
    overIpv6(raw(new Uint8Array(16)).over(fragmentHeader({ moreFragments: true }))),
  ),
  "ipv6.ipv4_in_ipv6_too_small": fatal(
    framed(raw(smallIpv4.slice(0, 19), { ipProtocol: 4 }).over(ipv6())),
    overIpv6(smallIpv4),
  ),
  "ipv6.ipv4_in_ipv6_wrong_version": fatal(
    overIpv6(small.over(ipv4({ version: 6 }))),
    overIpv6(smallIpv4),
  ),
  "ipv6.ipv6_in_ipv6_too_small": fatal(
    framed(raw(smallIpv6.slice(0, 39), { ipProtocol: 41 }).over(ipv6())),
    overIpv6(smallIpv6),
  ),
  "ipv6.ipv6_in_ipv6_wrong_version": fatal(
    overIpv6(small.over(ipv6({ version: 4 }))),
    overIpv6(smallIpv6),
  ),
  "icmpv4.pkt_too_small": fatal(
    framed(raw(icmpv4().slice(0, 7), { ipProtocol: 1 }).over(ipv4())),
    overIpv4(icmpv4()),
  ),
  "icmpv4.unknown_type": harmless(overIpv4(icmpv4({ type: 99 })), overIpv4(icmpv4({ type: 13 }))),
  "icmpv4.unknown_code": harmless(
    overIpv4(icmpv4({ type: 3, code: 16, payload: quotedIpv4 })),
    overIpv4(icmpv4({ type: 3, code: 15, payload: quotedIpv4 })),
  ),
  "icmpv4.ipv4_trunc_pkt": fatal(
    overIpv4(icmpv4({ type: 3, payload: quotedIpv4.slice(0, 19) })),
    overIpv4(icmpv4({ type: 3, payload: quotedIpv4.slice(0, 20) })),
  ),
  "icmpv4.ipv4_unknown_ver": fatal(
    overIpv4(icmpv4({ type: 3, payload: tcp().over(ipv4({ version: 9 })) })),
    overIpv4(icmpv4({ type: 3, payload: quotedIpv4 })),
  ),
  "icmpv6.pkt_too_small": fatal(
    framed(raw(new Uint8Array(7), { ipProtocol: 58 }).over(ipv6())),
    overIpv6(icmpv6()),
  ),
  "icmpv6.unknown_type": harmless(overIpv6(icmpv6({ type: 210 })), overIpv6(icmpv6({ type: 128 }))),
  "icmpv6.unknown_code": harmless(
    overIpv6(icmpv6({ type: 1, code: 7, payload: quotedIpv6 })),
    overIpv6(icmpv6({ type: 1, code: 6, payload: quotedIpv6 })),
  ),
  "icmpv6.ipv6_trunc_pkt": harmless(
    overIpv6(icmpv6({ type: 1, payload: quotedIpv6.slice(0, 39) })),
    overIpv6(icmpv6({ type: 1, payload: quotedIpv6.slice(0, 40) })),
  ),
  "icmpv6.ipv6_unknown_version": harmless(
    overIpv6(icmpv6({ type: 1, payload: tcp().over(ipv6({ version: 4 })) })),
    overIpv6(icmpv6({ type: 1, payload: quotedIpv6 })),
  ),
  "icmpv6.mld_message_with_invalid_hl": harmless(
    framed(icmpv6({ type: 130 }).over(ipv6({ hopLimit: 2 }))),
    framed(icmpv6({ type: 130 }).over(ipv6({ hopLimit: 1 }))),
  ),
  "icmpv6.unassigned_type": harmless(
    overIpv6(icmpv6({ type: 160 })),
    overIpv6(icmpv6({ type: 159 })),
  ),
  "icmpv6.experimentation_type": harmless(
    overIpv6(icmpv6({ type: 200 })),
    overIpv6(icmpv6({ type: 199 })),
  ),
  "tcp.pkt_too_small": fatal(
    framed(raw(tcp().slice(0, 19), { ipProtocol: 6 }).over(ipv4())),
    overIpv4(tcp()),
  ),
  "tcp.hlen_too_small": fatal(overIpv4(tcp({ headerLength: 6 })), overIpv4(tcp())),
  "tcp.invalid_optlen": fatal(overIpv4(tcp({ headerLength: 4 })), overIpv4(tcp())),
  "tcp.opt_invalid_len": harmless(tcpOptionBytes(2, 3, 5), tcpOptionBytes(2, 4, 5, 180)),
  "tcp.opt_duplicate": harmless(tcpOptionBytes(4, 2, 4, 2), tcpOptionBytes(4, 2, 1, 1)),
  "udp.pkt_too_small": fatal(overIpv4(udp({ length: 9 })), overIpv4(udp({ length: 8 }))),
  "udp.hlen_too_small": fatal(
    framed(raw(udp().slice(0, 7), { ipProtocol: 17 }).over(ipv4())),
    overIpv4(udp()),
  ),
  "udp.len_invalid": fatal(overIpv4(udp({ length: 7 })), overIpv4(udp({ length: 8 }))),
  "sctp.pkt_too_small": fatal(
    framed(raw(sctp().slice(0, 11), { ipProtocol: 132 }).over(ipv4())),
    overIpv4(sctp()),
  ),
  "esp.pkt_too_small": fatal(
    framed(raw(esp().slice(0, 7), { ipProtocol: 50 }).over(ipv4())),
    overIpv4(esp()),
  ),
  "sll.pkt_too_small": fatal(smallIpv4.over(linuxSll()).slice(0, 15), smallIpv4.over(linuxSll()), {
    linkType: 113,
  }),
  "sll2.pkt_too_small": fatal(
    smallIpv4.over(linuxSll2()).slice(0, 19),
    smallIpv4.over(linuxSll2()),
    { linkType: 276 },
  ),
  "ethernet.pkt_too_small": fatal(framed(smallIpv4).slice(0, 13), framed(smallIpv4)),
  "ethernet.unknown_ethertype": harmless(
    smallIpv4.over(ethernet({ etherType: 0x88cc })),
    framed(smallIpv4),
  ),
  "ppp.pkt_too_small": fatal(hexBytes("ff 03 00"), hexBytes("ff 03 c0 21"), { linkType: 9 }),
  "ppp.vju_pkt_too_small": fatal(
    concat(hexBytes("ff 03 00 2f"), smallIpv4.slice(0, 19)),
    concat(hexBytes("ff 03 00 2f"), smallIpv4),
    { linkType: 9 },
  ),
  "ppp.ip4_pkt_too_small": fatal(
    concat(hexBytes("ff 03 00 21"), smallIpv4.slice(0, 19)),
    concat(hexBytes("ff 03 00 21"), smallIpv4),
    { linkType: 9 },
  ),
  "ppp.ip6_pkt_too_small": fatal(
    concat(hexBytes("ff 03 00 57"), smallIpv6.slice(0, 39)),
    concat(hexBytes("ff 03 00 57"), smallIpv6),
    { linkType: 9 },
  ),
  "ppp.wrong_type": fatal(hexBytes("ff 03 00 ff 00"), hexBytes("ff 03 c0 21 00"), { linkType: 9 }),
  "ppp.unsup_proto": harmless(hexBytes("ff 03 00 2b"), hexBytes("ff 03 c0 21"), { linkType: 9 }),
  "pppoe.pkt_too_small": fatal(
    framed(smallIpv4.over(pppoeSession())).slice(0, 14 + 6),
    framed(smallIpv4.over(pppoeSession())),
  ),
  "pppoe.wrong_code": fatal(framed(pppoeDiscovery({ code: 8 })), framed(pppoeDiscovery())),
  "pppoe.malformed_tags": fatal(
    framed(pppoeDiscovery({ length: 5 })),
    framed(pppoeDiscovery({ length: 4 })),
  ),
  "gre.pkt_too_small": fatal(framed(raw("abc", { ipProtocol: 47 }).over(ipv4())), greIpv4({})),
  "gre.wrong_version": fatal(greIpv4({ flags: 2 }), greIpv4({ flags: 0 })),
  "gre.version0_recur": fatal(greIpv4({ flags: 0x0100 }), greIpv4({})),
  "gre.version0_flags": fatal(greIpv4({ flags: 0x0008 }), greIpv4({})),
  "gre.version0_hdr_too_big": fatal(
    overIpv4(raw("abc").over(gre({ flags: 0x2000 }))),
    overIpv4(raw("abcd").over(gre({ flags: 0x2000 }))),
  ),
  "gre.version0_malformed_sre_hdr": fatal(
    greIpv4({ flags: 0x4000, optional: "\0\0\0\0" }, raw("abc") as Wire),
    greIpv4({ flags: 0x4000, optional: "\0\0\0\0\0\0\0\0" }),
  ),
  "gre.version1_chksum": fatal(pptp({ flags: 0xb001 }), pptp({})),
  "gre.version1_route": fatal(pptp({ flags: 0x7001 }), pptp({})),
  "gre.version1_ssr": fatal(pptp({ flags: 0x3801 }), pptp({})),
  "gre.version1_recur": fatal(pptp({ flags: 0x3101 }), pptp({})),
  "gre.version1_flags": fatal(pptp({ flags: 0x3009 }), pptp({})),
  "gre.version1_no_key": fatal(pptp({ flags: 0x1001 }), pptp({})),
  "gre.version1_wrong_protocol": fatal(pptp({ protocol: 0x0800 }), pptp({})),
  "gre.version1_hdr_too_big": fatal(
    overIpv4(raw("").over(greVersion1({ flags: 0x3081 }))),
    overIpv4(raw("abcd").over(greVersion1({ flags: 0x3081 }))),
  ),
  "vlan.header_too_small": fatal(
    framed(smallIpv4.over(vlan())).slice(0, 14 + 3),
    framed(smallIpv4.over(vlan())),
  ),
  "vlan.unknown_type": fatal(
    framed(smallIpv4.over(vlan({ etherType: 0x88cc }))),
    framed(smallIpv4.over(vlan())),
  ),
  "vlan.too_many_layers": harmless(
    framed(smallIpv4.over(vlan()).over(vlan()).over(vlan()).over(vlan())),
    framed(smallIpv4.over(vlan()).over(vlan()).over(vlan())),
  ),
  "vntag.header_too_small": fatal(
    framed(smallIpv4.over(vnTag())).slice(0, 14 + 5),
    framed(smallIpv4.over(vnTag())),
  ),
  "vntag.unknown_type": fatal(
    framed(smallIpv4.over(vnTag({ etherType: 0x88cc }))),
    framed(smallIpv4.over(vnTag())),
  ),
  "ieee8021ah.header_too_small": fatal(
    framed(smallIpv4.over(providerBackbone())).slice(0, 14 + 17),
    framed(smallIpv4.over(providerBackbone())),
  ),
  "etag.header_too_small": fatal(
    framed(smallIpv4.over(eTag())).slice(0, 14 + 7),
    framed(smallIpv4.over(eTag())),
  ),
  "etag.unknown_type": fatal(
    framed(smallIpv4.over(eTag({ etherType: 0x88cc }))),
    framed(smallIpv4.over(eTag())),
  ),
  "ipraw.invalid_ip_version": harmless(small.over(ipv4({ version: 5 })), smallIpv4, {
    linkType: 101,
  }),
  "ltnull.pkt_too_small": fatal(hexBytes("02 00 00"), smallIpv4.over(loopback()), { linkType: 0 }),
  "ltnull.unsupported_type": harmless(
    smallIpv4.over(loopback({ family: 3 })),
    smallIpv4.over(loopback()),
    { linkType: 0 },
  ),
  "mpls.header_too_small": fatal(
    framed(smallIpv4.over(mpls({ last: false }))).slice(0, 14 + 7),
    framed(smallIpv4.over(mpls()).over(mpls())),
  ),
  "mpls.pkt_too_small": fatal(
    framed(raw("E\0\0").over(mpls())),
    framed(raw("\0\0\0\0").over(mpls())),
  ),
  "mpls.bad_label_router_alert": harmless(
    framed(smallIpv4.over(mpls({ label: 1 }))),
    framed(smallIpv4.over(mpls({ label: 0 }))),
  ),
  "mpls.bad_label_implicit_null": harmless(
    framed(smallIpv4.over(mpls({ label: 3 }))),
    framed(smallIpv6.over(mpls({ label: 2 }))),
  ),
  "mpls.bad_label_reserved": harmless(
    framed(smallIpv4.over(mpls({ label: 14 }))),
    framed(smallIpv4.over(mpls({ label: 15 }))),
  ),
  "mpls.unknown_payload_type": fatal(
    framed(small.over(ipv4({ version: 5 })).over(mpls())),
    framed(smallIpv4.over(mpls())),
  ),
  "dce.pkt_too_small": fatal(
    raw(new Uint8Array(15)).over(ethernet({ etherType: 0x8903 })),
    raw(concat(new Uint8Array(14), fields([2, 0x0806]), arp())).over(
      ethernet({ etherType: 0x8903 }),
    ),
  ),
  "chdlc.pkt_too_small": fatal(hexBytes("0f 00 08"), smallIpv4.over(ciscoHdlc()), {
    linkType: 104,
  }),
  too_many_layers: fatal(tagged(14), tagged(13)),
  "igmp.pkt_too_small": fatal(
    framed(raw(igmp().slice(0, 7), { ipProtocol: 2 }).over(ipv4())),
    overIpv4(igmp()),
    later,
  ),
  "igmp.v3_pkt_too_small": fatal(
    overIpv4(igmp({ rest: "\0\0\0" })),
    overIpv4(igmp({ rest: "\0\0\0\0" })),
    later,
  ),
  "igmp.malformed": fatal(
    overIpv4(igmp({ rest: "\0\0\0\x01" })),
    overIpv4(igmp({ rest: "\0\0\0\0" })),
    later,
  ),
  "vxlan.unknown_payload_type": fatal(
    overIpv4(
      small
        .over(ethernet({ etherType: 0x88cc }))
        .over(vxlan())
        .over(udp({ destinationPort: 4789 })),
    ),
    overIpv4(
      framed(smallIpv4)
        .over(vxlan())
        .over(udp({ destinationPort: 4789 })),
    ),
  ),
  "geneve.unknown_payload_type": fatal(
    overIpv4(smallIpv4.over(geneve({ protocol: 0x88cc })).over(udp({ destinationPort: 6081 }))),
    overIpv4(smallIpv4.over(geneve()).over(udp({ destinationPort: 6081 }))),
  ),
  "nsh.header_too_small": fatal(
    framed(smallIpv4.over(nsh())).slice(0, 14 + 7),
    framed(smallIpv4.over(nsh())),
  ),
  "nsh.unsupported_version": harmless(
    framed(smallIpv4.over(nsh({ version: 1 }))),
    framed(smallIpv4.over(nsh())),
  ),
  "nsh.bad_header_length": fatal(
    framed(smallIpv4.over(nsh({ length: 7 }))),
    framed(smallIpv4.over(nsh())),
  ),
  "nsh.reserved_type": harmless(
    framed(smallIpv4.over(nsh({ metadataType: 15 }))),
    framed(smallIpv4.over(nsh({ metadataType: 2 }))),
  ),
  "nsh.unsupported_type": harmless(
    framed(smallIpv4.over(nsh({ metadataType: 3 }))),
    framed(smallIpv4.over(nsh({ metadataType: 2 }))),
  ),
  "nsh.unknown_payload": harmless(
    framed(smallIpv4.over(nsh({ nextProtocol: 4 }))),
    framed(smallIpv4.over(nsh())),
  ),
  "arp.pkt_too_small": fatal(framed(arp()).slice(0, 14 + 7), framed(arp())),
  "arp.unsupported_hardware": fatal(framed(arp({ hardwareType: 6 })), framed(arp())),
  "arp.unsupported_protocol": fatal(framed(arp({ protocolType: 0x86dd })), framed(arp())),
  "arp.unsupported_pkt": fatal(framed(arp()).slice(0, 14 + 27), framed(arp())),
  "arp.invalid_hardware_size": fatal(framed(arp({ hardwareLength: 8 })), framed(arp())),
  "arp.invalid_protocol_size": fatal(framed(arp({ protocolLength: 16 })), framed(arp())),
  "arp.unsupported_opcode": fatal(framed(arp({ operation: 5 })), framed(arp({ operation: 4 }))),
};

/** Events that come from elsewhere, or that no packet raises in Suricata either; why, or where they are tested. */
const elsewhere: Record<string, string> = {
  "ipv4.opt_unknown": "every known option is checked by its own rule",
  "ipv6.exthdr_dupl_eh": "the payload of an ESP header is encrypted: no second one is ever seen",
  "gre.version1_malformed_sre_hdr": "version 1 has no source routes",
  "afpacket.trunc_pkt": "raised by live capture",
  "ipv4.frag_overlap": "test/core/flow/fragments.test.ts",
  "ipv6.frag_overlap": "test/core/flow/fragments.test.ts",
  "ipv4.frag_ignored": "test/core/flow/fragments.test.ts",
  "ipv6.frag_ignored": "test/core/flow/fragments.test.ts",
  "erspan.header_too_small": "on an inner packet that is dropped: below",
  "erspan.unsupported_version": "on an inner packet that is dropped: below",
  "erspan.too_many_vlan_layers": "on an inner packet that is dropped: below",
};

function decode(bytes: Uint8Array, row: Row): { events: Set<string>; invalid: boolean } {
  const harness = new DecodeHarness(row);
  harness.decode(bytes);
  const packets = [harness.packet, ...harness.inner];
  return {
    events: new Set(packets.flatMap(eventsOf)),
    invalid: packets.some((packet) => packet.invalid),
  };
}

describe("decoder events", () => {
  for (const [name, row] of Object.entries(rows)) {
    it(`${name} is raised, ${row.isFatal ? "and makes the packet invalid" : "and is harmless"}`, () => {
      const { events, invalid } = decode(row.raises, row);
      expect(events).toContain(name);
      if (row.isFatal) expect(invalid).toBe(true);
      else if (events.size === 1) expect(invalid).toBe(false);
    });

    it(`${name} is not raised by what is only nearly wrong`, () => {
      expect(decode(row.nearMiss, row).events).not.toContain(name);
    });
  }

  it("of ERSPAN are on an inner packet that is dropped", () => {
    const cases: [string, Uint8Array, number][] = [
      ["erspan.header_too_small", new Uint8Array(7), 0],
      ["erspan.unsupported_version", framed(smallIpv4).over(erspan({ version: 2 })), 0],
      ["erspan.too_many_vlan_layers", framed(smallIpv4).over(erspan({ vlanId: 5 })), 3],
    ];
    for (const [name, bytes, vlanCount] of cases) {
      const { arena, recordStart, decoder, packet } = new DecodeHarness();
      arena.bytes.set(bytes, recordStart);
      packet.vlanCount = vlanCount;
      const end = recordStart + bytes.length;
      expect(erspanTypeII.decode(decoder, packet, recordStart, end)).toBe(false);
      expect(eventsOf(packet)).toEqual([name]);
    }
  });

  it("all have a case here or a reason why not", () => {
    const known = new Set([...Object.keys(rows), ...Object.keys(elsewhere)]);
    expect(decoderEventNames.filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !decoderEventNames.some((n) => n === name))).toEqual([]);
  });
});
