/** igmp-csum: whether the checksum of an IGMP message is right. */
import { IpProtocol } from "../../layers/ip-protocol.ts";
import { checksumKeyword } from "../families/checksum-keyword.ts";

export const igmpCsum = checksumKeyword({
  name: "igmp-csum",
  family: "IP header",
  of: "the IGMP message",
  ipVersion: 4,
  transport: IpProtocol.igmp,
});
