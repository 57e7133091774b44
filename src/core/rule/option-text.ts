/**
 * The value of one option, for keyword parsers: pieces with their places, quotes and numbers, and failures
 * that point at the place. Offsets count characters from the start of the value.
 */
import { RuleError, type Severity } from "./diagnostic.ts";
import { trimRange } from "./rule-options.ts";
import { didYouMean } from "./suggest.ts";

/** A part of the value, white space around it left out. */
export interface TextPiece {
  readonly text: string;
  readonly offset: number;
}

export interface QuotedText extends TextPiece {
  /** `!` stood before the quotes. */
  readonly negated: boolean;
}

export interface FailPlace {
  readonly offset?: number;
  readonly length?: number;
  readonly hint?: string;
  readonly severity?: Severity;
}

export class OptionText {
  readonly keyword: string;
  /** The value as written, or "" when the option has none. */
  readonly raw: string;
  /** Something other than white space follows the colon. */
  readonly hasValue: boolean;

  constructor(keyword: string, value: string | null) {
    this.keyword = keyword;
    this.raw = value ?? "";
    this.hasValue = this.raw.trim() !== "";
  }

  get trimmed(): string {
    return this.raw.trim();
  }

  /** The trimmed value with its place. */
  get whole(): TextPiece {
    return this.piece(0, this.raw.length);
  }

  /** Throws RuleError at `place`, or at the whole option. */
  fail(code: string, message: string, place: FailPlace = {}): never {
    throw new RuleError(code, message, place);
  }

  /** Throws RuleError at a piece. */
  failAt(piece: TextPiece, code: string, message: string, hint?: string): never {
    const place = { offset: piece.offset, length: Math.max(1, piece.text.length) };
    throw new RuleError(code, message, hint === undefined ? place : { ...place, hint });
  }

  /** The trimmed value. Throws when there is none. */
  required(): string {
    if (!this.hasValue) this.fail("missing-value", `"${this.keyword}" needs a value`);
    return this.trimmed;
  }

  /** Throws when there is a value. */
  requireNone(): void {
    if (this.hasValue)
      this.failAt(this.whole, "unexpected-value", `"${this.keyword}" takes no value`);
  }

  /** The part [start, end) without white space around it. */
  piece(start: number, end: number): TextPiece {
    const range = trimRange(this.raw, start, end);
    return { text: this.raw.slice(range.start, range.end), offset: range.start };
  }

  /** Pieces between separators (one character); empty ones are kept. With `limit` the last takes the rest. */
  split(separator = ",", limit = Number.POSITIVE_INFINITY): readonly TextPiece[] {
    return this.splitPiece({ text: this.raw, offset: 0 }, separator, limit);
  }

  splitPiece(
    piece: TextPiece,
    separator: string,
    limit = Number.POSITIVE_INFINITY,
  ): readonly TextPiece[] {
    const pieces: TextPiece[] = [];
    const end = piece.offset + piece.text.length;
    let start = piece.offset;
    for (;;) {
      const found = pieces.length + 1 < limit ? this.raw.indexOf(separator, start) : -1;
      if (found < 0 || found >= end) break;
      pieces.push(this.piece(start, found));
      start = found + 1;
    }
    pieces.push(this.piece(start, end));
    return pieces;
  }

  /** The words of a piece, or of the whole value, between white space. */
  words(piece: TextPiece = this.whole): readonly TextPiece[] {
    const found = piece.text.matchAll(/\S+/g);
    return Array.from(found, (word) => ({ text: word[0], offset: piece.offset + word.index }));
  }

  /**
   * The text inside the surrounding quotes, escapes untouched. `quotes` says whether they must be there,
   * `negation` whether `!` may stand before. Throws RuleError as Suricata refuses.
   */
  quoted(rules: { quotes?: "required" | "optional"; negation?: "allowed" } = {}): QuotedText {
    this.required();
    const whole = this.whole;
    const negated = rules.negation === "allowed" && whole.text.startsWith("!");
    const value = negated ? this.piece(whole.offset + 1, whole.offset + whole.text.length) : whole;
    if (!value.text.startsWith('"')) {
      if (rules.quotes !== "optional") {
        this.failAt(value, "missing-quotes", `value of "${this.keyword}" must be in double quotes`);
      }
      if (value.text === "") this.fail("missing-value", `"${this.keyword}" needs a value`);
      return { ...value, negated };
    }
    if (value.text.length < 2 || !value.text.endsWith('"')) {
      this.failAt(
        value,
        "unbalanced-quotes",
        `value of "${this.keyword}" must end with a double quote`,
      );
    }
    if (value.text.length === 2) {
      this.failAt(value, "missing-value", `value of "${this.keyword}" is empty`);
    }
    return { text: value.text.slice(1, -1), offset: value.offset + 1, negated };
  }

  /** A whole number in decimal, or with `0x` where `hex` allows it; at most 2^53 - 1. */
  integer(
    piece: TextPiece,
    range: { min?: number; max: number; name?: string; hex?: "allowed" },
  ): number {
    const { min = 0, max, name = "value" } = range;
    const form =
      range.hex === "allowed" ? /^(?:[+-]?\d{1,16}|0x[0-9a-f]{1,13})$/i : /^[+-]?\d{1,16}$/;
    const number = form.test(piece.text) ? Number(piece.text) : Number.NaN;
    if (number >= min && number <= max && Number.isSafeInteger(number)) return number;
    const code = Number.isNaN(number) ? "bad-number" : "number-out-of-range";
    const found = piece.text === "" ? "nothing" : `"${piece.text}"`;
    return this.failAt(piece, code, `${name} must be a number of ${min} to ${max}, found ${found}`);
  }

  /** One of `names`, without regard to case, in their spelling. */
  oneOf<Name extends string>(piece: TextPiece, names: readonly Name[], what = "value"): Name {
    const wanted = piece.text.toLowerCase();
    const found = names.find((name) => name.toLowerCase() === wanted);
    if (found !== undefined) return found;
    const message = `unknown ${what} "${piece.text}", expected one of ${names.join(", ")}`;
    return this.failAt(piece, "unknown-value", message, didYouMean(piece.text, names));
  }
}

/** Text without the backslashes of `\"`, `\;`, `\:` and `\\`; one before anything else stays out too. */
export function unescapeText(text: string): string {
  return text.replace(/\\([\s\S])/g, "$1");
}
