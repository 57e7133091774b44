import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder } from "../../src/node/make-folder.ts";

let top = "";
beforeAll(() => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-folder-"));
});
afterAll(() => fs.rmSync(top, { recursive: true }));

it("makes the folders on the way, and takes what is there", () => {
  const folder = path.join(top, "a/b/c");
  expect(makeFolder(folder)).toBe(folder);
  expect(makeFolder(folder)).toBe(folder);
  expect(fs.statSync(folder).isDirectory()).toBe(true);
});

it("says why it cannot", () => {
  const file = path.join(top, "file");
  fs.writeFileSync(file, "");
  expect(() => makeFolder(file)).toThrow(`"${file}": a file of that name is there`);
  expect(() => makeFolder(path.join(file, "below"))).toThrow("no folder");
});

it.runIf(process.platform === "linux")("comes back where folders cannot be made at all", () => {
  expect(() => makeFolder("/proc/shrike/logs")).toThrow("cannot make the folder");
});
