/**
 * Suricata's generic integer syntax: `N`, `=N`, `!N`, `!=N`, `<N`, `<=N`, `>N`, `>=N`, `A-B` and `A<>B` (both
 * ends exclusive), `!A-B`, `&mask=value`, `&mask!=value`; numbers in decimal, with `0x`, or with kb, mb, gb
 * (also kib...). Numbers above 2^53 are rounded to the nearest double.
 */
import { maskedEquals, type NumberComparison, type NumberOperator } from "./matches-number.ts";
import { OptionText, type TextPiece } from "./option-text.ts";
import { didYouMean } from "./suggest.ts";

export { matchesNumber, type NumberComparison, type NumberOperator } from "./matches-number.ts";

export interface NumberRules {
  readonly bits: 8 | 16 | 32 | 64;
  /** kb, mb, gb after a number; allowed unless false. */
  readonly units?: boolean;
  /** Names that stand for numbers, found without regard to case. */
  readonly names?: ReadonlyMap<string, number>;
}

/** Parses the whole value. Throws RuleError with a place. */
export function parseNumberComparison(
  option: OptionText | string,
  rules: NumberRules,
): NumberComparison {
  const text = typeof option === "string" ? new OptionText("value", option) : option;
  text.required();
  return parseNumberPiece(text, text.whole, rules);
}

const OPERATORS: ReadonlyMap<string, NumberOperator> = new Map<string, NumberOperator>([
  ["", "equal"],
  ["=", "equal"],
  ["!", "notEqual"],
  ["!=", "notEqual"],
  ["<", "less"],
  ["<=", "lessEqual"],
  [">", "greater"],
  [">=", "greaterEqual"],
]);

const SIMPLE = /^(!=|<=|>=|[=!<>]?)\s*([^\s<>=!&-]+)$/;
const RANGE = /^(!?)([^\s<>=!&-]+)\s*(?:-|<>)\s*([^\s<>=!&-]+)$/;
const MASK = /^&\s*([^\s<>=!&-]+)\s*(!?)=\s*([^\s<>=!&-]+)$/;

/** Parses one piece of a value that has more. Throws RuleError with a place. */
export function parseNumberPiece(
  option: OptionText,
  piece: TextPiece,
  rules: NumberRules,
): NumberComparison {
  const named = parseName(piece.text, rules);
  if (named !== null) return named;
  const mask = MASK.exec(piece.text);
  if (mask !== null) return parseMask(option, piece, mask, rules);
  const range = RANGE.exec(piece.text);
  if (range !== null) return parseRange(option, piece, range, rules);
  const simple = SIMPLE.exec(piece.text);
  if (simple !== null) return parseSimple(option, piece, simple, rules);
  return option.failAt(
    piece,
    "bad-comparison",
    `"${piece.text}" is not a comparison with a number`,
    "write 10, !10, <10, >=10, 10-20 or &0x0f=1",
  );
}

function parseName(text: string, { names }: NumberRules): NumberComparison | null {
  if (names === undefined) return null;
  const isNegated = text.startsWith("!");
  const wanted = (isNegated ? text.slice(1) : text).toLowerCase();
  for (const [name, value] of names) {
    if (name.toLowerCase() === wanted)
      return { operator: isNegated ? "notEqual" : "equal", value, value2: 0 };
  }
  return null;
}

function parseMask(
  option: OptionText,
  piece: TextPiece,
  [, maskText = "", not, wantedText = ""]: readonly string[],
  rules: NumberRules,
): NumberComparison {
  const value = parseNumber(option, piece, maskText, rules);
  const value2 = parseNumber(option, piece, wantedText, rules);
  if (!maskedEquals(value2, value, value2)) {
    option.failAt(
      piece,
      "impossible-comparison",
      `${wantedText} has bits outside the mask ${maskText}`,
    );
  }
  return { operator: not === "!" ? "notBitmask" : "bitmask", value, value2 };
}

function parseRange(
  option: OptionText,
  piece: TextPiece,
  [, not, lowText = "", highText = ""]: readonly string[],
  rules: NumberRules,
): NumberComparison {
  const value = parseNumber(option, piece, lowText, rules);
  const value2 = parseNumber(option, piece, highText, rules);
  if (value2 - value < 2) {
    option.failAt(
      piece,
      "impossible-comparison",
      `no number is between ${lowText} and ${highText}`,
      "both ends are exclusive",
    );
  }
  return { operator: not === "!" ? "notRange" : "range", value, value2 };
}

function parseSimple(
  option: OptionText,
  piece: TextPiece,
  [, sign = "", numberText = ""]: readonly string[],
  rules: NumberRules,
): NumberComparison {
  const operator = OPERATORS.get(sign) ?? "equal";
  const value = parseNumber(option, piece, numberText, rules);
  const last = 2 ** rules.bits - 1;
  const isFixed =
    (value === 0 && (operator === "less" || operator === "greaterEqual")) ||
    (value >= last && (operator === "greater" || operator === "lessEqual"));
  if (isFixed) {
    const always = operator === "greaterEqual" || operator === "lessEqual";
    option.failAt(
      piece,
      "impossible-comparison",
      `"${piece.text}" is ${always ? "always" : "never"} true`,
    );
  }
  return { operator, value, value2: 0 };
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["kb", 1024],
  ["kib", 1024],
  ["mb", 1024 ** 2],
  ["mib", 1024 ** 2],
  ["gb", 1024 ** 3],
  ["gib", 1024 ** 3],
]);

function parseNumber(
  option: OptionText,
  piece: TextPiece,
  text: string,
  rules: NumberRules,
): number {
  const place = { text, offset: piece.offset + Math.max(0, piece.text.indexOf(text)) };
  const parts = /^(0x[0-9a-f]+|\d+)([a-z]*)$/i.exec(text);
  const unit = parts?.[2] ?? "";
  const factor =
    unit === "" ? 1 : rules.units === false ? undefined : UNITS.get(unit.toLowerCase());
  if (parts === null || factor === undefined) {
    const hint = rules.names === undefined ? undefined : didYouMean(text, rules.names.keys());
    return option.failAt(place, "bad-number", `"${text}" is not a number`, hint);
  }
  const value = Number(parts[1]) * factor;
  const last = 2 ** rules.bits - 1;
  if (value > last) option.failAt(place, "number-out-of-range", `${text} is above ${last}`);
  return value;
}
