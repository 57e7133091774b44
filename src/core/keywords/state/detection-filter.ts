/** detection_filter: the rule alerts only from the match after the Nth in a window on. */
import { defineKeyword } from "../../detect/keyword.ts";
import type { ThresholdSpec } from "../../detect/rule-state.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { ThresholdFields } from "./threshold-fields.ts";

export const detectionFilter = defineKeyword<ThresholdSpec>({
  name: "detection_filter",
  family: "threshold",
  summary: "Lets the rule alert only once it has matched more than a number of times.",
  syntax: "detection_filter:track by_src|by_dst|by_both|by_rule|by_flow, count N, seconds N",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "detection_filter:track by_src, count 15, seconds 2;",
      meaning: "from the 16th match of a sender within two seconds",
    },
  ],
  parse(option) {
    const fields = new ThresholdFields(option, ["track", "count", "seconds"]);
    return {
      kind: "detectionFilter",
      track: fields.track(),
      count: fields.number("count", 1),
      seconds: fields.number("seconds", 1),
    };
  },
  compile(spec, draft) {
    if (draft.threshold !== null) {
      throw new RuleError(
        "conflicting-keyword",
        '"threshold" and "detection_filter" cannot be in one rule',
      );
    }
    if (draft.detectionFilter !== null) {
      throw new RuleError("duplicate-keyword", '"detection_filter" may be given only once');
    }
    draft.detectionFilter = spec;
  },
});
