/** All fuzz targets, and the inputs they start from. */
import fs from "node:fs";
import path from "node:path";
import type { FuzzTarget } from "./fuzz-target.ts";
import { http1Target } from "./http1.ts";
import { layersTarget } from "./layers.ts";
import { pcapTarget } from "./pcap.ts";
import { regexTarget } from "./regex.ts";
import { ruleTarget } from "./rule.ts";

export const fuzzTargets: readonly FuzzTarget[] = [
  http1Target,
  layersTarget,
  pcapTarget,
  regexTarget,
  ruleTarget,
];

/** Inputs kept for a target: those that once failed, and what its own generator made. */
export function readSamples(name: string): Uint8Array[] {
  const folder = path.resolve("test/fuzz/corpus", name);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(fs.readFileSync(path.join(folder, file))));
}
