/**
 * Fuzzes the regex compiler and both engines: the bytes are flags, then a pattern, a zero byte, a subject.
 * Whatever the pattern, compiling ends in a `RegexSyntaxError` or a regex; whatever the subject, searching
 * ends within the step limit and reports a match inside the range.
 */
import {
  compileRegex,
  LIMIT,
  MATCH,
  NO_MATCH,
  RegexSyntaxError,
} from "../../src/core/match/regex/index.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const STEP_LIMIT = 100_000;

export const regexTarget: FuzzTarget = { name: "regex", run };

function run(bytes: Uint8Array): void {
  const flags = bytes[0] ?? 0;
  const zero = bytes.indexOf(0, 1);
  const patternEnd = zero < 0 ? bytes.length : zero;
  const pattern = String.fromCharCode(...bytes.subarray(1, Math.min(patternEnd, 4_096)));
  const regex = tryCompile(pattern, flags);
  if (regex === undefined) return;
  const start = Math.min(patternEnd + 1, bytes.length);
  const result = regex.search(bytes, start, bytes.length, start);
  if (result !== MATCH && result !== NO_MATCH && result !== LIMIT)
    throw new Error(`result ${result}`);
  if (result !== MATCH) return;
  const groups = regex.captures();
  if (regex.matchEnd < start || regex.matchEnd > bytes.length)
    throw new Error("match end out of range");
  if (regex.matchStart < start || regex.matchStart > bytes.length)
    throw new Error("match start out of range");
  for (const offset of groups) {
    if (offset !== -1 && (offset < start || offset > bytes.length))
      throw new Error("group out of range");
  }
}

function tryCompile(pattern: string, flags: number) {
  try {
    return compileRegex(
      pattern,
      {
        caseless: (flags & 1) !== 0,
        dotAll: (flags & 2) !== 0,
        multiline: (flags & 4) !== 0,
        extended: (flags & 8) !== 0,
        anchored: (flags & 16) !== 0,
        dollarEndOnly: (flags & 32) !== 0,
        ungreedy: (flags & 64) !== 0,
      },
      { stepLimit: STEP_LIMIT },
    );
  } catch (error) {
    if (error instanceof RegexSyntaxError) return undefined;
    throw error;
  }
}
