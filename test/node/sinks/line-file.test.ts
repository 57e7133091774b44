import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LineFile } from "../../../src/node/sinks/line-file.ts";
import { temporaryFolder } from "../../support/command-line.ts";

describe("a file of lines that is added to", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, "eve.json");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function add(line: string): string {
    const lines = new LineFile(file, "a");
    lines.write(line);
    lines.close();
    return fs.readFileSync(file, "utf8");
  }

  for (const [name, before, after] of [
    ["keeps whole lines", "one\ntwo\n", "one\ntwo\nnew\n"],
    ["cuts a torn last line", 'one\n{"torn":', "one\nnew\n"],
    ["cuts a file of nothing but a torn line", '{"torn":', "new\n"],
    [
      "cuts a torn line that is longer than what is read at a time",
      `one\n${"x".repeat(200_000)}`,
      "one\nnew\n",
    ],
    ["takes an empty file", "", "new\n"],
  ] as const) {
    it(name, () => {
      fs.writeFileSync(file, before);
      expect(add("new")).toBe(after);
    });
  }

  it("makes a file that is not there", () => {
    expect(add("new")).toBe("new\n");
  });
});
