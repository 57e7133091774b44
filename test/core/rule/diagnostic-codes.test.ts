/** Every code is declared once, with a sentence, and every code that the source uses is declared. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { diagnosticCodes } from "../../../src/core/rule/diagnostic-codes.ts";

const core = path.resolve(import.meta.dirname, "../../../src/core");
const CODE = '"([a-z]+(?:-[a-z0-9]+)+)"';
/** Where a code stands in the source: the first word of these calls, the second of failAt, a `code` property. */
const USES = [
  new RegExp(`(?:RuleError|\\.fail|\\.warn|\\bproblem)\\(\\s*${CODE}`, "g"),
  new RegExp(`\\.failAt\\((?:[^;"]|"[^a-z"]*")*?,\\s*${CODE}`, "g"),
  new RegExp(`\\bcode(?::| =)(?:[^;,"]*\\?)?\\s*${CODE}`, "g"),
  new RegExp(`\\bcode = [^;"]*\\? "[a-z-]+" : ${CODE}`, "g"),
];

interface Source {
  readonly file: string;
  readonly text: string;
}

function sources(): Source[] {
  return ["rule", "detect", "keywords", "protocols", "anomaly", "../node/site"].flatMap((folder) =>
    fs
      .readdirSync(path.join(core, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".generated.ts"))
      .filter((name) => name !== "diagnostic-codes.ts")
      .map((name) => ({
        file: `${folder}/${name}`,
        text: fs.readFileSync(path.join(core, folder, name), "utf8"),
      })),
  );
}

describe("diagnostic codes", () => {
  const all = sources();
  const declared = new Set(Object.keys(diagnosticCodes));

  it("that the source uses are declared", () => {
    const missing = new Set<string>();
    let uses = 0;
    for (const { file, text } of all) {
      for (const use of USES) {
        for (const [, code = ""] of text.matchAll(use)) {
          uses++;
          if (!declared.has(code)) missing.add(`${code} (${file})`);
        }
      }
    }
    expect([...missing]).toEqual([]);
    expect(uses).toBeGreaterThan(150);
  });

  it("that are declared are used", () => {
    const text = all.map((source) => source.text).join("\n");
    const made = new Set(["duplicate-classification", "duplicate-reference"]); // `duplicate-${what}`
    const idle = [...declared].filter((code) => !made.has(code) && !text.includes(`"${code}"`));
    expect(idle).toEqual([]);
  });

  it("are sorted words with one sentence each", () => {
    const codes = [...declared];
    expect(codes).toEqual([...codes].sort());
    for (const [code, meaning] of Object.entries(diagnosticCodes)) {
      expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });
});
