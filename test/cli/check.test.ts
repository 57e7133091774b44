/** shrike check, as it ships: what it prints for people and programs, and how it ends. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, temporaryFolder } from "../support/command-line.ts";

const golden = path.resolve(import.meta.dirname, "../golden/diagnostics");
let folder = "";

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function ruleFile(name: string, ...rules: readonly string[]): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${rules.join("\n")}\n`, "latin1");
  return file;
}

const GOOD = 'alert udp any any -> any 53 (msg:"good"; content:"abc"; sid:1; rev:1;)';
const BAD = 'alert udp any any -> any 53 (msg:"bad"; contnet:"abc"; sid:2; rev:1;)';
const BARE = 'alert udp any any -> any 53 (content:"abc"; sid:3; rev:1;)';
const LATER = 'alert llmnr any any -> any any (msg:"later"; sid:4; rev:1;)';

describe("the text of shrike check", () => {
  for (const name of ["syntax", "remarks", "impossible", "anomaly"]) {
    it(`is as agreed for ${name}.rules`, () => {
      const { stdout } = shrike(["check", `${name}.rules`], { cwd: golden });
      const text = stdout.replace(/ \(\d+\.\d s, \d+ MiB\)/, "");
      const file = path.join(golden, `${name}.txt`);
      if (process.env.UPDATE_GOLDEN === "1") fs.writeFileSync(file, text);
      expect(text).toBe(fs.readFileSync(file, "utf8"));
    });
  }

  it("cuts problems that are alike after ten, unless all are wanted", () => {
    const rules = Array.from({ length: 15 }, (_, i) => BARE.replace("sid:3", `sid:${i + 10}`));
    const file = ruleFile("many.rules", ...rules);
    const short = shrike(["check", file]).stdout;
    expect(short.match(/warning\[missing-msg\]/g)).toHaveLength(10);
    expect(short).toContain("... and 5 more of missing-msg");
    const long = shrike(["check", file, "--all"]).stdout;
    expect(long.match(/warning\[missing-msg\]/g)).toHaveLength(15);
  });

  it("names what unsupported rules need", () => {
    const { status, stdout } = shrike(["check", ruleFile("later.rules", LATER)]);
    expect(stdout).toContain("1 unsupported rule\nneeded: protocol llmnr (1)");
    expect(status).toBe(0);
  });
});

describe("the exit status of shrike check", () => {
  it.each([
    ["nothing to say", [GOOD], [], 0],
    ["a warning", [BARE], [], 0],
    ["a warning when all must be right", [BARE], ["--strict"], 1],
    ["an unsupported rule when all must be right", [LATER], ["--strict"], 1],
    ["an error beside good rules", [GOOD, BAD], [], 1],
  ])("for %s", (_, rules, options, status) => {
    expect(shrike(["check", ruleFile("one.rules", ...rules), ...options]).status).toBe(status);
  });

  it("is 3 for a file that is not there, with one line that names it", () => {
    const { status, stderr } = shrike(["check", path.join(folder, "absent.rules")]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^shrike: cannot read ".*absent\.rules": no such file\n$/);
  });

  it("is 2 without a file", () => {
    expect(shrike(["check"]).status).toBe(2);
  });
});

describe("shrike check --json", () => {
  it("prints one object of the documented shape", () => {
    const second = GOOD.replace("good", "second");
    const file = ruleFile("json.rules", GOOD, BAD, BARE, LATER, second);
    const { status, stdout } = shrike(["check", file, "--json"]);
    const report = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(report).toMatchObject({
      schema: 1,
      files: [file],
      counts: { rules: 5, loaded: 2, failed: 2, unsupported: 1, skipped: 0 },
      severities: { error: 2, unsupported: 1, warning: 1 },
      codes: {
        "duplicate-sid": 1,
        "missing-msg": 1,
        "unknown-keyword": 1,
        "unsupported-protocol": 1,
      },
      unsupported: { "protocol llmnr": 1 },
    });
    const byCode = Object.fromEntries(
      report.diagnostics.map((one: { code: string }) => [one.code, one]),
    );
    expect(byCode["unknown-keyword"]).toEqual({
      file,
      line: 2,
      column: 41,
      length: 7,
      severity: "error",
      code: "unknown-keyword",
      message: 'unknown keyword "contnet"',
      hint: 'did you mean "content"?',
      sid: 2,
      keyword: "contnet",
      source: BAD,
    });
    expect(byCode["duplicate-sid"]).toMatchObject({
      line: 5,
      related: [{ file, line: 1, column: GOOD.indexOf("sid:1") + 5, length: 1 }],
    });
  });

  it("counts a rule with several problems as one that failed", () => {
    const file = ruleFile("twice.rules", "alret tcq any any > any any (sid:1;)");
    const { counts, severities } = JSON.parse(shrike(["check", file, "--json"]).stdout);
    expect(counts.failed).toBe(1);
    expect(severities.error).toBeGreaterThan(1);
  });
});
