/**
 * Shrike's byte regex engine: PCRE syntax, a bound on every search, no strings. See README.md.
 */
import { BACKTRACK_STEP_LIMIT } from "./limits.ts";
import { parsePattern } from "./parser.ts";
import { Regex } from "./regex.ts";

export { Regex } from "./regex.ts";
export { LIMIT, MATCH, NO_MATCH, type RegexResult } from "./result.ts";
export { RegexSyntaxError } from "./syntax-error.ts";

/** The modifiers of a rule's `pcre`; the letter of each in brackets. */
export interface RegexFlags {
  /** ASCII letters match in both cases (i). */
  readonly caseless: boolean;
  /** `.` matches a newline (s). */
  readonly dotAll: boolean;
  /** `^` and `$` match at inner newlines (m). */
  readonly multiline: boolean;
  /** White space and `#` comments in the pattern mean nothing (x). */
  readonly extended: boolean;
  /** A match must begin where the search does (A). */
  readonly anchored: boolean;
  /** `$` matches at the very end only, not before a last newline (E). */
  readonly dollarEndOnly: boolean;
  /** Quantifiers are lazy unless followed by `?` (G). */
  readonly ungreedy: boolean;
}

export const NO_REGEX_FLAGS: RegexFlags = {
  caseless: false,
  dotAll: false,
  multiline: false,
  extended: false,
  anchored: false,
  dollarEndOnly: false,
  ungreedy: false,
};

export interface RegexLimits {
  /** Steps one search may take on the backtracker before it returns LIMIT. */
  readonly stepLimit: number;
}

/**
 * Compiles a pattern given as latin-1: one character is one byte. Throws `RegexSyntaxError` for what PCRE2
 * refuses and for what is not supported (recursion, subroutine calls, verbs, callouts, Unicode).
 */
export function compileRegex(
  pattern: string,
  flags: RegexFlags,
  limits: RegexLimits = { stepLimit: BACKTRACK_STEP_LIMIT },
): Regex {
  const modes = { ...flags, extendedMore: false, plainGroups: false };
  const tree = parsePattern(pattern, modes);
  return new Regex({ pattern, modes, anchored: flags.anchored, stepLimit: limits.stepLimit }, tree);
}
