/** icmpv4.hdr: the header of an ICMP message for IPv4, up to its payload. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const icmpv4Hdr = packetBufferKeyword({
  name: "icmpv4.hdr",
  family: "TCP/UDP/ICMP header",
  summary: "Selects the header of the ICMP message for IPv4.",
  transports: [1],
  locate(packet, range) {
    if (packet.transport !== 1 || packet.transportStart < 0) return false;
    range.start = packet.transportStart;
    range.end = packet.transportStart + packet.transportHeaderLength;
    return true;
  },
});
