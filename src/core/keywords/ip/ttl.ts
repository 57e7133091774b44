/** ttl: the hop limit of the IP header, of both versions (RFC 791, RFC 8200). */
import { unsignedKeyword } from "../families/unsigned-keyword.ts";

export const ttl = unsignedKeyword({
  name: "ttl",
  family: "IP header",
  summary: "Compares the hops that the packet may still take.",
  bits: 8,
  prefilter: true,
  read: (packet) => (packet.ipStart < 0 ? -1 : packet.hopLimit),
  alsoCompile(_, draft) {
    draft.requirePacket = true;
  },
});
