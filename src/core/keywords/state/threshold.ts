/**
 * threshold: how often the rule may alert. limit: the first N in a window; threshold: every Nth; both: once a
 * window, at the Nth; backoff: at N, N times M, N times M squared ... matches of a flow.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import type { ThresholdSpec } from "../../detect/rule-state.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { ThresholdFields } from "./threshold-fields.ts";

const TYPES = ["limit", "threshold", "both", "backoff"] as const;

export const threshold = defineKeyword<ThresholdSpec>({
  name: "threshold",
  family: "threshold",
  summary: "Limits how often the rule alerts.",
  syntax:
    "threshold:type limit|threshold|both, track by_src|by_dst|by_both|by_rule|by_flow, count N, " +
    "seconds N or threshold:type backoff, track by_flow, count N, multiplier N",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "threshold:type limit, track by_src, count 1, seconds 60;",
      meaning: "one alert a minute for each sender",
    },
    {
      options: "threshold:type backoff, track by_flow, count 1, multiplier 10;",
      meaning: "the 1st, 10th, 100th ... match of a flow",
    },
  ],
  parse(option) {
    const fields = new ThresholdFields(option, ["type", "track", "count", "seconds", "multiplier"]);
    const kind = option.oneOf(fields.value("type"), TYPES, "type");
    const track = fields.track();
    if (kind !== "backoff") {
      if (fields.has("multiplier")) {
        option.failAt(fields.value("multiplier"), "idle-value", 'only "backoff" has a multiplier');
      }
      return { kind, track, count: fields.number("count"), seconds: fields.number("seconds") };
    }
    if (track !== "byFlow") {
      option.failAt(fields.value("track"), "bad-value", '"backoff" counts by flow only');
    }
    if (fields.has("seconds")) {
      option.failAt(fields.value("seconds"), "idle-value", '"backoff" has no window');
    }
    const multiplier = fields.number("multiplier", 1);
    return { kind, track, count: fields.number("count", 1), seconds: 0, multiplier };
  },
  compile(spec, draft) {
    if (draft.detectionFilter !== null) {
      throw new RuleError(
        "conflicting-keyword",
        '"threshold" and "detection_filter" cannot be in one rule',
      );
    }
    if (draft.threshold === null) draft.threshold = spec;
    else draft.moreThresholds.push(spec);
  },
});
