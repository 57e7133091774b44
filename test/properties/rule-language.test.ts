import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../src/core/bytes/latin1.ts";
import { printRule } from "../../src/core/rule/print-rule.ts";
import { GrammarParser } from "../../src/core/rule/rule-grammar.ts";
import { parseText, treeOf } from "../core/rule/parse-text.ts";
import { ruleSentences } from "../core/rule/rule-sentences.ts";
import { ruleTarget } from "../fuzz/rule.ts";

const latin1 = fc.uint8Array({ maxLength: 300 }).map((bytes) => String.fromCharCode(...bytes));

/** Strings of what rules are made of, in any order. */
const nearRules = fc
  .array(
    fc.constantFrom(
      "alert ",
      "tcp ",
      "any ",
      "-> ",
      "[",
      "]",
      ",",
      "!",
      "(",
      ")",
      "msg",
      ":",
      ";",
      '"',
      "\\",
      "\n",
      " ",
      "\t",
      "\\\n",
      "#",
      "80:90",
      "1.1.1.1/8",
      "::1",
      "$HOME_NET ",
      "content",
      "|41|",
      "sid:1;",
      "\u0000",
      "\u00ff",
      "\r",
      "alert tcp any any -> any any (",
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("the rule language", () => {
  it("never throws, on any string", () => {
    fc.assert(
      fc.property(fc.oneof(latin1, nearRules, fc.string()), (text) => {
        ruleTarget.run(latin1ToBytes(text));
        parseText(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives a rule or a problem for every logical rule, never nothing", () => {
    fc.assert(
      fc.property(nearRules, (text) => {
        const { summary, rules, diagnostics } = parseText(text);
        const errors = diagnostics.filter(({ severity }) => severity !== "warning");
        expect(rules.length).toBe(summary.parsedCount);
        expect(errors.length).toBeGreaterThanOrEqual(summary.ruleCount - summary.parsedCount);
      }),
      { numRuns: 2000 },
    );
  });

  it("points every problem at a place in its source line", () => {
    fc.assert(
      fc.property(nearRules, (text) => {
        for (const { span, source } of parseText(text).diagnostics) {
          expect(source).toBeDefined();
          expect(span.column).toBeGreaterThanOrEqual(1);
          expect(span.column).toBeLessThanOrEqual((source?.length ?? 0) + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts every sentence of the grammar, with one parse", () => {
    const parser = new GrammarParser();
    fc.assert(
      fc.property(ruleSentences, (rule) => {
        expect(parser.parseHeaders(rule.slice(0, rule.indexOf("(")))).toHaveLength(1);
        expect(parser.parseRule(rule)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it("prints a tree as a rule that parses to the same tree", () => {
    fc.assert(
      fc.property(fc.oneof(ruleSentences, nearRules), (text) => {
        for (const rule of parseText(text).rules) {
          const printed = printRule(rule);
          const { rules, diagnostics } = parseText(printed);
          expect(diagnostics, printed).toEqual([]);
          expect(rules.map(treeOf)).toEqual([treeOf(rule)]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
