/** What the regex compiler refuses, and where it points. */
import { describe, expect, it } from "vitest";
import { RegexSyntaxError } from "../../../src/core/match/regex/index.ts";
import { regex } from "./regex-harness.ts";

function refusal(pattern: string): { message: string; offset: number } {
  try {
    regex(pattern);
  } catch (error) {
    if (error instanceof RegexSyntaxError) return { message: error.message, offset: error.offset };
    throw error;
  }
  throw new Error(`/${pattern}/ was accepted`);
}

describe("the regex compiler", () => {
  it.each([
    ["a(b", "no closing", 1],
    ["a)", 'unmatched ")"', 1],
    ["[a", 'no closing "]"', 0],
    ["[z-a]", "out of order", 4],
    ["[\\d-z]", "end of a range", 3],
    ["a**", "nothing to repeat", 2],
    ["\\b+", "nothing to repeat", 0],
    ["a{3,2}", "out of order", 1],
    ["a{65536}", "at most 65535", 1],
    ["\\y", "unknown escape", 1],
    ["\\x{100}", "above 255", 2],
    ["a\\", "ends with a backslash", 2],
    ["(?<=a+)b", "fixed length", 0],
    ["(?<n>a)(?<n>b)", "two groups", 12],
    ["\\2(a)", "does not exist", 1],
    ["[[:foo:]]", "unknown or unsupported class", 1],
    ["(?z)", "unknown inline flag", 0],
    ["(?R)", "recursion", 0],
    ["(a)(?1)", "recursion", 3],
    ["(*UTF8)a", "verbs", 0],
    ["\\p{L}", "Unicode", 1],
    ["(?(1)a|b|c)(d)", "at most two", 0],
  ])("refuses %s", (pattern, message, offset) => {
    const found = refusal(pattern);
    expect(found.message).toContain(message);
    expect(found.offset).toBe(offset);
  });

  it("refuses nesting that would exhaust its own stack", () => {
    expect(refusal(`${"(".repeat(5_000)}${")".repeat(5_000)}`).message).toContain(
      "nested too deeply",
    );
  });

  it("takes a brace that is no repeat, and a bracket that is no class, as themselves", () => {
    for (const pattern of ["a{", "a{x}", "a{,3}", "]", "}", "a]b"]) regex(pattern);
  });
});
