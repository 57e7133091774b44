/** ip.dst: the receiver's address as 4 or 16 bytes of the IP header, mostly for datasets. */
import { packetBufferKeyword } from "../families/packet-buffer-keyword.ts";

export const ipDst = packetBufferKeyword({
  name: "ip.dst",
  family: "IP header",
  summary: "Selects the receiver's address, as 4 or 16 bytes.",
  keepsStream: true,
  locate(packet, range) {
    const { ipStart, ipVersion } = packet;
    if (ipStart < 0) return false;
    range.start = ipVersion === 4 ? ipStart + 16 : ipStart + 24;
    range.end = range.start + (ipVersion === 4 ? 4 : 16);
    return true;
  },
});
