/** ether.hdr: the Ethernet header. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

const HEADER_BYTES = 14;

export const etherHdr = packetBufferKeyword({
  name: "ether.hdr",
  family: "link",
  since: "9.0.0",
  summary: "Selects the Ethernet header: both addresses and the type.",
  locate(packet, range) {
    if (packet.etherStart < 0) return false;
    range.start = packet.etherStart;
    range.end = Math.min(packet.etherStart + HEADER_BYTES, packet.end);
    return true;
  },
});
