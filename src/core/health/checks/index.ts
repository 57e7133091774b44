/** All checks, in the order of reports: the ones nearest to the wire first. */
import type { HealthCheck } from "../health-check.ts";
import { checksumOffload } from "./checksum-offload.ts";
import { clockSteps } from "./clock-steps.ts";
import { interfaceDrops } from "./interface-drops.ts";
import { kernelDrops } from "./kernel-drops.ts";
import { lostOutput } from "./lost-output.ts";
import { memoryLimits } from "./memory-limits.ts";
import { oneSidedFlows } from "./one-sided-flows.ts";
import { sequenceGaps } from "./sequence-gaps.ts";
import { truncatedPackets } from "./truncated-packets.ts";

export const healthChecks: readonly HealthCheck[] = [
  interfaceDrops,
  kernelDrops,
  truncatedPackets,
  checksumOffload,
  oneSidedFlows,
  sequenceGaps,
  clockSteps,
  memoryLimits,
  lostOutput,
];
