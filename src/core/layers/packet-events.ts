/**
 * The events that a packet can carry, by Suricata's names: what is wrong with a header (`decode-event`) or
 * with its place in a TCP connection (`stream-event`). A code is the place in one list, decoder events first.
 * Codes are private to a build: only names leave the engine.
 */

/** Decoder events, as the `decode-event` keyword names them. */
export const decoderEventNames = [
  "ipv4.pkt_too_small",
  "ipv4.hlen_too_small",
  "ipv4.iplen_smaller_than_hlen",
  "ipv4.trunc_pkt",
  "ipv4.opt_invalid",
  "ipv4.opt_invalid_len",
  "ipv4.opt_malformed",
  "ipv4.opt_pad_required",
  "ipv4.icmpv6",
  "ipv4.opt_eol_required",
  "ipv4.opt_duplicate",
  "ipv4.opt_unknown",
  "ipv4.wrong_ip_version",
  "ipv6.pkt_too_small",
  "ipv6.trunc_pkt",
  "ipv6.trunc_exthdr",
  "ipv6.exthdr_dupl_fh",
  "ipv6.exthdr_useless_fh",
  "ipv6.exthdr_dupl_rh",
  "ipv6.exthdr_dupl_hh",
  "ipv6.exthdr_dupl_dh",
  "ipv6.exthdr_dupl_ah",
  "ipv6.exthdr_dupl_eh",
  "ipv6.exthdr_invalid_optlen",
  "ipv6.wrong_ip_version",
  "ipv6.exthdr_ah_res_not_null",
  "ipv6.hopopts_unknown_opt",
  "ipv6.hopopts_only_padding",
  "ipv6.dstopts_unknown_opt",
  "ipv6.dstopts_only_padding",
  "ipv6.rh_type_0",
  "ipv6.zero_len_padn",
  "ipv6.fh_non_zero_reserved_field",
  "ipv6.data_after_none_header",
  "ipv6.unknown_next_header",
  "ipv6.icmpv4",
  "icmpv4.pkt_too_small",
  "icmpv4.unknown_type",
  "icmpv4.unknown_code",
  "icmpv4.ipv4_trunc_pkt",
  "icmpv4.ipv4_unknown_ver",
  "icmpv6.pkt_too_small",
  "icmpv6.unknown_type",
  "icmpv6.unknown_code",
  "icmpv6.ipv6_trunc_pkt",
  "icmpv6.ipv6_unknown_version",
  "icmpv6.mld_message_with_invalid_hl",
  "icmpv6.unassigned_type",
  "icmpv6.experimentation_type",
  "tcp.pkt_too_small",
  "tcp.hlen_too_small",
  "tcp.invalid_optlen",
  "tcp.opt_invalid_len",
  "tcp.opt_duplicate",
  "udp.pkt_too_small",
  "udp.hlen_too_small",
  "udp.len_invalid",
  "sll.pkt_too_small",
  "ethernet.pkt_too_small",
  "ethernet.unknown_ethertype",
  "ppp.pkt_too_small",
  "ppp.vju_pkt_too_small",
  "ppp.ip4_pkt_too_small",
  "ppp.ip6_pkt_too_small",
  "ppp.wrong_type",
  "ppp.unsup_proto",
  "pppoe.pkt_too_small",
  "pppoe.wrong_code",
  "pppoe.malformed_tags",
  "gre.pkt_too_small",
  "gre.wrong_version",
  "gre.version0_recur",
  "gre.version0_flags",
  "gre.version0_hdr_too_big",
  "gre.version1_chksum",
  "gre.version1_route",
  "gre.version1_ssr",
  "gre.version1_recur",
  "gre.version1_flags",
  "gre.version1_no_key",
  "gre.version1_wrong_protocol",
  "gre.version1_malformed_sre_hdr",
  "gre.version1_hdr_too_big",
  "vlan.header_too_small",
  "vlan.unknown_type",
  "vlan.too_many_layers",
  "vntag.header_too_small",
  "vntag.unknown_type",
  "ieee8021ah.header_too_small",
  "etag.header_too_small",
  "etag.unknown_type",
  "ipraw.invalid_ip_version",
  "ipv4.frag_pkt_too_large",
  "ipv4.frag_overlap",
  "ipv6.frag_pkt_too_large",
  "ipv6.frag_overlap",
  "ipv6.frag_invalid_length",
  "ipv6.ipv4_in_ipv6_too_small",
  "ipv6.ipv4_in_ipv6_wrong_version",
  "ipv6.ipv6_in_ipv6_too_small",
  "ipv6.ipv6_in_ipv6_wrong_version",
  "mpls.header_too_small",
  "mpls.pkt_too_small",
  "mpls.bad_label_router_alert",
  "mpls.bad_label_implicit_null",
  "mpls.bad_label_reserved",
  "mpls.unknown_payload_type",
  "ltnull.pkt_too_small",
  "ltnull.unsupported_type",
  "erspan.header_too_small",
  "erspan.unsupported_version",
  "erspan.too_many_vlan_layers",
  "dce.pkt_too_small",
  "chdlc.pkt_too_small",
  "too_many_layers",
  "afpacket.trunc_pkt",
  "igmp.pkt_too_small",
  "igmp.v3_pkt_too_small",
  "igmp.malformed",
  "ipv4.unknown_protocol",
  "gre.version0_malformed_sre_hdr",
  "sctp.pkt_too_small",
  "esp.pkt_too_small",
  "sll2.pkt_too_small",
  "ipv4.frag_ignored",
  "ipv6.frag_ignored",
  "vxlan.unknown_payload_type",
  "geneve.unknown_payload_type",
  "nsh.header_too_small",
  "nsh.unsupported_version",
  "nsh.bad_header_length",
  "nsh.reserved_type",
  "nsh.unsupported_type",
  "nsh.unknown_payload",
  "arp.pkt_too_small",
  "arp.unsupported_hardware",
  "arp.unsupported_protocol",
  "arp.unsupported_pkt",
  "arp.invalid_hardware_size",
  "arp.invalid_protocol_size",
  "arp.unsupported_opcode",
] as const;

