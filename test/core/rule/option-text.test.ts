import { describe, expect, it } from "vitest";
import type { RuleError } from "../../../src/core/rule/diagnostic.ts";
import { OptionText, unescapeText } from "../../../src/core/rule/option-text.ts";

function failureOf(run: () => unknown): RuleError {
  try {
    run();
  } catch (error) {
    return error as RuleError;
  }
  throw new Error("nothing was thrown");
}

describe("OptionText", () => {
  it("splits with the place of every piece", () => {
    const option = new OptionText("flow", "established , to_server,");
    expect(option.split()).toEqual([
      { text: "established", offset: 0 },
      { text: "to_server", offset: 14 },
      { text: "", offset: 24 },
    ]);
    expect(option.split(",", 2)[1]).toEqual({ text: "to_server,", offset: 14 });
    expect(option.words({ text: "a  bc", offset: 3 })).toEqual([
      { text: "a", offset: 3 },
      { text: "bc", offset: 6 },
    ]);
  });

  it("takes text out of its quotes", () => {
    expect(new OptionText("msg", '"a \\"b"').quoted()).toEqual({
      text: 'a \\"b',
      offset: 1,
      negated: false,
    });
    const negated = new OptionText("content", '! "a"').quoted({ negation: "allowed" });
    expect(negated).toEqual({ text: "a", offset: 3, negated: true });
    expect(new OptionText("pcre", "/a/").quoted({ quotes: "optional" }).text).toBe("/a/");
    expect(unescapeText('a\\"b\\;c\\\\d\\:')).toBe('a"b;c\\d:');
  });

  it.each([
    [null, "missing-value", -1],
    ["abc", "missing-quotes", 0],
    ['"abc', "unbalanced-quotes", 0],
    ['"', "unbalanced-quotes", 0],
    ['""', "missing-value", 0],
    ['"a" b', "unbalanced-quotes", 0],
  ])("refuses %s as a quoted value: %s", (value, code, offset) => {
    expect(failureOf(() => new OptionText("msg", value).quoted())).toMatchObject({ code, offset });
  });

  it("reads numbers in a range and points at bad ones", () => {
    const option = new OptionText("depth", "a, 70000, 0x10, -3");
    const pieces = option.split();
    expect(option.integer(pieces[1]!, { max: 70_000 })).toBe(70_000);
    expect(option.integer(pieces[2]!, { max: 70_000, hex: "allowed" })).toBe(16);
    expect(option.integer(pieces[3]!, { min: -5, max: 0 })).toBe(-3);
    expect(failureOf(() => option.integer(pieces[0]!, { max: 9 }))).toMatchObject({
      code: "bad-number",
      offset: 0,
    });
    expect(failureOf(() => option.integer(pieces[1]!, { max: 65_535 }))).toMatchObject({
      code: "number-out-of-range",
      offset: 3,
      length: 5,
    });
    expect(failureOf(() => option.integer(pieces[2]!, { max: 99 }))).toMatchObject({
      code: "bad-number",
    });
  });

  it("knows names without regard to case and suggests the nearest", () => {
    const option = new OptionText("threshold", "BY_SRC,by_dts");
    const [first, second] = option.split();
    expect(option.oneOf(first!, ["by_src", "by_dst"])).toBe("by_src");
    expect(failureOf(() => option.oneOf(second!, ["by_src", "by_dst"]))).toMatchObject({
      hint: 'did you mean "by_dst"?',
      offset: 7,
    });
  });

  it("knows whether there is a value", () => {
    expect(failureOf(() => new OptionText("nocase", "x").requireNone()).code).toBe(
      "unexpected-value",
    );
    expect(failureOf(() => new OptionText("sid", " ").required()).code).toBe("missing-value");
    new OptionText("nocase", null).requireNone();
  });
});
