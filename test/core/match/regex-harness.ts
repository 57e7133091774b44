/** Compiles and runs a regex on text, for the tests of the engine. */
import {
  compileRegex,
  MATCH,
  NO_REGEX_FLAGS,
  type Regex,
} from "../../../src/core/match/regex/index.ts";

/** Compiles with flags given as the letters of a rule: `i s m x A E G`. */
export function regex(pattern: string, letters = "", stepLimit?: number): Regex {
  const flags = {
    ...NO_REGEX_FLAGS,
    caseless: letters.includes("i"),
    dotAll: letters.includes("s"),
    multiline: letters.includes("m"),
    extended: letters.includes("x"),
    anchored: letters.includes("A"),
    dollarEndOnly: letters.includes("E"),
    ungreedy: letters.includes("G"),
  };
  return stepLimit === undefined
    ? compileRegex(pattern, flags)
    : compileRegex(pattern, flags, { stepLimit });
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The bounds of the first match and of its groups, as `[start, end, start1, end1, ...]`; null for none. */
export function find(pattern: string, subject: string, letters = ""): number[] | null {
  const compiled = regex(pattern, letters);
  const bytes = latin1(subject);
  if (compiled.search(bytes, 0, bytes.length, 0) !== MATCH) return null;
  const groups = [...compiled.captures()];
  if (groups[0] !== compiled.matchStart || groups[1] !== compiled.matchEnd) {
    throw new Error(
      `bounds ${compiled.matchStart}..${compiled.matchEnd}, group 0 ${groups[0]}..${groups[1]}`,
    );
  }
  return groups;
}
