import { describe, expect, it } from "vitest";
import { matchesNumber, parseNumberComparison } from "../../../src/core/rule/number-comparison.ts";

describe("number comparisons", () => {
  it.each([
    ["10", "equal", [10], [9, 11]],
    ["=10", "equal", [10], [9, 11]],
    ["= 10", "equal", [10], [9]],
    ["!10", "notEqual", [9, 11], [10]],
    ["!=10", "notEqual", [9], [10]],
    ["<10", "less", [0, 9], [10]],
    ["<=10", "lessEqual", [10], [11]],
    ["> 10", "greater", [11], [10]],
    [">=10", "greaterEqual", [10], [9]],
    ["10-20", "range", [11, 19], [10, 20]],
    ["10<>20", "range", [11, 19], [10, 20]],
    ["10 - 20", "range", [15], [20]],
    ["!10-20", "notRange", [10, 20, 0], [11, 19]],
    ["&0xf0=0x10", "bitmask", [0x10, 0x1f], [0x20, 0x30]],
    ["& 3 != 1", "notBitmask", [0, 2, 3], [1, 5]],
    ["0xff", "equal", [255], [256]],
    ["1kb", "equal", [1024], [1]],
    [">2MiB", "greater", [2 ** 21 + 1], [2 ** 21]],
    ["&0x8000000000=0x8000000000", "bitmask", [2 ** 39, 2 ** 39 + 5], [2 ** 38, 5]],
  ])("%s", (text, operator, matching, others) => {
    const comparison = parseNumberComparison(text, { bits: 64 });
    expect(comparison.operator).toBe(operator);
    for (const n of matching) expect(matchesNumber(comparison, n), String(n)).toBe(true);
    for (const n of others) expect(matchesNumber(comparison, n), String(n)).toBe(false);
  });

  it("takes names for numbers, negated too", () => {
    const names = new Map([
      ["echo-request", 8],
      ["time-exceeded", 11],
    ]);
    expect(parseNumberComparison("Echo-Request", { bits: 8, names })).toMatchObject({
      operator: "equal",
      value: 8,
    });
    expect(parseNumberComparison("!time-exceeded", { bits: 8, names })).toMatchObject({
      operator: "notEqual",
    });
    expect(parseNumberComparison(">7", { bits: 8, names })).toMatchObject({
      operator: "greater",
      value: 7,
    });
  });

  it.each([
    ["", "missing-value"],
    ["abc", "bad-number"],
    ["<abc", "bad-number"],
    ["10-", "bad-comparison"],
    ["==10", "bad-comparison"],
    ["10 20", "bad-comparison"],
    ["256", "number-out-of-range"],
    ["10-11", "impossible-comparison"],
    ["20-10", "impossible-comparison"],
    ["<0", "impossible-comparison"],
    [">=0", "impossible-comparison"],
    [">255", "impossible-comparison"],
    ["<=255", "impossible-comparison"],
    ["&1=2", "impossible-comparison"],
    ["10xb", "bad-number"],
  ])("refuses %s: %s", (text, code) => {
    expect(() => parseNumberComparison(text, { bits: 8 })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("refuses units where there are none", () => {
    expect(() => parseNumberComparison("1kb", { bits: 32, units: false })).toThrow(
      expect.objectContaining({ code: "bad-number" }),
    );
  });
});
