/** icmpv6.hdr: the header of an ICMP message for IPv6, up to its payload. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const icmpv6Hdr = packetBufferKeyword({
  name: "icmpv6.hdr",
  family: "TCP/UDP/ICMP header",
  summary: "Selects the header of the ICMP message for IPv6.",
  transports: [58],
  locate(packet, range) {
    if (packet.transport !== 58 || packet.transportStart < 0) return false;
    range.start = packet.transportStart;
    range.end = packet.transportStart + packet.transportHeaderLength;
    return true;
  },
});
