/** icmpv6-csum: the checksum of ICMP for IPv6 (RFC 4443 §2.3). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const icmpv6Csum = checksumKeyword({
  name: "icmpv6-csum",
  family: "TCP/UDP/ICMP header",
  of: "ICMP for IPv6",
  ipVersion: 6,
  transport: 58,
});
