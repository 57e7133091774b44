/** ipv6.hdr: the IPv6 header with its extension headers, up to what they carry. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

const HEADER_BYTES = 40;

export const ipv6Hdr = packetBufferKeyword({
  name: "ipv6.hdr",
  family: "IP header",
  summary: "Selects the IPv6 header with its extension headers.",
  locate(packet, range) {
    if (packet.ipVersion !== 6 || packet.ipStart < 0) return false;
    range.start = packet.ipStart;
    range.end = Math.max(packet.transportStart, packet.ipStart + HEADER_BYTES);
    return range.end <= packet.end;
  },
});
