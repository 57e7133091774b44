/** udpv4-csum: the checksum of UDP over IPv4 (RFC 768). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const udpv4Csum = checksumKeyword({
  name: "udpv4-csum",
  family: "TCP/UDP/ICMP header",
  of: "UDP over IPv4",
  ipVersion: 4,
  transport: 17,
});
