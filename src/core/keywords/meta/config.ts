/**
 * config: changes how traffic that the rule matches is logged or tracked; for rules of the action `config`.
 * Events of transactions can be turned off, of one or of the rest of their flow; the rest is reported.
 */
import type { DetectionContext } from "../../detect/detection-context.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

export const config = defineKeyword<Change>({
  name: "config",
  family: "meta",
  summary: "Turns off the logging or tracking of the transaction or flow that the rule matches.",
  syntax: "config:logging|tracking disable, type tx|flow, scope tx|flow|packet",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: 'http.uri; content:"/health"; config:logging disable, type tx, scope tx;',
      meaning: "requests of this resource are not logged",
    },
  ],
  parse(option) {
    option.required();
    const pieces = option.split(",");
    const [subject, type, scope] = pieces;
    if (pieces.length !== 3 || !subject || !type || !scope) {
      return option.fail("bad-value", '"config" needs a subject, a type and a scope', {
        hint: 'write "logging disable, type tx, scope tx"',
      });
    }
    const [what, state] = wordPair(option, subject);
    option.oneOf(state, ["disable"], "state");
    return {
      subject: option.oneOf(what, ["logging", "tracking"], "subject"),
      type: namedValue(option, type, "type", ["tx", "flow"]),
      scope: namedValue(option, scope, "scope", ["tx", "flow", "packet"]),
    };
  },
  compile({ subject, type, scope }, draft) {
    if (subject !== "logging" || type !== "tx" || scope === "packet") {
      const message = `"config" cannot turn off ${subject} of type ${type} and scope ${scope}`;
      throw new RuleError("unsupported-keyword", message, {
        severity: "unsupported",
        hint: '"logging disable, type tx" works with the scopes tx and flow',
      });
    }
    draft.onFinish(() => {
      if (draft.isTransactional) return;
      throw new RuleError(
        "unsupported-keyword",
        '"config" needs a rule that looks into transactions',
      );
    });
    draft.postMatches.push({
      keyword: "config",
      run: scope === "tx" ? stopTransaction : stopFlow,
    });
  },
});

interface Change {
  readonly subject: "logging" | "tracking";
  readonly type: "tx" | "flow";
  readonly scope: "tx" | "flow" | "packet";
}

/** Its records count as written; files keep theirs. */
function stopTransaction({ flow, transaction }: DetectionContext): void {
  const registered = flow === null ? null : (applicationOf(flow)?.registered ?? null);
  if (transaction === null || registered === null) return;
  transaction.logged = (1 << registered.declaration.records.length) - 1;
}

function stopFlow(context: DetectionContext): void {
  stopTransaction(context);
  const state = context.flow === null ? null : applicationOf(context.flow);
  if (state !== null) state.isLoggingOff = true;
}

function namedValue<Value extends string>(
  option: OptionText,
  piece: TextPiece,
  name: string,
  values: readonly Value[],
): Value {
  const [word, value] = wordPair(option, piece);
  option.oneOf(word, [name], "field");
  return option.oneOf(value, values, name);
}

function wordPair(option: OptionText, piece: TextPiece): readonly [TextPiece, TextPiece] {
  const [first, second, ...rest] = option.words(piece);
  if (first === undefined || second === undefined || rest.length > 0) {
    return option.failAt(piece, "bad-value", `expected two words, found "${piece.text}"`);
  }
  return [first, second];
}
