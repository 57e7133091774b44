/** app-layer-state: how far a transaction has come in its direction, by the names of its protocol's states. */
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft, TransactionStateDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { didYouMean } from "../../rule/suggest.ts";

export const appLayerState = defineKeyword<TransactionStateDraft>({
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
    const [, sign, state] = /^([<>]?)\s*([a-z0-9]\w*)$/.exec(whole.text) ?? [];
    if (sign === undefined || state === undefined) {
      return option.failAt(whole, "bad-value", `"${whole.text}" is not the name of a state`);
    }
    return { operator: sign === "<" || sign === ">" ? sign : "=", state };
  },
  compile(condition, draft) {
    const known = statesOfHeader(draft);
    if (known.length > 0 && !known.includes(condition.state)) {
      const hint = didYouMean(condition.state, known);
      throw new RuleError("unknown-hook", `"${condition.state}" is no state of the protocol`, {
        ...(hint === undefined ? {} : { hint }),
      });
    }
    draft.transactionStates.push(condition);
  },
});

function statesOfHeader({ syntax, builder }: RuleDraft): readonly string[] {
  const [name = ""] = syntax.header.protocol.split(":", 1);
  return builder.protocols
    .forRules(name)
    .flatMap(({ declaration: { states } }) => [...states.toServer, ...states.toClient]);
}
