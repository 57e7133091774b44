/** l3_proto: the version of IP that carries the packet. */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const l3Proto = defineKeyword<number>({
  name: "l3_proto",
  family: "IP header",
  summary: "Asks for a version of IP.",
  syntax: "l3_proto:ipv4|ip4|ipv6|ip6",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "l3_proto:ipv6;", meaning: "IPv6 only" }],
  parse(option) {
    option.required();
    const name = option.oneOf(option.whole, ["ipv4", "ip4", "ipv6", "ip6"], "version");
    return name.endsWith("4") ? 4 : 6;
  },
  compile(version, draft) {
    if (draft.packetChecks.some(({ check }) => check.keyword === "l3_proto")) {
      throw new RuleError("duplicate-keyword", '"l3_proto" may be given only once');
    }
    draft.addPacketCheck(Check.of("l3_proto", version, hasVersion, { ipOnly: true }));
  },
});

function hasVersion({ packet }: DetectionContext, version: number): boolean {
  return packet.ipVersion === version;
}
