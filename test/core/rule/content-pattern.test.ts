import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bytesToLatin1 } from "../../../src/core/bytes/latin1.ts";
import { parseContentPattern } from "../../../src/core/rule/content-pattern.ts";
import { parseRules } from "../../../src/core/rule/parse-rules.ts";

describe("parseContentPattern", () => {
  it.each([
    ['"abc"', "abc", false],
    ['!"abc"', "abc", true],
    ['"a|42 43|d"', "aBCd", false],
    ['"|4142|"', "AB", false],
    ['"|4 1|"', "A", false],
    ['"\\"\\;\\:\\\\"', '";:\\', false],
    ['"http://a"', "http://a", false],
    ['"|7c||0d0A|"', "|\r\n", false],
    ['" a "', " a ", false],
    ['"\u00e4\u00ff"', "\u00e4\u00ff", false],
    ["abc", "abc", false],
  ])("%s", (text, pattern, negated) => {
    const { bytes, negated: found } = parseContentPattern(text);
    expect(bytesToLatin1(bytes, 0, bytes.length)).toBe(pattern);
    expect(found).toBe(negated);
  });

  it.each([
    ['"a|4"', "unterminated-hex", 2],
    ['"a|4|"', "odd-hex", 2],
    ['"|41 4g|"', "bad-hex", 6],
    ['"a\\nb"', "bad-escape", 2],
    ['"a\\"', "bad-escape", 2],
    ['"a"b"', "bad-escape", 2],
    ['"||"', "empty-pattern", 1],
    ['""', "missing-value", 0],
  ])("refuses %s: %s", (text, code, offset) => {
    let failure: unknown;
    try {
      parseContentPattern(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code, offset });
  });

  const corpus = path.resolve("../shared/corpus/rules/et-open.rules");
  it.skipIf(!fs.existsSync(corpus))("reads every pattern of real rules", () => {
    let count = 0;
    parseRules(
      "et-open.rules",
      fs.readFileSync(corpus, "latin1"),
      ({ options }) => {
        for (const { name, value } of options) {
          if (name === "content" && parseContentPattern(value ?? "").bytes.length > 0) count++;
        }
      },
      () => {},
    );
    expect(count).toBeGreaterThan(80_000);
  });
});
