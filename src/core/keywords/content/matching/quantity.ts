/**
 * Numbers of a rule that may be variables (`depth:12`, `depth:size`): parsing, and the value at run time.
 * As in Suricata a word that begins with a letter is the name of a variable.
 */
import type { BufferInspection } from "../../../detect/chain.ts";
import type { Quantity } from "../../../detect/content-item.ts";
import type { RuleDraft } from "../../../detect/rule-draft.ts";
import { RuleError } from "../../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../../rule/option-text.ts";
import { didYouMean } from "../../../rule/suggest.ts";

/** A quantity before the names of variables are known. */
export type QuantityText =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly piece: TextPiece };

export interface QuantityRules {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly hex?: "allowed";
}

export function parseQuantity(
  option: OptionText,
  piece: TextPiece,
  rules: QuantityRules,
): QuantityText {
  if (/^[a-z]/i.test(piece.text)) return { kind: "variable", piece };
  return { kind: "number", value: option.integer(piece, rules) };
}

/** Throws RuleError when the variable is not defined before this option. */
export function bindQuantity(text: QuantityText, keyword: string, draft: RuleDraft): Quantity {
  if (text.kind === "number") return text;
  const { piece } = text;
  const index = draft.variableIndex(piece.text);
  if (index < 0) {
    const near = didYouMean(piece.text, draft.variableNames);
    throw new RuleError("unknown-variable", `"${keyword}" names the variable "${piece.text}"`, {
      offset: piece.offset,
      length: piece.text.length,
      hint: near ?? "byte_extract or byte_math must define it earlier in the rule",
    });
  }
  return { kind: "variable", index };
}

/**
 * As bindQuantity, for keywords that read the buffer themselves: in a sticky buffer they do not see variables
 * that are set in the payload, because that may be inspected later.
 */
export function bindReaderQuantity(
  text: QuantityText,
  keyword: string,
  draft: RuleDraft,
): Quantity {
  const quantity = bindQuantity(text, keyword, draft);
  if (text.kind === "variable" && draft.hasSelection) {
    const { piece } = text;
    const isOfPayload = draft.buffers.some(
      ({ declaration, items }) =>
        declaration.scope === "payload" && items.some(({ defines }) => defines === piece.text),
    );
    if (isOfPayload) {
      throw new RuleError(
        "unknown-variable",
        `"${piece.text}" is set in the payload and not known in a sticky buffer`,
        { offset: piece.offset, length: piece.text.length },
      );
    }
  }
  return quantity;
}

/** A quantity as two numbers, so that every step has the same shape. */
export class RunQuantity {
  readonly value: number;
  /** -1: `value` counts. */
  readonly variable: number;

  constructor(quantity: Quantity | null) {
    this.value = quantity?.kind === "number" ? quantity.value : 0;
    this.variable = quantity?.kind === "variable" ? quantity.index : -1;
  }

  /** The low 32 bits of a variable, unsigned. */
  unsigned(inspection: BufferInspection): number {
    return this.variable < 0 ? this.value : inspection.variableWords[this.variable * 2]!;
  }

  /** The low 32 bits of a variable, signed. */
  signed(inspection: BufferInspection): number {
    return this.variable < 0 ? this.value : inspection.variableWords[this.variable * 2]! | 0;
  }
}
