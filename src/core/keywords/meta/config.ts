/**
 * config: changes how traffic that the rule matches is logged or tracked; for rules of the action `config`.
 * The value is checked; the rule is not loaded before there are transactions to change.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

export const config = defineKeyword<void>({
  name: "config",
  family: "meta",
  summary: "Turns off the logging or tracking of the transaction or flow that the rule matches.",
  syntax: "config:logging|tracking disable, type tx|flow, scope tx|flow|packet",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: "config:logging disable, type tx, scope tx;",
      meaning: "the transaction is not logged",
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
    option.oneOf(what, ["logging", "tracking"], "subject");
    option.oneOf(state, ["disable"], "state");
    namedValue(option, type, "type", ["tx", "flow"]);
    namedValue(option, scope, "scope", ["tx", "flow", "packet"]);
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"config" needs transactions of a protocol parser', {
      severity: "unsupported",
    });
  },
});

function namedValue(
  option: OptionText,
  piece: TextPiece,
  name: string,
  values: readonly string[],
): void {
  const [word, value] = wordPair(option, piece);
  option.oneOf(word, [name], "field");
  option.oneOf(value, values, name);
}

function wordPair(option: OptionText, piece: TextPiece): readonly [TextPiece, TextPiece] {
  const [first, second, ...rest] = option.words(piece);
  if (first === undefined || second === undefined || rest.length > 0) {
    return option.failAt(piece, "bad-value", `expected two words, found "${piece.text}"`);
  }
  return [first, second];
}
