/** icmpv4-csum: the checksum of ICMP for IPv4 (RFC 792). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const icmpv4Csum = checksumKeyword({
  name: "icmpv4-csum",
  family: "TCP/UDP/ICMP header",
  of: "ICMP for IPv4",
  ipVersion: 4,
  transport: 1,
});
