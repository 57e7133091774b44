import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RuleDraft } from "../../../src/core/detect/rule-draft.ts";
import { keywords } from "../../../src/core/keywords/index.ts";
import { RuleError } from "../../../src/core/rule/diagnostic.ts";
import { OptionText } from "../../../src/core/rule/option-text.ts";
import { compile } from "./payload-harness.ts";

const REFERENCE = new URL("../../../../shared/reference/keywords.tsv", import.meta.url);
const FOLDER = new URL("../../../src/core/keywords/", import.meta.url);
const names = keywords.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);

/** "" when the options compile, "unsupported" when a part of the engine is missing, else the problem. */
function outcome(options: string): string {
  try {
    compile(options, "ip");
    return "";
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    if (error.code === "removed-keyword") return "unsupported"; // known, gone since Suricata 8
    if (error.code === "removed-keyword") return "unsupported";
    return error.severity === "unsupported" ? "unsupported" : `${error.code}: ${error.message}`;
  }
}

describe("the list of keywords", () => {
  it("names each keyword and alias once", () => {
    const twice = names.filter((name, i) => names.indexOf(name) !== i);
    expect(twice).toEqual([]);
  });

  it("has every file that declares a keyword, called by its name", () => {
    const wrong: string[] = [];
    let found = 0;
    for (const path of readdirSync(FOLDER, { recursive: true, encoding: "utf8" })) {
      if (!/^(?!families|application)[\w-]+\/[\w-]+\.ts$/.test(path)) continue;
      const text = readFileSync(new URL(path, FOLDER), "utf8");
      const name = /Keyword(?:<.*>)?\(\{\s+name: "([^"]+)"/.exec(text)?.[1];
      if (name === undefined) continue;
      found++;
      if (!path.endsWith(`/${name.replaceAll(/[._]/g, "-")}.ts`)) wrong.push(`${path}: ${name}`);
      if (!names.includes(name)) wrong.push(`${name} is not in the list`);
    }
    expect(wrong).toEqual([]);
    expect(found).toBeGreaterThan(100);
  });

  it("has one sentence with a full stop for each", () => {
    const wrong = keywords.filter(({ summary }) => !/^[A-Z"][^\n]*[^.]\.$/.test(summary));
    expect(wrong.map(({ name, summary }) => `${name}: ${summary}`)).toEqual([]);
  });

  it("has examples for each, and they compile or are reported as unsupported", () => {
    const wrong: string[] = [];
    for (const { name, examples } of keywords) {
      if (examples.length === 0) wrong.push(`${name}: no example`);
      for (const { options } of examples) {
        const found = outcome(options);
        if (found !== "" && found !== "unsupported") wrong.push(`${options} ${found}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.skipIf(!existsSync(REFERENCE))("knows every name of the reference list", () => {
    const known = new Set(names);
    const missing: string[] = [];
    for (const line of readFileSync(REFERENCE, "utf8").split("\n").slice(1)) {
      const [name = "", alias = ""] = line.split("\t");
      if (name === "" || line.includes("9.0-dev")) continue;
      for (const each of [name, ...alias.split(/[,\s|]+/)]) {
        if (each !== "" && !known.has(each)) missing.push(each);
      }
    }
    expect(missing).toEqual([]);
  });

  it("answers any value with a rule or a RuleError", () => {
    const pieces = [
      "set",
      "name",
      "type string",
      "1",
      ">",
      "!",
      ",",
      "|",
      "-",
      '"',
      "a",
      "0x1",
      " ",
    ];
    const value = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((words) => words.join("")),
      fc.string({ maxLength: 20 }),
    );
    const draft = compile("ttl:1;", "ip").draft;
    fc.assert(
      fc.property(fc.constantFrom(...keywords), value, (keyword, text) => {
        const fresh = new RuleDraft(draft.syntax, draft.builder);
        try {
          keyword.apply(new OptionText(keyword.name, text), fresh);
          fresh.finish();
        } catch (error) {
          if (!(error instanceof RuleError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});
