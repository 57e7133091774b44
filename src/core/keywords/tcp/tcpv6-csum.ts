/** tcpv6-csum: the checksum of TCP over IPv6 (RFC 9293 §3.1). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const tcpv6Csum = checksumKeyword({
  name: "tcpv6-csum",
  family: "TCP/UDP/ICMP header",
  of: "TCP over IPv6",
  ipVersion: 6,
  transport: 6,
});
