/** icmp_seq: the sequence number of echo, timestamp and similar ICMP messages (RFC 792, RFC 4443). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";
import { isIcmp } from "./is-icmp.ts";

export const icmpSeq = exactNumberKeyword({
  name: "icmp_seq",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the sequence number of the ICMP message.",
  last: 0xffff,
  prefilter: true,
  examples: [{ options: "icmp_seq:0;", meaning: "the first of a series" }],
  read: (packet) => (isIcmp(packet) ? packet.icmpSequence : -1),
});
