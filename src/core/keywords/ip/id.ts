/** id: the identification field of the IPv4 header (RFC 791). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";

export const id = exactNumberKeyword({
  name: "id",
  family: "IP header",
  summary: "Compares the identification of the IPv4 packet, which its fragments share.",
  last: 0xffff,
  prefilter: true,
  examples: [{ options: "id:39426;", meaning: "the identification that some old worms use" }],
  read: (packet) => (packet.ipVersion === 4 && packet.ipStart >= 0 ? packet.ipIdentification : -1),
});
