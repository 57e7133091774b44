/**
 * bypass: after a match the rest of the flow is no longer inspected.
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const bypass = defineKeyword<void>({
  name: "bypass",
  family: "meta",
  summary: "Ends the inspection of the flow once the rule has matched.",
  syntax: "bypass",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: "bypass;", meaning: "the rest of the flow is let through unseen" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.bypass = true;
  },
});
