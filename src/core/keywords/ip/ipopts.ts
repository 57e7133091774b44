/** ipopts: an option of the IPv4 header is there (RFC 791 and those that layers/ipv4-options.ts lists). */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { Ipv4Option } from "../../layers/ipv4-options.ts";

const bitsByName: ReadonlyMap<string, number> = new Map([
  ["rr", Ipv4Option.recordRoute],
  ["lsrr", Ipv4Option.looseSourceRoute],
  ["eol", Ipv4Option.endOfList],
  ["nop", Ipv4Option.noOperation],
  ["ts", Ipv4Option.timestamp],
  ["sec", Ipv4Option.security],
  ["esec", Ipv4Option.extendedSecurity],
  ["ssrr", Ipv4Option.strictSourceRoute],
  ["satid", Ipv4Option.streamId],
  ["qs", Ipv4Option.quickStart],
  ["rtralt", Ipv4Option.routerAlert],
  ["cipso", Ipv4Option.cipso],
  ["any", -1],
]);

export const ipopts = defineKeyword<number>({
  name: "ipopts",
  family: "IP header",
  summary: "Asks for an option of the IPv4 header.",
  syntax: `ipopts:${[...bitsByName.keys()].join("|")}`,
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "ipopts:lsrr;", meaning: "a loose source route" },
    { options: "ipopts:any;", meaning: "any option" },
  ],
  parse(option) {
    const text = option.quoted({ quotes: "optional" });
    return bitsByName.get(option.oneOf(text, [...bitsByName.keys()], "IP option")) ?? 0;
  },
  compile(bits, draft) {
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("ipopts", bits, hasOption));
  },
});

function hasOption({ packet }: DetectionContext, bits: number): boolean {
  return packet.ipVersion === 4 && packet.ipStart >= 0 && (packet.ipOptions & bits) !== 0;
}
