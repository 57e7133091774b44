/** The rules of the code, run over the code: layers, limits of size, headers, banned calls, a README in each folder. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const top = path.resolve(import.meta.dirname, "..");

/** Folder of src/core -> folders it may import; a new folder fails until it is listed. */
const coreImports: Record<string, readonly string[]> = {
  bytes: [],
  match: ["bytes"],
  pcap: ["bytes"],
  eve: ["bytes"],
  rule: ["bytes"],
  health: ["bytes"],
  layers: ["bytes", "flow"],
  flow: ["bytes", "layers", "eve", "stream"],
  stream: ["bytes", "layers", "flow"],
  protocols: ["bytes", "match", "eve", "rule"],
  detect: ["bytes", "match", "layers", "flow", "stream", "protocols", "rule", "eve"],
  anomaly: ["bytes", "match", "layers", "flow", "protocols", "rule", "eve"],
  keywords: [
    "bytes",
    "match",
    "layers",
    "flow",
    "stream",
    "protocols",
    "rule",
    "eve",
    "detect",
    "anomaly",
  ],
  engine: [
    "bytes",
    "match",
    "pcap",
    "layers",
    "flow",
    "stream",
    "protocols",
    "rule",
    "detect",
    "eve",
    "anomaly",
    "health",
  ],
};

/** Imports that carry types only do not count: a flow names its session, a packet its flow. */
const typeOnlyImports: Record<string, readonly string[]> = {
  layers: ["flow"],
  flow: ["stream"],
};

const FILE_LINES_MAX = 400;

interface SourceFile {
  readonly name: string;
  readonly text: string;
}

function sourceFiles(folder: string): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (at: string): void => {
    for (const entry of fs.readdirSync(path.join(top, at), { withFileTypes: true })) {
      const name = `${at}/${entry.name}`;
      if (entry.isDirectory()) visit(name);
      else if (/\.ts$/.test(name) && !/\.(generated|d)\.ts$/.test(name)) {
        files.push({ name, text: fs.readFileSync(path.join(top, name), "utf8") });
      }
    }
  };
  visit(folder);
  return files;
}

const core = sourceFiles("src/core");
const product = [...core, ...sourceFiles("src/node"), ...sourceFiles("src/cli")];

function importsOf(file: SourceFile): { target: string; typeOnly: boolean }[] {
  const found: { target: string; typeOnly: boolean }[] = [];
  for (const match of file.text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gm,
  )) {
    found.push({ target: match[2] ?? "", typeOnly: match[1] !== undefined });
  }
  return found;
}

function coreFolder(name: string): string | null {
  const relative = path.posix.relative("src/core", name);
  if (relative.startsWith("..")) return null;
  return relative.includes("/") ? (relative.split("/")[0] ?? null) : "";
}

describe("layers", () => {
  it("every folder of the core is in the import table", () => {
    const folders = fs
      .readdirSync(path.join(top, "src/core"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.filter((folder) => !(folder in coreImports))).toEqual([]);
  });

  it("the core imports only itself, moo and nearley, and only in the allowed direction", () => {
    const wrong: string[] = [];
    for (const file of core) {
      const folder = coreFolder(file.name);
      if (folder === "") continue;
      for (const { target, typeOnly } of importsOf(file)) {
        if (!target.startsWith(".")) {
          if (target !== "moo" && target !== "nearley")
            wrong.push(`${file.name} imports ${target}`);
          continue;
        }
        const to = coreFolder(path.posix.join(path.posix.dirname(file.name), target));
        if (to === folder || folder === null) continue;
        const needsType = to !== null && (typeOnlyImports[folder] ?? []).includes(to);
        const allowed = to !== null && (coreImports[folder] ?? []).includes(to);
        if (!allowed || (needsType && !typeOnly)) wrong.push(`${file.name} imports ${target}`);
      }
    }
    expect(wrong.join("\n")).toBe("");
  });

  it("nothing below the command line imports it", () => {
    const wrong = product
      .filter((file) => !file.name.startsWith("src/cli/"))
      .filter((file) => importsOf(file).some(({ target }) => /(^|\/)cli\//.test(target)));
    expect(wrong.map((file) => file.name)).toEqual([]);
  });
});

describe("the core", () => {
  const banned: readonly (readonly [RegExp, string])[] = [
    [/\bDate\.now\b/, "the clock is packet time"],
    [/\bnew Date\(\)/, "the clock is packet time"],
    [/\bMath\.random\b/, "randomness is a parameter"],
    [/\bnew Function\b|\beval\(/, "no generated code"],
    [/\bBuffer\./, "no Node global"],
  ];

  it("has no clock, no randomness, no host and no generated code", () => {
    const wrong: string[] = [];
    for (const file of core) {
      for (const [pattern, reason] of banned) {
        if (pattern.test(file.text)) wrong.push(`${file.name}: ${pattern.source} (${reason})`);
      }
    }
    expect(wrong.join("\n")).toBe("");
  });

  it("has no mutable state at module level", () => {
    const wrong = core.filter((file) => /^(?:export )?let /m.test(file.text));
    expect(wrong.map((file) => file.name)).toEqual([]);
  });

  it("makes no views and catches nothing on the hot path", () => {
    const wrong: string[] = [];
    for (const file of core) {
      if (!/@hotpath/.test(file.text.slice(0, 2000))) continue;
      if (/\.subarray\(/.test(file.text)) wrong.push(`${file.name}: subarray`);
      if (/\btry \{/.test(file.text)) wrong.push(`${file.name}: try`);
    }
    expect(wrong.join("\n")).toBe("");
  });
});

describe("files", () => {
  it("open with a comment that says what they are for", () => {
    const wrong = product.filter(
      (file) => !/^(#!.*\n)?\/\*\*/.test(file.text) && !file.text.startsWith("//"),
    );
    expect(wrong.map((file) => file.name)).toEqual([]);
  });

  it(`have at most ${FILE_LINES_MAX} lines, data tables apart`, () => {
    const wrong = product.filter((file) => {
      const isTable = /data table/i.test(file.text.slice(0, 800));
      return !isTable && file.text.split("\n").length > FILE_LINES_MAX;
    });
    expect(wrong.map((file) => `${file.name}: ${file.text.split("\n").length}`).join("\n")).toBe(
      "",
    );
  });

  it("hold no leftover notes and no default exports", () => {
    const wrong = product.filter((file) => /\b(FIXME|XXX|TODO)\b|^export default/m.test(file.text));
    expect(wrong.map((file) => file.name)).toEqual([]);
  });

  it("are not named after nothing", () => {
    const wrong = product.filter((file) =>
      /\/(utils?|helpers?|common|misc|types)\.ts$/.test(file.name),
    );
    expect(wrong.map((file) => file.name)).toEqual([]);
  });
});

describe("folders", () => {
  it("of core and node have a README of at most 30 lines", () => {
    const wrong: string[] = [];
    for (const parent of ["src/core", "src/node"]) {
      for (const entry of fs.readdirSync(path.join(top, parent), { withFileTypes: true })) {
        if (!entry.isDirectory()) continue;
        const readme = path.join(top, parent, entry.name, "README.md");
        if (!fs.existsSync(readme)) wrong.push(`${parent}/${entry.name}: no README.md`);
        else if (fs.readFileSync(readme, "utf8").trimEnd().split("\n").length > 30) {
          wrong.push(`${parent}/${entry.name}: README.md is longer than 30 lines`);
        }
      }
    }
    expect(wrong.join("\n")).toBe("");
  });
});
