/**
 * A comparison whose operator and number are pieces of their own (`>,100`), as iprep and stream_size write it.
 * One that always or never holds is accepted, as Suricata does here.
 */
import type { NumberComparison, NumberOperator } from "../../rule/number-comparison.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

const operators: ReadonlyMap<string, NumberOperator> = new Map<string, NumberOperator>([
  ["=", "equal"],
  ["!=", "notEqual"],
  ["<", "less"],
  ["<=", "lessEqual"],
  [">", "greater"],
  [">=", "greaterEqual"],
]);

/** Throws RuleError with a place. */
export function parseSplitComparison(
  option: OptionText,
  sign: TextPiece,
  number: TextPiece | undefined,
  range: { readonly max: number; readonly name: string },
): NumberComparison {
  const operator = operators.get(sign.text);
  if (operator === undefined) {
    const message = `unknown operator "${sign.text}", expected one of ${[...operators.keys()].join(" ")}`;
    return option.failAt(sign, "unknown-value", message);
  }
  if (number === undefined) {
    return option.failAt(sign, "missing-value", `"${sign.text}" needs a number after it`);
  }
  return { operator, value: option.integer(number, range), value2: 0 };
}
