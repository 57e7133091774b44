/**
 * lua: a script as a condition. Scripts are not run here: the rule is reported as unsupported.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const lua = defineKeyword<void>({
  name: "lua",
  aliases: ["luajit"],
  family: "content",
  summary: "Lets a script decide whether the rule matches; not supported.",
  syntax: "lua:[!]SCRIPT",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "lua:check.lua;", meaning: "what check.lua decides" }],
  parse(option) {
    option.required();
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"lua" needs a Lua interpreter', {
      severity: "unsupported",
      hint: "write the condition with contents, byte_test or pcre",
    });
  },
});
