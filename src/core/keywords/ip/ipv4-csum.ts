/** ipv4-csum: the checksum of the IPv4 header (RFC 791). */
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const ipv4Csum = checksumKeyword({
  name: "ipv4-csum",
  family: "IP header",
  of: "the IPv4 header",
  ipVersion: 4,
  transport: 0,
});
