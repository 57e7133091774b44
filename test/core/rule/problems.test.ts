import { describe, expect, it } from "vitest";
import { parseText } from "./parse-text.ts";

/** Rule, then `code@column` for every problem in it. */
const cases: readonly (readonly [rule: string, ...problems: string[]])[] = [
  ["alrt tcp any any -> any any (sid:1;)", "unknown-action@1"],
  ["accept tcp any any -> any any (sid:1;)", "firewall-action@1"],
  ["drop:flow tcp any any -> any any (sid:1;)", "firewall-action@1"],
  ["alert t/cp any any -> any any (sid:1;)", "bad-protocol@7"],
  ["alert tcp any any <- any any (sid:1;)", "unknown-direction@19"],
  ["alert tcp any any any any any (sid:1;)", "unknown-direction@19"],
  ["alert tcp any any [80] any any (sid:1;)", "missing-direction@19"],
  [
    "alrt tcp any any <- any any (sid:1; a b:c;)",
    "unknown-action@1",
    "unknown-direction@18",
    "missing-semicolon@38",
  ],
  ["alert tcp any -> any any (sid:1;)", "missing-port@15"],
  ["alert tcp any any -> any (sid:1;)", "missing-port@26"],
  ["alert tcp -> any any (sid:1;)", "missing-address@11"],
  ["alert tcp any any -> (sid:1;)", "missing-address@22"],
  ["alert tcp any any -> any", "incomplete-header@25"],
  ["alert", "incomplete-header@6"],
  ["hello world", "unknown-action@1"],
  ["alert tcp any any -> any any", "missing-options@29"],
  ["alert tcp [1.1.1.1 any -> any any (sid:1;)", "missing-comma@20"],
  ["alert tcp [1.1.1.1 -> any any (sid:1;)", "unbalanced-list@11"],
  ["alert tcp any [[80,443] -> any any (sid:1;)", "unbalanced-list@15"],
  ["alert tcp 1.1.1.1] any -> any any (sid:1;)", "unbalanced-list@18"],
  ["alert tcp any any -> any [] (sid:1;)", "empty-list@27"],
  ["alert tcp any [,80] -> any any (sid:1;)", "empty-list-item@16"],
  ["alert tcp any [80,,90] -> any any (sid:1;)", "empty-list-item@19"],
  ["alert tcp any 80:!90 -> any any (sid:1;)", "misplaced-negation@18"],
  ["alert tcp any any -> any 80, 443 8 (sid:1;)", "unexpected-text@34"],
  ['alert tcp any any -> any any msg:"x"; (sid:1;)', "missing-parenthesis@30"],
  ["alert tcp any any -> any any ()", "no-options@31"],
  ["alert tcp any any -> any any (", "unterminated-rule@30"],
  ['alert tcp any any -> any any (msg:"x', "unterminated-rule@36"],
  ['alert tcp any any -> any any (msg:"x"; sid:1)', "missing-semicolon@45"],
  ['alert tcp any any -> any any (msg:"x" sid:1;)', "missing-semicolon@38"],
  ['alert tcp any any -> any any (nocase content:"x"; sid:1;)', "missing-semicolon@37"],
  ['alert tcp any any -> any any (content:"x; sid:1;)', "unbalanced-quotes@39"],
  ["alert tcp any any -> any any (sid:1;; rev:1;)", "empty-option@37"],
  ["alert tcp any any -> any any (:x; sid:1;)", "empty-option@31"],
  ["alert tcp any any -> any any (a=b; sid:1;)", "bad-option-name@32"],
  ["alert tcp any any -> any any (sid:1;) # note", "text-after-rule@39"],
];

describe("problems of broken rules", () => {
  it.each(cases)("%s", (rule, ...problems) => {
    const { rules, diagnostics } = parseText(rule);
    expect(rules).toEqual([]);
    expect(diagnostics.map(({ code, span }) => `${code}@${span.column}`)).toEqual(problems);
    for (const { message, source } of diagnostics) {
      expect(message).toMatch(/^[^A-Z].*[^.]$/s);
      expect(source).toBe(rule);
    }
  });

  it("suggests the way out", () => {
    const hintOf = (rule: string) => parseText(rule).diagnostics[0]?.hint;
    expect(hintOf("alrt tcp any any -> any any (sid:1;)")).toBe('did you mean "alert"?');
    expect(hintOf("alert tcp any any <- any any (sid:1;)")).toBe(
      'swap the two sides and write "->"',
    );
    expect(hintOf("alert tcp any -> any any (sid:1;)")).toBe('write "any" for all ports');
    expect(hintOf('alert tcp any any -> any any (content:"x; sid:1;)')).toBe(
      'write a semicolon inside the quotes as "\\;"',
    );
  });
});
