/** tcpv4-csum: the checksum of TCP over IPv4 (RFC 9293 §3.1). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const tcpv4Csum = checksumKeyword({
  name: "tcpv4-csum",
  family: "TCP/UDP/ICMP header",
  of: "TCP over IPv4",
  ipVersion: 4,
  transport: 6,
});
