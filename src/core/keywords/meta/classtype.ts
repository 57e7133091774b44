/**
 * classtype: the short name of a class in classification.config, which gives the rule its category and, unless
 * `priority` does, its priority. Whether the class exists is found when the rule set is put together: an
 * unknown one is a warning and leaves the priority at 3.
 */
import { defineKeyword } from "../../detect/keyword.ts";

export const classtype = defineKeyword<string>({
  name: "classtype",
  family: "meta",
  summary:
    "The class of the rule, which says what kind of activity it finds and how urgent that is.",
  syntax: "classtype:NAME",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "classtype:trojan-activity;", meaning: "a class of the stock list" }],
  parse(option) {
    option.required();
    const { whole } = option;
    if (!/^[a-z][a-z0-9_-]*$/i.test(whole.text)) {
      option.failAt(
        whole,
        "bad-name",
        `"${whole.text}" is not the name of a class`,
        'a letter, then letters, digits, "-" and "_"',
      );
    }
    return whole.text;
  },
  compile(name, draft) {
    if (draft.classtype === null) {
      draft.classtype = name;
      return;
    }
    draft.warn("duplicate-keyword", `"classtype" is given more than once; "${name}" is left out`);
  },
});
