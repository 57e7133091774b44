/** luaxform: a script as a transform. Scripts are not run here: the rule is reported as unsupported. */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const luaXform = defineKeyword<void>({
  name: "luaxform",
  family: "transform",
  summary: "Lets a script transform the buffer; not supported.",
  syntax: "luaxform:SCRIPT [,ARGUMENT]...",
  since: "8.0.0",
  argument: "required",
  examples: [{ options: "tcp.hdr; luaxform:lower.lua;", meaning: "what lower.lua returns" }],
  parse(option) {
    option.required();
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"luaxform" needs a Lua interpreter', {
      severity: "unsupported",
    });
  },
});