/** Stream events, as the `stream-event` keyword names them. */
export const streamEventNames = [
  "3whs_ack_in_wrong_dir",
  "3whs_async_wrong_seq",
  "3whs_right_seq_wrong_ack_evasion",
  "3whs_synack_in_wrong_direction",
  "3whs_synack_resend_with_different_ack",
  "3whs_synack_resend_with_diff_seq",
  "3whs_synack_toserver_on_syn_recv",
  "3whs_synack_with_wrong_ack",
  "3whs_synack_flood",
  "3whs_synack_tfo_data_ignored",
  "3whs_syn_flood",
  "3whs_syn_resend_diff_seq_on_syn_recv",
  "3whs_syn_toclient_on_syn_recv",
  "3whs_wrong_seq_wrong_ack",
  "3whs_ack_data_inject",
  "4whs_synack_with_wrong_ack",
  "4whs_synack_with_wrong_syn",
  "4whs_wrong_seq",
  "4whs_invalid_ack",
  "closewait_ack_out_of_window",
  "closewait_fin_out_of_window",
  "closewait_invalid_ack",
  "closing_ack_wrong_seq",
  "closing_invalid_ack",
  "est_packet_out_of_window",
  "est_synack_resend",
  "est_synack_resend_with_different_ack",
  "est_synack_resend_with_diff_seq",
  "est_synack_toserver",
  "est_syn_resend",
  "est_syn_resend_diff_seq",
  "est_syn_toclient",
  "est_invalid_ack",
  "fin_invalid_ack",
  "fin1_ack_wrong_seq",
  "fin1_fin_wrong_seq",
  "fin1_invalid_ack",
  "fin2_ack_wrong_seq",
  "fin2_fin_wrong_seq",
  "fin2_invalid_ack",
  "fin_but_no_session",
  "fin_out_of_window",
  "lastack_ack_wrong_seq",
  "lastack_invalid_ack",
  "rst_but_no_session",
  "timewait_ack_wrong_seq",
  "timewait_invalid_ack",
  "pkt_invalid_timestamp",
  "pkt_invalid_ack",
  "pkt_broken_ack",
  "rst_invalid_ack",
  "shutdown_syn_resend",
  "reassembly_seq_gap",
  "reassembly_overlap_different_data",
  "pkt_bad_window_update",
  "suspected_rst_inject",
  "est_pkt_before_last_ack",
  "closewait_pkt_before_last_ack",
  "reassembly_segment_before_base_seq",
  "pkt_retransmission",
  "wrong_thread",
  "fin_syn",
  "pkt_spurious_retransmission",
  "reassembly_depth_reached",
  "reassembly_urgent_oob_limit_reached",
  "reassembly_no_segment",
  "reassembly_insert_memcap",
  "reassembly_insert_limit",
  "reassembly_insert_invalid",
  "est_ack_zwp_data",
  "rst_with_data",
] as const;

