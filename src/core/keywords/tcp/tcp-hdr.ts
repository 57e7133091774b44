/** tcp.hdr: the TCP header with its options. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const tcpHdr = packetBufferKeyword({
  name: "tcp.hdr",
  family: "TCP/UDP/ICMP header",
  summary: "Selects the TCP header with its options.",
  transports: [6],
  locate(packet, range) {
    if (packet.transport !== 6 || packet.transportStart < 0) return false;
    range.start = packet.transportStart;
    range.end = packet.transportStart + packet.transportHeaderLength;
    return true;
  },
});
