/** Packets that the kernel dropped because the engine did not take them in time. */
import { defineHealthCheck, percent } from "../health-check.ts";

const ERROR_SHARE = 0.01;

export const kernelDrops = defineHealthCheck({
  name: "kernel-drops",
  summary: "The kernel drops packets before the engine sees them.",
  cause: "the engine is slower than the traffic, or the ring is too small for bursts",
  remedy:
    "share the traffic with --threads N, give the ring more memory with --ring-mb, leave traffic out with --filter, or let flows that need no more looking be bypassed",
  find(growth) {
    const drops = growth.of("capture.kernel_drops");
    if (drops === 0) return null;
    const share = drops / (drops + growth.of("capture.kernel_packets"));
    const severity = share >= ERROR_SHARE ? "error" : "warning";
    return { severity, value: share, message: `${drops} packets, ${percent(share)}, were dropped` };
  },
});
