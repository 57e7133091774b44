/**
 * The value of anomaly keywords: named limits between commas, each a name and what it may be: `score >=0.8`,
 * `over 4h`, `ports all`. Each name comes at most once; every failure points at its piece.
 */
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
]);

/** Units of amounts of bytes, as in suricata.yaml. */
const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["kb", 1024],
  ["mb", 1024 ** 2],
  ["gb", 1024 ** 3],
  ["tb", 1024 ** 4],
]);

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

export class LimitOptions<Name extends string> {
  private readonly option: OptionText;
  private readonly names: readonly Name[];
  private readonly values = new Map<Name, TextPiece>();

  /** Throws RuleError for a name that is unknown or comes twice, and for one without a value. */
  constructor(option: OptionText, names: readonly Name[], part: TextPiece = option.whole) {
    this.option = option;
    this.names = names;
    option.required();
    for (const piece of option.splitPiece(part, ",")) this.add(piece);
  }

  has(name: Name): boolean {
    return this.values.has(name);
  }

  /** A limit written `>=X`, or `>X` for whole numbers; `fallback` when it is not there. */
  atLeast(name: Name, range: NumberRange, fallback: number): number {
    return this.limit(name, ">", range, fallback);
  }

  /** A limit written `<=X`, or `<X` for whole numbers. */
  atMost(name: Name, range: NumberRange, fallback: number): number {
    return this.limit(name, "<", range, fallback);
  }

  /** Seconds of a duration as `90s`, `15m`, `4h`, `2d`. */
  seconds(name: Name, range: NumberRange, fallback: number): number {
    const piece = this.values.get(name);
    if (piece === undefined) return fallback;
    const [, digits = "", unit = ""] = /^(\d{1,9})\s*([smhdw])$/.exec(piece.text) ?? [];
    const seconds = Number(digits) * (UNITS.get(unit) ?? 0);
    if (digits !== "" && seconds >= range.min && seconds <= range.max) return seconds;
    const message = `"${name}" takes a time of ${range.min} to ${range.max} seconds, found "${piece.text}"`;
    return this.option.failAt(piece, "bad-duration", message, "write 90s, 15m, 4h, 2d or 1w");
  }

  /** What a value must be above, written `>20` or `>10MB`. */
  above(name: Name): number {
    const { option } = this;
    const piece = this.piece(name);
    const [, digits = "", unit = ""] =
      /^>\s*(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]b)?$/i.exec(piece.text) ?? [];
    if (digits !== "") return Number(digits) * (BYTE_UNITS.get(unit.toLowerCase()) ?? 1);
    const message = `"${name}" takes > and a number, found "${piece.text}"`;
    return option.failAt(piece, "bad-comparison", message, `write ${name} >100 or >10MB`);
  }

  /** A number without a sign. */
  number(name: Name, range: NumberRange, fallback: number): number {
    const piece = this.values.get(name);
    if (piece === undefined) return fallback;
    const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(piece.text) ? Number(piece.text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    const code = Number.isNaN(value) ? "bad-number" : "number-out-of-range";
    const message = `"${name}" must be of ${range.min} to ${range.max}, found "${piece.text}"`;
    return this.option.failAt(piece, code, message);
  }

  word<Word extends string>(name: Name, words: readonly Word[]): Word | null {
    const piece = this.values.get(name);
    return piece === undefined ? null : this.option.oneOf(piece, words, name);
  }

  /** The piece behind the name, for failures about it. */
  piece(name: Name): TextPiece {
    return this.values.get(name) ?? this.option.whole;
  }

  private add(piece: TextPiece): void {
    const { option } = this;
    const [, word = ""] = /^([a-z_]+)/i.exec(piece.text) ?? [];
    const name = option.oneOf({ text: word, offset: piece.offset }, this.names, "limit");
    if (this.values.has(name)) {
      option.failAt(piece, "duplicate-value", `"${name}" is given twice`);
    }
    const value = option.piece(piece.offset + word.length, piece.offset + piece.text.length);
    if (value.text === "") option.failAt(piece, "missing-value", `"${name}" needs a value`);
    this.values.set(name, value);
  }

  private limit(name: Name, sign: ">" | "<", range: NumberRange, fallback: number): number {
    const piece = this.values.get(name);
    if (piece === undefined) return fallback;
    const [, operator = "", digits = ""] =
      /^([<>]=?)\s*(\d{1,12}(?:\.\d{1,6})?)$/.exec(piece.text) ?? [];
    if (!operator.startsWith(sign)) {
      const message = `"${name}" takes ${sign}= and a number, found "${piece.text}"`;
      return this.option.failAt(
        piece,
        "bad-comparison",
        message,
        `write ${name} ${sign}=${fallback}`,
      );
    }
    // Between whole numbers "more than N" is "at least N + 1".
    const step = operator.length === 2 || !Number.isInteger(Number(digits)) ? 0 : 1;
    const value = Number(digits) + (sign === ">" ? step : -step);
    if (value >= range.min && value <= range.max) return value;
    const message = `"${name}" must be of ${range.min} to ${range.max}, found "${piece.text}"`;
    return this.option.failAt(piece, "number-out-of-range", message);
  }
}
