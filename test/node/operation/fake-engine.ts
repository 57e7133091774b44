/** An engine that answers what the test tells it to. */
import { DatasetStore } from "../../../src/core/detect/datasets.ts";
import type { OperatedEngine } from "../../../src/node/operation/operated-engine.ts";

export interface FakeEngine extends OperatedEngine {
  stops: number;
  reopened: number;
  reloadAnswer: { isDone: boolean; message: string };
}

export function fakeEngine(): FakeEngine {
  return {
    stops: 0,
    reopened: 0,
    reloadAnswer: { isDone: true, message: "done" },
    version: "1.2.3",
    runningMode: "single",
    captureMode: "PCAP_FILE",
    datasets: new DatasetStore(),
    ruleActions: null,
    ruleProfiling: null,
    uptimeSeconds: () => 42,
    counters: () =>
      new Map<string, number | string>([
        ["decoder.pkts", 7],
        ["tcp.memuse", 1024],
        ["detect.engines", '[{"id":0}]'],
      ]),
    interfaces: () => [
      {
        name: "eth0",
        driver: "capture",
        packets: 7,
        kernelDrops: 2,
        interfaceDrops: 0,
        invalidChecksums: 1,
        bypassed: 0,
      },
    ],
    ruleCounts: () => ({ loaded: 3, failed: 1, skipped: 0 }),
    failedRules: () => [],
    rulesLoadedAtMs: () => 0,
    memoryUsage: () => ({ rss: 5, heapUsed: 3 }),
    queuedLines: () => 0,
    memoryLimits: () => [
      { name: "stream", limitBytes: 64 * 1024 ** 2, usedBytes: 100, change: null },
    ],
    setting: (key) => (key === "runmode" ? "workers" : null),
    async reload() {
      return this.reloadAnswer;
    },
    health: () => [{ check: "kernel-drops" }],
    saveDatasets() {},
    reopenLogs() {
      this.reopened++;
    },
    stop() {
      this.stops++;
    },
  };
}
