/** tos: the type of service byte of the IPv4 header (RFC 791; RFC 2474 gave it a new meaning). */
import { exactNumberKeyword } from "../families/exact-number-keyword.ts";

export const tos = exactNumberKeyword({
  name: "tos",
  family: "IP header",
  summary: "Compares the type of service byte of the IPv4 header.",
  last: 255,
  negation: "allowed",
  hexadecimal: "allowed",
  examples: [
    { options: "tos:8;", meaning: "class selector 1" },
    { options: "tos:!x10;", meaning: "anything but 16" },
  ],
  read: (packet) => (packet.ipVersion === 4 && packet.ipStart >= 0 ? packet.typeOfService : -1),
});
