/** icmpv6.mtu: the size that a "packet too big" message announces (RFC 4443 §3.2). */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const icmpv6Mtu = unsignedKeyword({
  name: "icmpv6.mtu",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the size that an ICMPv6 message says is the largest.",
  bits: 32,
  prefilter: true,
  examples: [{ options: "icmpv6.mtu:<1280;", meaning: "less than IPv6 guarantees" }],
  read: (packet) => packet.icmpv6Mtu,
  alsoCompile(_, draft) {
    draft.requirePacket = true;
  },
});
