/** tcp.window: the window of the TCP header, not scaled (RFC 9293 §3.1). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";

export const tcpWindow = exactNumberKeyword({
  name: "tcp.window",
  aliases: ["window"],
  family: "TCP/UDP/ICMP header",
  summary: "Compares the window of the TCP header.",
  last: 0xffff,
  negation: "allowed",
  examples: [
    { options: "tcp.window:55808;", meaning: "the window of an old trojan's probes" },
    { options: "window:!0;", meaning: "the receiver has room" },
  ],
  read: (packet) => (packet.transport === 6 && packet.transportStart >= 0 ? packet.window : -1),
});
