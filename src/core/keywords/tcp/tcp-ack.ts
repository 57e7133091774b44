/** tcp.ack: the acknowledgment number of the TCP header, whatever the ACK flag (RFC 9293 §3.1). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";

export const tcpAck = exactNumberKeyword({
  name: "tcp.ack",
  aliases: ["ack"],
  family: "TCP/UDP/ICMP header",
  summary: "Compares the acknowledgment number of the TCP header.",
  last: 0xffff_ffff,
  prefilter: true,
  examples: [{ options: "tcp.ack:0;", meaning: "an acknowledgment number of 0" }],
  read: (packet) =>
    packet.transport === 6 && packet.transportStart >= 0 ? packet.acknowledgmentNumber >>> 0 : -1,
});
