/**
 * The checks of a rule's options that hold for every keyword: an option has a name of one word, and a value
 * that opens a quote ends with one. Both catch a forgotten semicolon where it is missing.
 */
import type { Problem } from "./rule-source.ts";

/** An option as it stands in the rule's text; offsets count from the start of the rule. */
export interface OptionPlace {
  readonly name: string;
  readonly nameOffset: number;
  /** Null without a colon. */
  readonly value: string | null;
  readonly valueOffset: number;
}

/** Removes white space around `text[start, end)`; the two ends that are left. */
export function trimRange(
  text: string,
  start: number,
  end: number,
): { start: number; end: number } {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return { start: from, end: to };
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function checkOption(option: OptionPlace): Problem | null {
  return checkName(option) ?? (option.value === null ? null : checkQuotes(option, option.value));
}

function checkName({ name, nameOffset }: OptionPlace): Problem | null {
  const space = name.search(/\s/);
  if (space >= 0) {
    const word = name.slice(0, space);
    return {
      code: "missing-semicolon",
      message: `expected ":" or ";" after "${word}", found "${name.slice(space).trim().slice(0, 40)}"`,
      offset: nameOffset + space,
      length: 1,
      hint: 'every option ends with ";"',
    };
  }
  if (name === "") {
    return {
      code: "empty-option",
      message: "option without a name",
      offset: nameOffset,
      length: 1,
    };
  }
  const odd = name.search(/[^a-zA-Z0-9_.-]/);
  if (odd < 0) return null;
  return {
    code: "bad-option-name",
    message: `"${name.slice(0, 40)}" is not an option name`,
    offset: nameOffset + odd,
    length: 1,
    hint: "names have letters, digits, dots, dashes and underscores",
  };
}

function checkQuotes({ name, valueOffset }: OptionPlace, value: string): Problem | null {
  const quote = value.search(/[^!\s]/);
  if (quote < 0 || value[quote] !== '"') return null;
  if (value.endsWith('"') && value.length > quote + 1) return null;
  const closing = value.indexOf('"', quote + 1);
  if (closing < 0) {
    return {
      code: "unbalanced-quotes",
      message: `value of "${name}" opens a quote that is not closed before ";"`,
      offset: valueOffset + quote,
      length: 1,
      hint: 'write a semicolon inside the quotes as "\\;"',
    };
  }
  const last = value.lastIndexOf('"');
  // More words of the value (sd_pattern); a keyword that takes none says so.
  if (
    value
      .slice(last + 1)
      .trimStart()
      .startsWith(",")
  )
    return null;
  return {
    code: "missing-semicolon",
    message: `expected ";" after the value of "${name}", found "${value
      .slice(last + 1)
      .trim()
      .slice(0, 40)}"`,
    offset: valueOffset + last + 1,
    length: 1,
    hint: 'every option ends with ";"',
  };
}
