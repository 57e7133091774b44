import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../src/core/rule/diagnostic.ts";
import {
  parseClassifications,
  parseReferenceSystems,
} from "../../../src/core/rule/reference-files.ts";
import { parseThresholdFile } from "../../../src/core/rule/threshold-file.ts";

function collect<T>(parse: (onDiagnostic: (diagnostic: Diagnostic) => void) => T) {
  const diagnostics: Diagnostic[] = [];
  return { result: parse((diagnostic) => diagnostics.push(diagnostic)), diagnostics };
}

describe("classification and reference files", () => {
  it("reads entries, comments and blank lines", () => {
    const text =
      "# note\n\nconfig classification: Bad-Unknown,Potentially Bad, very, 2\r\n  config classification:x,y,1\n";
    const { result, diagnostics } = collect((report) => parseClassifications("c", text, report));
    expect(diagnostics).toEqual([]);
    expect([...result.values()]).toEqual([
      { name: "bad-unknown", description: "Potentially Bad, very", priority: 2 },
      { name: "x", description: "y", priority: 1 },
    ]);
    const references = collect((report) =>
      parseReferenceSystems("r", "config reference: CVE\thttp://a/?n= \n", report),
    );
    expect(references.result.get("cve")).toEqual({ name: "cve", url: "http://a/?n=" });
  });

  it("reports any other line and keeps the first of two", () => {
    const text =
      "this is not correct\nconfig classification: a,b,1\nconfig classification: a,c,2\nconfig classification: a,b\n";
    const { result, diagnostics } = collect((report) => parseClassifications("c", text, report));
    expect(result.get("a")?.priority).toBe(1);
    expect(diagnostics.map(({ code, severity, span }) => [code, severity, span.line])).toEqual([
      ["bad-line", "error", 1],
      ["duplicate-classification", "warning", 3],
      ["bad-line", "error", 4],
    ]);
  });
});

describe("threshold files", () => {
  it("reads every kind of line", () => {
    const text = [
      "threshold gen_id 1, sig_id 2, type limit, track by_src, count 3, seconds 60",
      "event_filter gen_id 1, sig_id 0, type both, \\",
      "  track by_flow, count 1, seconds 2",
      "suppress gen_id 1, sig_id 5",
      "suppress gen_id 0, sig_id 0, track by_either, ip [10.0.0.0/8, !10.1.0.0/16]",
      "rate_filter gen_id 1, sig_id 7, track by_rule, count 1, seconds 60, new_action drop, timeout 30",
    ].join("\n");
    const { result, diagnostics } = collect((report) => parseThresholdFile("t", text, report));
    expect(diagnostics).toEqual([]);
    expect(result).toMatchObject([
      { kind: "threshold", gid: 1, sid: 2, type: "limit", track: "by_src", count: 3, seconds: 60 },
      { kind: "threshold", gid: 1, sid: 0, type: "both", track: "by_flow", span: { line: 2 } },
      { kind: "suppress", sid: 5, track: null, addresses: null },
      { kind: "suppress", gid: 0, sid: 0, track: "by_either", addresses: { kind: "list" } },
      { kind: "rateFilter", sid: 7, track: "by_rule", newAction: "drop", timeoutSeconds: 30 },
    ]);
  });

  it.each([
    ["treshold gen_id 1, sig_id 2", "bad-line", 1],
    ["threshold gen_id 1, sig_id 2, type limit, track by_src, seconds 60", "unknown-field", 57],
    ["threshold gen_id 1, sig_id 2, type limit, track by_src, count 3", "missing-field", 1],
    [
      "threshold gen_id 1, sig_id 2, type limt, track by_src, count 3, seconds 1",
      "unknown-value",
      36,
    ],
    [
      "threshold gen_id 1, sig_id x, type limit, track by_src, count 3, seconds 1",
      "bad-number",
      28,
    ],
    ["suppress gen_id 0, sig_id 2", "bad-target", 1],
    ["suppress gen_id 1, sig_id 2, track by_src, ip [1.1.1.1", "unbalanced-list", 47],
    ["suppress gen_id 1, sig_id 2, track by_src, ip 1.1.1.1, more 1", "unexpected-text", 56],
  ])("refuses %s: %s", (text, code, column) => {
    const { result, diagnostics } = collect((report) => parseThresholdFile("t", text, report));
    expect(result).toEqual([]);
    expect(diagnostics).toMatchObject([{ code, span: { line: 1, column } }]);
  });
});

const configs = path.resolve("../shared/corpus/rules/configs");

describe.skipIf(!fs.existsSync(configs))("files as found in the field", () => {
  const read = (name: string) => fs.readFileSync(path.join(configs, name), "latin1");

  it("read without a complaint", () => {
    for (const name of ["classification.config", "classification-et-2025.config"]) {
      const { result, diagnostics } = collect((report) =>
        parseClassifications(name, read(name), report),
      );
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(result.size).toBeGreaterThan(30);
    }
    const references = collect((report) =>
      parseReferenceSystems("r", read("reference.config"), report),
    );
    expect(references.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(references.result.size).toBeGreaterThan(10);
    for (const name of ["threshold.config", "threshold-xisafe.config"]) {
      expect(collect((report) => parseThresholdFile(name, read(name), report)).diagnostics).toEqual(
        [],
      );
    }
  });
});
