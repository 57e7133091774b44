/**
 * fragbits: the reserved, don't-fragment and more-fragments bits of the IPv4 header (RFC 791). Without a
 * modifier exactly the named bits are set; `+` allows others, `*` asks for any of them, `!` for not all.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";

/** Bits of Packet.ipFlags. */
const bitsByLetter: ReadonlyMap<string, number> = new Map([
  ["R", 4],
  ["D", 2],
  ["M", 1],
]);

interface FragmentBits {
  readonly modifier: string;
  readonly bits: number;
}

export const fragbits = defineKeyword<FragmentBits>({
  name: "fragbits",
  family: "IP header",
  summary: "Compares the fragmentation bits of the IPv4 header.",
  syntax: "fragbits:[+|*|!]MDR",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "fragbits:M;", meaning: "more fragments follow, no other bit" },
    { options: "fragbits:+D;", meaning: "must not be fragmented, other bits allowed" },
  ],
  parse(option) {
    option.required();
    const { whole } = option;
    const [, modifier = "", letters = ""] = /^([+*!]?)\s*([MDR]+)$/i.exec(whole.text) ?? [];
    if (letters === "") {
      option.failAt(
        whole,
        "bad-value",
        `"${whole.text}" does not name fragmentation bits`,
        'one of "+", "*", "!", then the letters M, D, R',
      );
    }
    let bits = 0;
    for (const letter of letters.toUpperCase()) bits |= bitsByLetter.get(letter) ?? 0;
    return { modifier, bits };
  },
  compile(value, draft) {
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("fragbits", value, hasBits), { prefilter: true });
  },
});

function hasBits({ packet }: DetectionContext, { modifier, bits }: FragmentBits): boolean {
  if (packet.ipVersion !== 4 || packet.ipStart < 0) return false;
  const flags = packet.ipFlags;
  switch (modifier) {
    case "*":
      return (flags & bits) !== 0;
    case "+":
      return (flags & bits) === bits;
    case "!":
      return (flags & bits) !== bits;
    default:
      return flags === bits;
  }
}
