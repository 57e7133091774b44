/** udp.hdr: the UDP header, 8 bytes. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const udpHdr = packetBufferKeyword({
  name: "udp.hdr",
  family: "TCP/UDP/ICMP header",
  summary: "Selects the UDP header.",
  transports: [17],
  locate(packet, range) {
    if (packet.transport !== 17 || packet.transportStart < 0) return false;
    range.start = packet.transportStart;
    range.end = packet.transportStart + packet.transportHeaderLength;
    return true;
  },
});
