/** tcp.wscale: the window scale option (RFC 7323 §2). */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const tcpWscale = unsignedKeyword({
  name: "tcp.wscale",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the shift of the window scale option.",
  since: "8.0.0",
  bits: 8,
  prefilter: true,
  examples: [{ options: "tcp.wscale:>14;", meaning: "more than the standard allows" }],
  read: (packet) => (packet.transport === 6 ? packet.windowScale : -1),
  alsoCompile(_, draft) {
    draft.requirePacket = true;
  },
});
