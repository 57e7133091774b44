/** icmp_id: the identifier of echo, timestamp and similar ICMP messages (RFC 792, RFC 4443). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";
import { isIcmp } from "./is-icmp.ts";

export const icmpId = exactNumberKeyword({
  name: "icmp_id",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the identifier of the ICMP message.",
  last: 0xffff,
  prefilter: true,
  examples: [{ options: "icmp_id:0;", meaning: "the identifier 0" }],
  read: (packet) => (isIcmp(packet) ? packet.icmpId : -1),
});
