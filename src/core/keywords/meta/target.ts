/**
 * target: which side of the packet is the victim; the alert then names a source and a target of the attack.
 */
import { defineKeyword } from "../../detect/keyword.ts";

const sides = { src_ip: "source", dest_ip: "destination" } as const;

export const target = defineKeyword<"source" | "destination">({
  name: "target",
  family: "meta",
  summary: "Which side of the traffic is the victim of what the rule finds.",
  syntax: "target:src_ip|dest_ip",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "target:dest_ip;", meaning: "the receiver of the packet is the victim" }],
  parse(option) {
    option.required();
    return sides[option.oneOf(option.whole, ["src_ip", "dest_ip"], "side")];
  },
  compile(side, draft) {
    if (draft.target !== null && draft.target !== side) {
      draft.warn("conflicting-keyword", '"target" names both sides; the last one counts');
    }
    draft.target = side;
  },
});
