/** Every search ends soon: known catastrophic patterns, many states, and what happens at the limits. */
import { describe, expect, it } from "vitest";
import { LIMIT, MATCH, NO_MATCH } from "../../../src/core/match/regex/index.ts";
import { latin1, regex } from "./regex-harness.ts";

function search(pattern: string, subject: string, letters = "", stepLimit?: number): number {
  const bytes = latin1(subject);
  return regex(pattern, letters, stepLimit).search(bytes, 0, bytes.length, 0);
}

describe("the bounds of a search", () => {
  it.each([
    ["(a+)+$", `${"a".repeat(5_000)}!`],
    ["(a|aa)+b", "a".repeat(5_000)],
    ["(a|a?)+b", "a".repeat(2_000)],
    ["([a-z]+)*\\1!", "a".repeat(2_000)],
    ["^(a+)+(?!x)b", "a".repeat(2_000)],
    ["(?>(a+)+)b", "a".repeat(2_000)],
    ["(.*?,){11}P", "1,2,3,4,5,6,7,8,9,10,11,12,13,14".repeat(20)],
    ["(x+x+)+y", "x".repeat(2_000)],
  ])("%s does not reach the step limit", (pattern, subject) => {
    expect(search(pattern, subject)).toBe(NO_MATCH);
  });

  it("a search that cannot be decided within the step limit says so", () => {
    const subject = `${"a".repeat(60)}b`;
    expect(search("(a*)*(a*)*(?=c)\\1b", subject, "", 10_000)).not.toBe(MATCH);
    expect(search("^(?:(a|ab|b)\\1?)+\\1c\\1?$|x(?=b)", `${"ab".repeat(40)}cxx`, "", 10_000)).toBe(
      LIMIT,
    );
  });

  it("a stack at its limit is a limit, not an error", () => {
    expect(search("(?:(a)\\1?)*c(?!b)", `${"a".repeat(400_000)}c`, "", 1_000_000_000)).toBe(LIMIT);
  });

  it("a repeat too large to write out is counted", () => {
    expect(search("^(?:[ab]c?){3000}$", "ab".repeat(1_500))).toBe(MATCH);
    expect(search("^(?:[ab]c?){3000}$", "ab".repeat(1_499))).toBe(NO_MATCH);
    expect(search("((a{100}){100}){100}", "a".repeat(100))).toBe(NO_MATCH);
  });

  it("a DFA cache at its limit is dropped and the answer stays right", () => {
    const compiled = regex("(?:[ab]*a[ab]{10}|x)c");
    let seed = 1;
    const bytes = Uint8Array.from({ length: 30_000 }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed > 0x7fffffff ? 0x61 : 0x62;
    });
    expect(compiled.search(bytes, 0, bytes.length, 0)).toBe(NO_MATCH);
    bytes[20_000] = 0x61;
    bytes[20_011] = 0x63;
    expect(compiled.search(bytes, 0, bytes.length, 19_000)).toBe(MATCH);
    expect(compiled.matchEnd).toBe(20_012);
    expect(compiled.matchStart).toBe(19_000);
  });
});