/** Events of the detection of application protocols, as `app-layer-event` names them. */
export const applicationEventNames = [
  "applayer_mismatch_protocol_both_directions",
  "applayer_wrong_direction_first_data",
  "applayer_detect_protocol_only_one_direction",
  "applayer_proto_detection_skipped",
  "applayer_no_tls_after_starttls",
  "applayer_unexpected_protocol",
] as const;

export type ApplicationEventName = (typeof applicationEventNames)[number];
export type DecoderEventName = (typeof decoderEventNames)[number];
export type StreamEventName = (typeof streamEventNames)[number];

/** Code of the first stream event: smaller codes are decoder events. */
export const FIRST_STREAM_EVENT = decoderEventNames.length;
/** Code of the first event of protocol detection. */
export const FIRST_APPLICATION_EVENT = FIRST_STREAM_EVENT + streamEventNames.length;
export const PACKET_EVENT_COUNT = FIRST_APPLICATION_EVENT + applicationEventNames.length;

/**
 * Code of the first of the ARP events, which end the decoder events: Suricata keeps them behind the stream
 * events, so EVE reports them as anomalies of type "stream" and no counter is kept for them.
 */
export const FIRST_ARP_EVENT = decoderEventNames.indexOf("arp.pkt_too_small");

/** Code of a decoder event; for constants at load time, not per packet. */
export function decoderEvent(name: DecoderEventName): number {
  return decoderEventNames.indexOf(name);
}

/** Code of a stream event; for constants at load time, not per packet. */
export function streamEvent(name: StreamEventName): number {
  return FIRST_STREAM_EVENT + streamEventNames.indexOf(name);
}

/** Code of an event of protocol detection; for constants at load time, not per packet. */
export function applicationEventCode(name: ApplicationEventName): number {
  return FIRST_APPLICATION_EVENT + applicationEventNames.indexOf(name);
}

const SYNACK_DIFFERENT_ACK = streamEvent("est_synack_resend_with_different_ack");

/** The name of a code as EVE's anomaly event and the counters write it: `decoder.ipv4.trunc_pkt`. */
export function packetEventName(code: number): string {
  if (code < FIRST_STREAM_EVENT) return `decoder.${decoderEventNames[code]}`;
  if (code < FIRST_APPLICATION_EVENT) {
    // One that rules and Suricata's log name differently.
    if (code === SYNACK_DIFFERENT_ACK) return "stream.est_synack_resend_with_diff_ack";
    return `stream.${streamEventNames[code - FIRST_STREAM_EVENT]}`;
  }
  return (applicationEventNames[code - FIRST_APPLICATION_EVENT] ?? "").toUpperCase();
}
