/** flow.age: whole seconds since the first packet of the flow. */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";

export const flowAge = defineKeyword<NumberComparison>({
  name: "flow.age",
  family: "flow & state",
  summary: "Compares the age of the flow in seconds.",
  syntax: "flow.age:[op]N",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "flow.age:>3600;", meaning: "older than an hour" }],
  parse: (option) => parseNumberComparison(option, { bits: 32 }),
  compile(comparison, draft) {
    draft.requireFlow = true;
    draft.requirePacket = true;
    draft.addPacketCheck(Check.of("flow.age", comparison, hasAge), { prefilter: true });
  },
});

function hasAge({ flow, packet }: DetectionContext, comparison: NumberComparison): boolean {
  if (flow === null) return false;
  const seconds = Math.floor(packet.timeUs / 1e6) - Math.floor(flow.startUs / 1e6);
  return seconds >= 0 && matchesNumber(comparison, seconds);
}
