/** icode: the code of an ICMP message (RFC 792, RFC 4443). */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";
import { isIcmp } from "./is-icmp.ts";

export const icode = unsignedKeyword({
  name: "icode",
  family: "TCP/UDP/ICMP header",
  summary: "Compares the code of the ICMP message.",
  bits: 8,
  prefilter: true,
  read: (packet) => (isIcmp(packet) ? packet.icmpCode : -1),
  alsoCompile(_, draft) {
    draft.requirePacket = true;
  },
});
