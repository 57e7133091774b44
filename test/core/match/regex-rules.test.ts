/**
 * The real patterns of the Emerging Threats rules: all compile, and on real payloads they find what RegExp
 * finds. Needs the shared corpus, which is not part of the project; without it, skipped.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LIMIT, MATCH } from "../../../src/core/match/regex/index.ts";
import { latin1, regex } from "./regex-harness.ts";

const corpus = path.resolve("../shared/corpus");
const rulesFile = path.join(corpus, "rules/et-open.rules");
const present = fs.existsSync(rulesFile);
if (!present) console.log("regex-rules: skipped, no corpus at ../shared/corpus");

interface RulePattern {
  readonly pattern: string;
  readonly letters: string;
}

/** The distinct values of `pcre` options, without the modifiers that choose a buffer. */
function readPatterns(): RulePattern[] {
  const patterns = new Map<string, RulePattern>();
  const option = /[;\s(]pcre:\s*!?\s*"((?:\\.|[^\\;])*)"\s*;/g;
  for (const match of fs.readFileSync(rulesFile, "latin1").matchAll(option)) {
    const value = (match[1] ?? "").replace(/\\([;"])/g, "$1");
    const slash = value.lastIndexOf("/");
    const letters = value.slice(slash + 1).replace(/[^ismxAEG]/g, "");
    const pattern = value.slice(1, slash);
    patterns.set(`${letters}/${pattern}`, { pattern, letters });
  }
  return [...patterns.values()];
}

/** Payload-like tails of packets: from some captures, the bytes behind the first 54 of each packet. */
function readPayloads(): Uint8Array[] {
  const files = fs
    .readdirSync(path.join(corpus, "pcaps"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?:http|smtp|ftp|sip)[^/]*\.p?cap$/i.test(file))
    .sort();
  return files.flatMap((file) => readTails(path.join(corpus, "pcaps", file))).slice(0, 20);
}

function readTails(file: string): Uint8Array[] {
  const capture = fs.readFileSync(file);
  const tails: Uint8Array[] = [];
  if (capture.length < 24 || capture.readUInt32LE(0) !== 0xa1b2c3d4) return tails;
  for (let at = 24; at + 16 <= capture.length && tails.length < 3; ) {
    const length = capture.readUInt32LE(at + 8);
    if (length > 80)
      tails.push(new Uint8Array(capture.subarray(at + 16 + 54, at + 16 + Math.min(length, 554))));
    at += 16 + length;
  }
  return tails;
}

/** The same pattern for RegExp, or undefined where its meaning differs or it may take for ever. */
function translate({ pattern, letters }: RulePattern): RegExp | undefined {
  if (/\\[1-9hHvRKGQZzA]|\(\?P[=>]|\(\?[imsx-]+[:)]|[*+?}]\+|\[\[:/.test(pattern)) return undefined;
  if (/\)[*+]|\)\{|[*+]\)|\\x[89a-fA-F]|\\x(?![0-9a-fA-F]{2})/.test(pattern)) return undefined;
  let source = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    if (character === "\\") {
      const item = pattern.slice(i, i + 2);
      i++;
      if (item === "\\s") source += inClass ? "\\t-\\r " : "[\\t-\\r ]";
      else if (item === "\\S") source += inClass ? "" : "[^\\t-\\r ]";
      else source += item;
      if (item === "\\S" && inClass) return undefined;
    } else if (character === "[" && !inClass) {
      inClass = true;
      source += "[";
    } else if (inClass) {
      if (character === "]") inClass = false;
      source += character;
    } else {
      source += translateOutside(character, letters, pattern.slice(i));
    }
  }
  return new RegExp(source.replaceAll("(?P<", "(?<"), letters.replace(/[^i]/g, ""));
}

function translateOutside(character: string, letters: string, rest: string): string {
  const multiline = letters.includes("m");
  if (character === "." && letters.includes("s")) return "[^]";
  if (character === ".") return "[^\\n]";
  if (character === "^") return multiline ? "(?:(?<![^])|(?<=\\n)(?=[^]))" : "(?<![^])";
  if (character === "$" && rest !== "") return multiline ? "(?=\\n|(?![^]))" : "(?=\\n?(?![^]))";
  return character;
}

function tryTranslate(pattern: RulePattern): RegExp | undefined {
  try {
    return translate(pattern);
  } catch {
    return undefined;
  }
}

describe.skipIf(!present)("the patterns of real rules", () => {
  it("all compile, soon", () => {
    const patterns = readPatterns();
    expect(patterns.length).toBeGreaterThan(3_000);
    for (const { pattern, letters } of patterns) regex(pattern, letters);
  });

  it("find in real payloads what RegExp finds", () => {
    const payloads = readPayloads();
    const texts = payloads.map((bytes) => String.fromCharCode(...bytes));
    let compared = 0;
    let matched = 0;
    for (const rule of readPatterns()) {
      const expected = tryTranslate(rule);
      if (expected === undefined) continue;
      const compiled = regex(rule.pattern, rule.letters);
      compared++;
      for (let i = 0; i < payloads.length; i++) {
        const bytes = payloads[i]!;
        const match = expected.exec(texts[i]!);
        const result = compiled.search(bytes, 0, bytes.length, 0);
        const found = result === MATCH ? [compiled.matchStart, compiled.matchEnd] : null;
        expect(result).not.toBe(LIMIT);
        expect(found, `/${rule.pattern}/${rule.letters}`).toEqual(
          match === null ? null : [match.index, match.index + match[0].length],
        );
        if (match !== null) matched++;
      }
    }
    expect(compared).toBeGreaterThan(1_000);
    expect(matched).toBeGreaterThan(100);
  });

  it("find nothing too hard in hostile payloads", () => {
    const payloads = ["a", "/", "<a ", "1,", "\\", "' ", "%3C", "(){", "aA1=&"].map((text) =>
      latin1(text.repeat(1_400 / text.length)),
    );
    let limits = 0;
    for (const { pattern, letters } of readPatterns()) {
      const compiled = regex(pattern, letters);
      for (const bytes of payloads) {
        if (compiled.search(bytes, 0, bytes.length, 0) === LIMIT) limits++;
      }
    }
    expect(limits).toBe(0);
  });
});
