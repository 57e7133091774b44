/** CPU time, allocated bytes and the machine's speed: what the benchmarks measure with. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import inspector from "node:inspector";
import path from "node:path";

/** Where the yardstick and captures of real traffic may be. */
export const sharedBench = path.resolve(import.meta.dirname, "../../../shared/bench");

/** Nanoseconds. */
export interface Spent {
  readonly wall: number;
  /** Of this process, its collector's threads included. */
  readonly cpu: number;
}

export function timeOf(work: () => void): Spent {
  const startedCpu = process.cpuUsage();
  const started = process.hrtime.bigint();
  work();
  const wall = Number(process.hrtime.bigint() - started);
  const { user, system } = process.cpuUsage(startedCpu);
  return { wall, cpu: (user + system) * 1000 };
}

interface AllocationNode {
  readonly selfSize: number;
  readonly children: readonly AllocationNode[];
}

/** Bytes that `work` allocates on the heap, dead ones included; sampled, good to a few percent. */
export function allocatedBytes(work: () => void): number {
  const session = new inspector.Session();
  session.connect();
  session.post("HeapProfiler.startSampling", {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as never); // newer than the type declarations
  work();
  let total = 0;
  session.post("HeapProfiler.stopSampling", (error, result) => {
    if (error === null) total = sizeOf(result.profile.head);
  });
  session.disconnect();
  return total;
}

function sizeOf(node: AllocationNode): number {
  return node.children.reduce((total, child) => total + sizeOf(child), node.selfSize);
}

/** Speed of the machine right now against the reference of the yardstick; null without it. */
export function readYardstick(): number | null {
  const script = path.join(sharedBench, "yardstick.mjs");
  if (!fs.existsSync(script)) return null;
  const printed = execFileSync(process.execPath, [script], { encoding: "utf8" });
  return Number(/yardstick ([\d.]+)/.exec(printed)?.[1] ?? Number.NaN);
}
