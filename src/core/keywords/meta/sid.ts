/**
 * sid: the number of the rule, by which alerts, thresholds and updates find it.
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const SID_LAST = 0xffff_ffff;

export const sid = defineKeyword<number>({
  name: "sid",
  family: "meta",
  summary: "The number of the rule, unique within its group.",
  syntax: "sid:N",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "sid:1000001;", meaning: "rule number 1000001" }],
  parse: (option) => option.integer(option.whole, { min: 1, max: SID_LAST, name: "rule number" }),
  compile(number, draft) {
    draft.refuseRepetition();
    draft.sid = number;
  },
});
