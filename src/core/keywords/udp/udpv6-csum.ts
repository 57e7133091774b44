/** udpv6-csum: the checksum of UDP over IPv6 (RFC 768). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const udpv6Csum = checksumKeyword({
  name: "udpv6-csum",
  family: "TCP/UDP/ICMP header",
  of: "UDP over IPv6",
  ipVersion: 6,
  transport: 17,
});
