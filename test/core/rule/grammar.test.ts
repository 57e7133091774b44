import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseRules } from "../../../src/core/rule/parse-rules.ts";
import { GrammarParser } from "../../../src/core/rule/rule-grammar.ts";

const parser = new GrammarParser();

const kinds = [
  "alert tcp any any -> any any (sid:1;)",
  "pass http:request_line any any => any any (sid:1;)",
  "drop tcp-pkt 10.0.0.1 80 <> [10.0.0.0/8,!10.1.0.0/16] ![80,443] (sid:1;)",
  "alert udp ![$HOME_NET,[::1,!fe80::/10]] !5800,!445 -> $EXTERNAL_NET 1024: (nocase; content:|41|; sid:1;)",
  'alert ip [ 1.1.1.1 , 2.2.2.2 ] any -> any [80 ,443,] ( msg : "a\\;b" ; sid:1 ; )) ',
  'config dns any any -> any any (msg:"no \\" \\: \\\\"; config:logging disable, type tx, scope tx; sid:1;)',
  "alert tcp any any any any any (sid:1;)",
];

describe("rule grammar", () => {
  it.each(kinds)("has exactly one parse for %s", (rule) => {
    expect(parser.parseHeaders(rule.slice(0, rule.indexOf("(")))).toHaveLength(1);
    expect(parser.parseRule(rule)).not.toBeNull();
  });

  it("has no parse for a rule that stops early, at any place", () => {
    const whole = 'alert tcp [any] any -> any any (msg:"a"; sid:1;)';
    for (let end = 0; end < whole.length; end++)
      expect(parser.parseRule(whole.slice(0, end))).toBeNull();
    expect(parser.parseRule(whole)).not.toBeNull();
  });

  it("takes time in proportion to the length", () => {
    const rule = (count: number) =>
      `alert tcp any any -> any any (${'content:"a"; '.repeat(count)}sid:1;)`;
    const list = (count: number) =>
      `alert tcp [${"1.1.1.1,".repeat(count)}2.2.2.2] any -> any any (sid:1;)`;
    const nest = (depth: number) =>
      `alert tcp ${"[".repeat(depth)}any${"]".repeat(depth)} any -> any any (sid:1;)`;
    for (const make of [rule, list, nest]) {
      const startedAt = performance.now();
      expect(parser.parseRule(make(5000))).not.toBeNull();
      expect(performance.now() - startedAt).toBeLessThan(4000);
    }
  });
});

const corpus = path.resolve("../shared/corpus/rules/et-open.rules");

describe.skipIf(!fs.existsSync(corpus))("real rules", () => {
  const text = fs.existsSync(corpus) ? fs.readFileSync(corpus, "latin1") : "";

  it("all parse, without a complaint", () => {
    const codes: string[] = [];
    const summary = parseRules(
      "et-open.rules",
      text,
      () => {},
      ({ code }) => codes.push(code),
    );
    expect(codes).toEqual([]);
    expect(summary.parsedCount).toBe(33_885);
  });
});
