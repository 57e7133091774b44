/** What the regex engine matches, construct by construct; expectations are PCRE2's. */
import { describe, expect, it } from "vitest";
import { MATCH, NO_MATCH } from "../../../src/core/match/regex/index.ts";
import { find, latin1, regex } from "./regex-harness.ts";

type Case = readonly [pattern: string, subject: string, expected: number[] | null, flags?: string];

function check(cases: readonly Case[]): void {
  for (const [pattern, subject, expected, flags] of cases) {
    expect(
      find(pattern, subject, flags),
      `/${pattern}/${flags ?? ""} on ${JSON.stringify(subject)}`,
    ).toEqual(expected);
  }
}

describe("the regex engine", () => {
  it("finds the leftmost match and prefers as backtracking does, not the longest", () => {
    check([
      ["a|ab", "xab", [1, 2]],
      ["(?:a|ab)(?:c|bcd)", "abcd", [0, 4]],
      ["a*?", "aaa", [0, 0]],
      ["a+?b", "xaab", [1, 4]],
      ["(a+)(a*)", "aaa", [0, 3, 0, 3, 3, 3]],
      ["(a+?)(a*)", "aaa", [0, 3, 0, 1, 1, 3]],
      ["(|a)+", "aa", [0, 0, 0, 0]],
      ["(a*)*", "b", [0, 0, 0, 0]],
      ["a{2,3}", "aaaa", [0, 3]],
      ["a{2,3}?", "aaaa", [0, 2]],
      ["a+", "aaa", [0, 1], "G"],
      ["a+?", "aaa", [0, 3], "G"],
      ["x{,3}", "x{,3}", [0, 5]],
    ]);
  });

  it("tells the ends of the range from newlines", () => {
    check([
      ["a$", "a\n", [0, 1]],
      ["a$", "a\n", null, "E"],
      ["a\\Z", "a\n", [0, 1], "E"],
      ["a\\z", "a\n", null],
      ["a$", "a\nb", null],
      ["a$", "a\nb", [0, 1], "m"],
      ["^b", "a\nb", [2, 3], "m"],
      ["\\Ab", "a\nb", null, "m"],
      ["^", "a\n", [0, 0], "m"],
      ["(?m)(?<=\\n)^", "a\n", null],
      [".", "\n", null],
      [".", "\n", [0, 1], "s"],
      ["\\N", "\n", null, "s"],
      ["$", "ab\n", [2, 2]],
      ["[ab]{2}$", "aaab\n", [2, 4]],
      ["(?:a|ab)\\z", "abab", [2, 4]],
    ]);
  });

  it("reads classes as bytes and ASCII", () => {
    check([
      ["[\\w-]+", "-a_9\xe9", [0, 4]],
      ["\\s+", "\t\n\x0b\f\r \xa0", [0, 6]],
      ["\\h+", "\xa0\t ", [0, 3]],
      ["\\v+", "\x85\n", [0, 2]],
      ["[]a]+", "]a", [0, 2]],
      ["[^]a]", "]ab", [2, 3]],
      ["[[:alpha:][:^punct:]]+", "aZ9!", [0, 3]],
      ["[a\\]-c]+", "a]bc", [0, 4]],
      ["[\\x41-\\x43\\b]+", "AC\b", [0, 3]],
      ["[\\Qa-c\\E]+", "a-cb", [0, 3]],
      ["[[:lower:]]", "A", [0, 1], "i"],
      ["[^a]", "A", null, "i"],
      ["\xe9", "\xc9", null, "i"],
    ]);
  });

  it("reads escapes and quoting", () => {
    check([
      ["\\x41\\x{42}\\103\\o{104}\\e\\a\\cA", "ABCD\x1b\x07\x01", [0, 7]],
      ["\\Qa.b*\\E+", "a.b**", [0, 5]],
      ["\\0", "\0", [0, 1]],
      ["a b # comment\n c", "abc", [0, 3], "x"],
      ["a\\ [ ]b", "a  b", [0, 4], "x"],
      ["a(?#comment)+", "aa", [0, 2]],
      ["(?i)a(?-i)b", "Ab", [0, 2]],
      ["(?i)a(?-i)b", "AB", null],
      ["(a(?i)b|c)d", "Cd", [0, 2, 0, 1]],
      ["(?s-i:.)a", "\na", [0, 2]],
      ["(?n)(a)(?<x>b)", "ab", [0, 2, 1, 2]],
    ]);
  });

  it("looks around without consuming", () => {
    check([
      ["foo(?=bar)", "foofoobar", [3, 6]],
      ["foo(?!bar)", "foobarfoo", [6, 9]],
      ["(?<=a|bc)d", "xbcd", [3, 4]],
      ["(?<!a)b", "abb", [2, 3]],
      ["^((?!</a>).)+b", "xx</a>b", null, "s"],
      ["(?=(a+))a*b\\1", "baaabac", [3, 6, 3, 4]],
      ["\\bfoo\\b", "xfoo foo.", [5, 8]],
      ["\\Boo", "foo", [1, 3]],
      ["(?=a)?b", "b", [0, 1]],
    ]);
  });

  it("refers back to what groups captured", () => {
    check([
      ["(a|b)\\1", "abb", [1, 3, 1, 2]],
      ["(?P<q>['\"]).*?(?P=q)", "x'a\"b'", [1, 6, 1, 2]],
      ["(?<n>a)\\k<n>\\k{n}\\g{n}\\g1\\g{-1}", "aaaaaa", [0, 6, 0, 1]],
      ["(a)\\1", "aA", null],
      ["(a)\\1", "aA", [0, 2, 0, 1], "i"],
      ["(a)?\\1b", "b", null],
      ["(?|(a)|(b))\\1", "bb", [0, 2, 0, 1]],
      ["(a\\1?){3}", "aaaaaa", [0, 6, 3, 6]],
      ["(a)?(?(1)b|c)", "ab", [0, 2, 0, 1]],
      ["(a)?(?(1)b|c)", "c", [0, 1, -1, -1]],
      ["(?(?=a)ab|c)", "ab", [0, 2]],
    ]);
  });

  it("does not go back into atomic groups and possessive repeats", () => {
    check([
      ["(?>a+)ab", "aaab", null],
      ["a++b", "aab", [0, 3]],
      ["a*+a", "aaa", null],
      ["(?:ab?)++b", "abab", null],
      ["a\\Rb", "a\r\nb", [0, 4]],
      ["\\R\\n", "\r\n", null],
      ["foo\\Kbar", "foobar", [3, 6]],
    ]);
  });

  it("begins where asked and still sees the bytes before", () => {
    const compiled = regex("\\b\\w+$");
    const bytes = latin1("junk:one two:junk");
    expect(compiled.search(bytes, 5, 12, 6)).toBe(MATCH);
    expect([compiled.matchStart, compiled.matchEnd]).toEqual([9, 12]);
    expect(regex("^n").search(bytes, 5, 12, 6)).toBe(NO_MATCH);
    expect(regex("(?<=o)n").search(bytes, 6, 12, 6)).toBe(NO_MATCH);
    expect(regex("(?<=o)n").search(bytes, 5, 12, 6)).toBe(MATCH);
    expect(regex("ne", "A").search(bytes, 5, 12, 6)).toBe(MATCH);
    expect(regex("e", "A").search(bytes, 5, 12, 6)).toBe(NO_MATCH);
    expect(regex("\\Gne").search(bytes, 5, 12, 6)).toBe(MATCH);
  });

  it("names its groups", () => {
    const compiled = regex("(?<flow_a>.)(?P<b>.)(?'c'.)(.)");
    expect(compiled.groupCount).toBe(4);
    expect([...compiled.groupNames]).toEqual([
      ["flow_a", 1],
      ["b", 2],
      ["c", 3],
    ]);
  });
});
