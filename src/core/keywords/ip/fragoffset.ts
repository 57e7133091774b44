/**
 * fragoffset: where a fragment lies in its packet: in units of 8 bytes as the IPv4 header has it (RFC 791), in
 * bytes for a fragment header of IPv6 (RFC 8200 §4.5), as Suricata compares them.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";

interface FragmentOffset {
  readonly operator: string;
  readonly offset: number;
}

export const fragoffset = defineKeyword<FragmentOffset>({
  name: "fragoffset",
  family: "IP header",
  summary: "Compares the place of a fragment in its packet.",
  syntax: "fragoffset:[!|<|>]N",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "fragoffset:0;", meaning: "not a fragment, or the first one" },
    { options: "fragoffset:>0;", meaning: "a later fragment" },
  ],
  parse(option) {
    const text = option.quoted({ quotes: "optional" });
    const operator = /^[!<>]?/.exec(text.text)?.[0] ?? "";
    const number = option.piece(text.offset + operator.length, text.offset + text.text.length);
    return { operator, offset: option.integer(number, { max: 0xffff, name: "offset" }) };
  },
  compile(value, draft) {
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("fragoffset", value, isAtOffset), { prefilter: true });
  },
});

function isAtOffset({ packet }: DetectionContext, wanted: FragmentOffset): boolean {
  if (packet.ipStart < 0) return false;
  let offset = packet.fragmentOffset;
  if (packet.ipVersion !== 4) {
    if (!packet.isFragment) return false;
    offset *= 8;
  }
  switch (wanted.operator) {
    case "!":
      return offset !== wanted.offset;
    case "<":
      return offset < wanted.offset;
    case ">":
      return offset > wanted.offset;
    default:
      return offset === wanted.offset;
  }
}
