/** What paths of captures stand for. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { listCaptures } from "../../../src/node/replay/list-captures.ts";
import { temporaryFolder } from "../../support/command-line.ts";

const folder = temporaryFolder();
afterAll(() => fs.rmSync(folder, { recursive: true }));

it("folders are their files by name; one without any is told", () => {
  const day = path.join(folder, "day");
  const empty = path.join(folder, "empty");
  fs.mkdirSync(path.join(day, "sub"), { recursive: true });
  fs.mkdirSync(empty);
  const files = ["b.pcap", "a.pcap"].map((name) => path.join(day, name));
  for (const file of files) fs.writeFileSync(file, "");
  const warnings: string[] = [];
  const found = listCaptures([day, "-", empty], (message) => warnings.push(message));
  expect(found).toEqual([files[1], files[0], "-"]);
  expect(warnings).toEqual([`there are no files in "${empty}"`]);
});
