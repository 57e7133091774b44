/** The first look of a newcomer: the capture is what its source builds, and the shipped rules notice what is in it. */
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { replayBytes } from "../support/replay-bytes.ts";
import { firstLook } from "./first-look/traffic.ts";

const file = path.resolve(import.meta.dirname, "first-look/traffic.pcap");
const rules = path.resolve(import.meta.dirname, "../../rules/shrike.rules");

it("the capture of the first look is what its source builds", () => {
  const built = firstLook();
  if (process.env.UPDATE_GOLDEN === "1") fs.writeFileSync(file, built);
  expect(Buffer.compare(fs.readFileSync(file), built)).toBe(0);
});

it("the shipped rules notice the shell, the look-up, the miner, the password and the scan, and nothing else", () => {
  const { alerts, failed } = replayBytes(firstLook(), fs.readFileSync(rules, "latin1"));
  expect(failed).toBe(0);
  expect(alerts.map(({ sid }) => sid).sort()).toEqual([
    9000001, 9000010, 9000030, 9000033, 9000040,
  ]);
});
