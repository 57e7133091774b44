/** ipv4.hdr: the IPv4 header with its options. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const ipv4Hdr = packetBufferKeyword({
  name: "ipv4.hdr",
  family: "IP header",
  summary: "Selects the IPv4 header with its options.",
  locate(packet, range) {
    if (packet.ipVersion !== 4 || packet.ipStart < 0) return false;
    range.start = packet.ipStart;
    range.end = packet.ipStart + packet.ipHeaderLength;
    return true;
  },
});
