/** tcp.mss: the maximum segment size option (RFC 9293 §3.7.1). */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const tcpMss = unsignedKeyword({
  name: "tcp.mss",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the maximum segment size that the sender offers.",
  bits: 16,
  prefilter: true,
  examples: [
    { options: "tcp.mss:<536;", meaning: "smaller than any host needs" },
    { options: "tcp.mss:123-456;", meaning: "124 to 455" },
  ],
  read: (packet) => (packet.transport === 6 ? packet.maximumSegmentSize : -1),
  alsoCompile(_, draft) {
    draft.requirePacket = true;
  },
});
