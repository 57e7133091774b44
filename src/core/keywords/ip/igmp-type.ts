/** igmp.type: the type of an IGMP message. */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const igmpType = unsignedKeyword({
  name: "igmp.type",
  family: "IP header",
  since: "9.0.0",
  summary: "Compares the type of an IGMP message.",
  bits: 8,
  read: (packet) => packet.igmpType,
  prefilter: true,
});
