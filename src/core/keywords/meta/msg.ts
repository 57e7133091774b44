/**
 * msg: what the alert says. Escapes of `;`, `"`, `:` and `\` are resolved.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
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
    if (draft.message !== "") {
      throw new RuleError("duplicate-keyword", '"msg" may be given only once');
    }
    draft.message = text;
  },
});
