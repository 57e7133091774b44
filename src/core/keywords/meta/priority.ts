/**
 * priority: how urgent an alert of the rule is, 1 the most; stands above the priority of the class.
 */
import { defineKeyword } from "../../detect/keyword.ts";

const PRIORITY_LAST = 0x7fff_ffff;

export const priority = defineKeyword<number>({
  name: "priority",
  family: "meta",
  summary: "How urgent an alert of the rule is, where 1 is the most urgent.",
  syntax: "priority:N",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "priority:1;", meaning: "more urgent than its class says" }],
  parse(option) {
    const text = option.quoted({ quotes: "optional" });
    return option.integer(text, { min: 1, max: PRIORITY_LAST, name: "priority" });
  },
  compile(value, draft) {
    if (draft.priority !== 0) {
      draft.warn("duplicate-keyword", '"priority" is given more than once; the last one counts');
    }
    draft.priority = value;
  },
});
