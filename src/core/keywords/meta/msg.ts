/**
 * msg: what the alert says. Escapes of `;`, `"`, `:` and `\` are resolved.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { unescapeText } from "../../rule/option-text.ts";

export const msg = defineKeyword<string>({
  name: "msg",
  family: "meta",
  summary: "The text that the alert of the rule shows.",
  syntax: 'msg:"TEXT"',
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'msg:"login from outside\\; see the guide";', meaning: "the alert's text" },
  ],
  parse: (option) => unescapeText(option.quoted().text),
  compile(text, draft) {
    draft.refuseRepetition();
    draft.message = text;
  },
});
