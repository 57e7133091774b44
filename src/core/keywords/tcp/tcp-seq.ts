/** tcp.seq: the sequence number of the TCP header (RFC 9293 §3.1). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";

export const tcpSeq = exactNumberKeyword({
  name: "tcp.seq",
  aliases: ["seq"],
  family: "TCP/UDP/ICMP header",
  summary: "Compares the sequence number of the TCP header.",
  last: 0xffff_ffff,
  prefilter: true,
  examples: [{ options: "tcp.seq:0;", meaning: "a sequence number of 0" }],
  read: (packet) =>
    packet.transport === 6 && packet.transportStart >= 0 ? packet.sequenceNumber >>> 0 : -1,
});
