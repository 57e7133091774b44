/**
 * noalert: the rule sets state and changes verdicts, but raises no alert.
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const noalert = defineKeyword<void>({
  name: "noalert",
  family: "meta",
  summary: "Lets the rule match without an alert.",
  syntax: "noalert",
  since: "<=7.0",
  argument: "none",
  examples: [
    { options: "flowbits:set,seen.login; noalert;", meaning: "remembers a login, says nothing" },
  ],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.noAlert = true;
    draft.forceAlert = false;
  },
});
