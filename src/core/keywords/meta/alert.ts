/**
 * alert: raises an alert for a rule whose action alone would not (pass, config).
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const alert = defineKeyword<void>({
  name: "alert",
  family: "meta",
  summary: "Raises an alert even where the action of the rule would not.",
  syntax: "alert",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: "alert;", meaning: "a pass rule that also tells" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.forceAlert = true;
    draft.noAlert = false;
  },
});
