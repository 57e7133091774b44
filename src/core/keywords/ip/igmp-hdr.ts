/** igmp.hdr: the IGMP message. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const igmpHdr = packetBufferKeyword({
  name: "igmp.hdr",
  family: "IP header",
  since: "9.0.0",
  summary: "Selects the IGMP message.",
  locate(packet, range) {
    if (packet.igmpType < 0) return false;
    range.start = packet.ipStart + packet.ipHeaderLength;
    range.end = packet.ipEnd;
    return range.end > range.start;
  },
});
