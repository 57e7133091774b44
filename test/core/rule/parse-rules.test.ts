import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Span } from "../../../src/core/rule/diagnostic.ts";
import { RULE_LENGTH_MAX } from "../../../src/core/rule/parse-rules.ts";
import { parseText, treeOf } from "./parse-text.ts";

function only(text: string) {
  const { rules, diagnostics } = parseText(text);
  expect(diagnostics).toEqual([]);
  expect(rules).toHaveLength(1);
  return rules[0]!;
}

/** The text that a span covers. */
function under(text: string, { line, column, length }: Span): string {
  return (text.split("\n")[line - 1] ?? "").slice(column - 1, column - 1 + length);
}

describe("parseRules", () => {
  it("gives every part of a rule with the span it stands at", () => {
    const text = 'Alert TCP-PKT $HOME_NET ![80,443] -> any 1024: (Msg: "a b" ; nocase; sid:1;)';
    const { header, options } = only(text);
    expect(header.action).toBe("alert");
    expect(header.protocol).toBe("tcp-pkt");
    expect(under(text, header.actionSpan)).toBe("Alert");
    expect(under(text, header.protocolSpan)).toBe("TCP-PKT");
    expect(under(text, header.source.span)).toBe("$HOME_NET");
    expect(under(text, header.sourcePorts.span)).toBe("![80,443]");
    expect(under(text, header.destinationPorts.span)).toBe("1024:");
    expect(options.map(({ name, value }) => [name, value])).toEqual([
      ["msg", '"a b"'],
      ["nocase", null],
      ["sid", "1"],
    ]);
    expect(under(text, options[0]!.nameSpan)).toBe("Msg");
    expect(under(text, options[0]!.valueSpan)).toBe('"a b"');
  });

  it("ends a value at the first semicolon without a backslash, inside quotes too", () => {
    const { rules, diagnostics } = parseText(
      'alert tcp any any -> any any (content:"a;b"; sid:1;)',
    );
    expect(rules).toEqual([]);
    expect(diagnostics.map(({ code, span }) => [code, span.column])).toContainEqual([
      "unbalanced-quotes",
      39,
    ]);
    const kept = only('alert tcp any any -> any any (content:"a\\;b"; sid:1;)');
    expect(kept.options[0]!.value).toBe('"a\\;b"');
  });

  it("keeps an empty value apart from none", () => {
    const { options } = only("alert tcp any any -> any any (a:; b; sid:1;)");
    expect(options.slice(0, 2).map(({ value }) => value)).toEqual(["", null]);
  });

  it("joins continued lines and keeps the places of each", () => {
    const text = 'alert tcp any any -> \\\n  any any (msg:"x"; \\  \r\n\tsid:1; \\\nrev:2;)\n';
    const rule = only(text);
    expect(rule.text).toBe('alert tcp any any ->   any any (msg:"x"; \tsid:1; rev:2;)');
    expect(rule.header.destination.span).toEqual({
      file: "local.rules",
      line: 2,
      column: 3,
      length: 3,
    });
    expect(rule.options.map(({ nameSpan }) => [nameSpan.line, nameSpan.column])).toEqual([
      [2, 12],
      [3, 2],
      [4, 1],
    ]);
  });

  it("cuts a span at the end of its line", () => {
    const rule = only('alert tcp any any -> any any (msg:"ab\\\ncd"; sid:1;)');
    expect(rule.options[0]!.value).toBe('"abcd"');
    expect(rule.options[0]!.valueSpan).toEqual({
      file: "local.rules",
      line: 1,
      column: 35,
      length: 3,
    });
  });

  it("passes over comments, blank lines, a byte order mark and CRLF", () => {
    const rule = "alert tcp any any -> any any (sid:1;)";
    const text = `\u00ef\u00bb\u00bf# note \\\r\n\r\n   \t\r\n; note\r\n  # note\r\n${rule}\r\n${rule}`;
    const { rules, diagnostics, summary } = parseText(text);
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ span }) => [span.line, span.column])).toEqual([
      [6, 1],
      [7, 1],
    ]);
    expect(summary).toEqual({
      file: "local.rules",
      lineCount: 7,
      commentCount: 3,
      ruleCount: 2,
      parsedCount: 2,
    });
  });

  it("leaves out a line that starts with a space, and says so", () => {
    const { rules, diagnostics } = parseText(" alert tcp any any -> any any (sid:1;)");
    expect(rules).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "indented-line", severity: "warning" }]);
  });

  it("loads a rule without its closing parenthesis, with a warning", () => {
    const { rules, diagnostics } = parseText("alert tcp any any -> any any (sid:7;");
    expect(rules).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      { code: "missing-parenthesis", severity: "warning", sid: 7 },
    ]);
  });

  it("keeps odd bytes and UTF-8 as they are", () => {
    const bytes = "\u00e4\u00ff\u0000\u0080 \u00f0\u009f\u0098\u0080";
    expect(only(`alert tcp any any -> any any (msg:"${bytes}"; sid:1;)`).options[0]!.value).toBe(
      `"${bytes}"`,
    );
  });

  it("goes on after a bad rule", () => {
    const good = "alert tcp any any -> any any (sid:1;)";
    const { rules, diagnostics, summary } = parseText(`${good}\nalert tcp\n${good}\n`);
    expect(rules).toHaveLength(2);
    expect(diagnostics).toHaveLength(1);
    expect(summary).toMatchObject({ ruleCount: 3, parsedCount: 2 });
  });

  it("reads a comma list outside brackets as a list", () => {
    const bare = only("alert tcp any !5800,!445 -> any 80,443 (sid:1;)");
    const bracketed = only("alert tcp any [!5800,!445] -> any [80,443] (sid:1;)");
    expect(treeOf(bare)).toEqual(treeOf(bracketed));
  });

  it("reports a rule longer than the limit and lists that are too deep", () => {
    const long = `alert tcp any any -> any any (msg:"${"a".repeat(RULE_LENGTH_MAX)}"; sid:1;)`;
    expect(parseText(long).diagnostics).toMatchObject([{ code: "rule-too-long" }]);
    const deep = `alert tcp ${"[".repeat(40)}any${"]".repeat(40)} any -> any any (sid:1;)`;
    expect(parseText(deep).diagnostics).toMatchObject([{ code: "list-too-deep" }]);
  });
});

const golden = path.resolve("test/golden/syntax");

describe("golden syntax trees", () => {
  const names = fs.readdirSync(golden).filter((name) => name.endsWith(".rules"));
  it.each(names)("%s", (name) => {
    const { rules, diagnostics } = parseText(fs.readFileSync(path.join(golden, name), "latin1"));
    const tree = `${JSON.stringify({ rules: rules.map(treeOf), diagnostics }, null, 1)}\n`;
    const expected = path.join(golden, name.replace(/\.rules$/, ".tree"));
    if (process.env.UPDATE_GOLDEN) fs.writeFileSync(expected, tree, "latin1");
    expect(tree).toBe(fs.readFileSync(expected, "latin1"));
  });
});
