/** ip.src: the sender's address as 4 or 16 bytes of the IP header, mostly for datasets. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const ipSrc = packetBufferKeyword({
  name: "ip.src",
  family: "IP header",
  summary: "Selects the sender's address, as 4 or 16 bytes.",
  keepsStream: true,
  locate(packet, range) {
    const { ipStart, ipVersion } = packet;
    if (ipStart < 0) return false;
    range.start = ipVersion === 4 ? ipStart + 12 : ipStart + 8;
    range.end = range.start + (ipVersion === 4 ? 4 : 16);
    return true;
  },
});
