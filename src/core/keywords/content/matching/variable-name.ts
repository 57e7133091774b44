/** Names of the variables that byte_extract and byte_math define. */
import type { RuleDraft } from "../../../detect/rule-draft.ts";
import { RuleError } from "../../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../../rule/option-text.ts";

export function parseVariableName(option: OptionText, piece: TextPiece): string {
  if (!/^[^\s,;:"]+$/.test(piece.text)) {
    option.failAt(piece, "bad-variable-name", `"${piece.text}" is not the name of a variable`);
  }
  return piece.text;
}

/** The variable's index; a name defined twice keeps its index. Throws RuleError past the limit. */
export function defineRuleVariable(name: string, draft: RuleDraft, limit: number): number {
  const index = draft.defineVariable(name);
  if (index >= limit) {
    throw new RuleError("too-many-variables", `a rule can have at most ${limit} variables`);
  }
  return index;
}
