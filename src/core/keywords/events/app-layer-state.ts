/**
 * app-layer-state: how far a transaction has come. The value is checked; the rule is not loaded before there
 * are transactions.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const appLayerState = defineKeyword<void>({
  name: "app-layer-state",
  family: "event",
  summary: "Compares how far the transaction has come.",
  syntax: "app-layer-state:[<|>]STATE",
  since: "8.0.0",
  argument: "required",
  examples: [{ options: "app-layer-state:>request_line;", meaning: "past the request line" }],
  parse(option) {
    option.required();
    const { whole } = option;
    if (!/^[<>]?\s*[a-z]\w*$/.test(whole.text)) {
      option.failAt(whole, "bad-value", `"${whole.text}" is not the name of a state`);
    }
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"app-layer-state" needs a protocol parser', {
      severity: "unsupported",
    });
  },
});
