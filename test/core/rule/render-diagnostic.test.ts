import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../src/core/rule/diagnostic.ts";
import { diagnosticToJson, renderDiagnostic } from "../../../src/core/rule/render-diagnostic.ts";
import { suggest } from "../../../src/core/rule/suggest.ts";

const diagnostic: Diagnostic = {
  code: "unknown-keyword",
  severity: "error",
  span: { file: "local.rules", line: 12, column: 41, length: 7 },
  message: 'unknown keyword "contnet"',
  hint: 'did you mean "content"?',
  source: 'alert http any any -> any any (msg:"x"; contnet:"abc"; sid:1;)',
  sid: 1,
};

describe("renderDiagnostic", () => {
  it("shows place, source line, caret and hint", () => {
    expect(renderDiagnostic(diagnostic)).toBe(
      [
        'local.rules:12:41: error[unknown-keyword]: unknown keyword "contnet"',
        '   12 | alert http any any -> any any (msg:"x"; contnet:"abc"; sid:1;)',
        '      |                                         ^^^^^^^ did you mean "content"?',
      ].join("\n"),
    );
  });

  it("cuts a long line around the caret", () => {
    const source = `${"a".repeat(500)}here${"b".repeat(500)}`;
    const span = { ...diagnostic.span, column: 501, length: 4 };
    const [, line = "", caret = ""] = renderDiagnostic(
      { ...diagnostic, source, span },
      { widthMax: 40 },
    ).split("\n");
    expect(line).toHaveLength("   12 | ".length + 40 + 6);
    expect(line.slice(caret.indexOf("^"), caret.indexOf("^") + 4)).toBe("here");
    expect(caret).toContain("^^^^ did");
  });

  it("counts characters, not bytes, of UTF-8 and shows one column for a tab", () => {
    const source = 'msg:"\u00c3\u00a4\t"; contnet:"x";';
    const span = { ...diagnostic.span, column: source.indexOf("contnet") + 1 };
    const [, line = "", caret = ""] = renderDiagnostic({ ...diagnostic, source, span }).split("\n");
    expect(line).toBe('   12 | msg:"\u00e4 "; contnet:"x";');
    expect(caret.indexOf("^")).toBe(line.indexOf("contnet"));
  });

  it("colours only when asked", () => {
    expect(renderDiagnostic(diagnostic)).not.toContain("\u001b");
    expect(renderDiagnostic(diagnostic, { colour: "ansi" })).toContain(
      "\u001b[1;31m^^^^^^^\u001b[0m",
    );
  });

  it("gives a flat object for JSON", () => {
    expect(diagnosticToJson(diagnostic)).toMatchObject({
      file: "local.rules",
      line: 12,
      column: 41,
      length: 7,
      severity: "error",
      code: "unknown-keyword",
      hint: 'did you mean "content"?',
      sid: 1,
    });
  });
});

describe("suggest", () => {
  it.each([
    ["contnet", "content"],
    ["nocas", "nocase"],
    ["http.url", "http.uri"],
    ["CONTENT", "content"],
    ["xyz", undefined],
    ["", undefined],
  ])("for %s", (word, nearest) => {
    expect(suggest(word, ["content", "nocase", "http.uri", "pcre"])).toBe(nearest);
  });
});
