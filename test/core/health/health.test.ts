/** Each check of health: counters that raise it, and a near miss; how illness begins and ends. */
import { describe, expect, it } from "vitest";
import { healthChecks } from "../../../src/core/health/checks/index.ts";
import { HealthMonitor } from "../../../src/core/health/health-monitor.ts";
import { TrafficWatch } from "../../../src/core/health/traffic-watch.ts";

type Counts = Readonly<Record<string, number>>;

function found(counts: Counts): string[] {
  const monitor = new HealthMonitor(healthChecks, new Map());
  return monitor.check(new Map(Object.entries(counts)), 0).map(({ check }) => check.name);
}

/** A busy interval without trouble. */
const healthy: Counts = {
  "capture.kernel_packets": 100_000,
  "decoder.tcp": 90_000,
  "tcp.sessions": 2000,
  "tcp.reassembly_gap": 9,
  "tcp.invalid_checksum": 19,
  "health.tcp_flows": 1900,
  "health.one_sided_flows": 100,
};

const cases: readonly (readonly [name: string, ill: Counts, nearMiss: Counts])[] = [
  ["kernel-drops", { "capture.kernel_drops": 1 }, { "capture.kernel_drops": 0 }],
  ["interface-drops", { "capture.kernel_ifdrops": 3 }, {}],
  ["truncated-packets", { "health.truncated_packets": 1 }, {}],
  ["checksum-offload", { "tcp.invalid_checksum": 20_000 }, { "tcp.invalid_checksum": 8000 }],
  ["one-sided-flows", { "health.one_sided_flows": 400 }, { "health.one_sided_flows": 180 }],
  ["sequence-gaps", { "tcp.reassembly_gap": 50 }, { "tcp.reassembly_gap": 30 }],
  ["clock-steps", { "health.clock_steps": 1, "health.clock_step_seconds": 40 }, {}],
  ["memory-limits", { "tcp.segment_memcap_drop": 1 }, { "tcp.memuse": 1e9 }],
  ["lost-output", { "output.lost_lines": 5 }, {}],
];

describe("checks of health", () => {
  it("find nothing in a healthy interval", () => {
    expect(found(healthy)).toEqual([]);
  });

  it.each(cases)("find %s, and not a near miss", (name, ill, nearMiss) => {
    expect(found({ ...healthy, ...ill })).toEqual([name]);
    expect(found({ ...healthy, ...nearMiss })).toEqual([]);
  });

  it("are all tried here, and say cause and remedy", () => {
    expect(healthChecks.map(({ name }) => name).sort()).toEqual(cases.map(([name]) => name).sort());
    for (const { cause, remedy, summary } of healthChecks) {
      expect(cause.length * remedy.length).toBeGreaterThan(100);
      expect(summary).toMatch(/\.$/);
    }
  });

  it("name the setting that lifts a limit", () => {
    const monitor = new HealthMonitor(healthChecks, new Map());
    const [report] = monitor.check(new Map([["flow.memcap", 3]]), 0);
    expect(report?.message).toBe("reached: flow.memcap (flow.memcap +3)");
  });
});

describe("the health monitor", () => {
  it("tells once that a check is ill, again when it gets worse, and when it is over", () => {
    const monitor = new HealthMonitor(healthChecks, new Map());
    let drops = 0;
    let packets = 0;
    const told = [1, 2, 900, 0, 0, 0, 0].map((more, index) => {
      drops += more;
      packets += 1000;
      const counters = new Map([
        ["capture.kernel_drops", drops],
        ["capture.kernel_packets", packets],
      ]);
      return monitor.check(counters, index).map(({ state, severity }) => `${state} ${severity}`);
    });
    expect(told).toEqual([["ill warning"], [], ["ill error"], [], [], ["well error"], []]);
    expect(monitor.current()).toEqual([]);
  });

  it("does not take counters that begin anew for growth", () => {
    const monitor = new HealthMonitor(healthChecks, new Map([["capture.kernel_drops", 50]]));
    expect(monitor.check(new Map([["capture.kernel_drops", 3]]), 0)).toEqual([]);
  });
});

describe("the traffic watch", () => {
  const counts = (watch: TrafficWatch): Record<string, number> =>
    Object.fromEntries(watch.counters());

  it("counts cut packets and steps back of packet time", () => {
    const watch = new TrafficWatch();
    watch.notePacket(10_000_000, 60, 60);
    watch.notePacket(10_000_100, 60, 1500);
    watch.notePacket(9_500_000, 60, 60);
    expect(counts(watch)["health.clock_steps"]).toBe(0);
    watch.notePacket(3_000_000, 60, 60);
    expect(counts(watch)).toMatchObject({
      "health.truncated_packets": 1,
      "health.clock_steps": 1,
      "health.clock_step_seconds": 7,
    });
  });

  it("finds a clock that jumps ahead of the time that passed", () => {
    const watch = new TrafficWatch();
    watch.compareClocks(1_000_000_000, 0);
    watch.compareClocks(1_010_000_000, 10_000_000);
    expect(counts(watch)["health.clock_steps"]).toBe(0);
    watch.compareClocks(1_080_000_000, 20_000_000);
    expect(counts(watch)).toMatchObject({
      "health.clock_steps": 1,
      "health.clock_step_seconds": 60,
    });
  });

  it("takes only TCP flows with some packets for one-sided", () => {
    const watch = new TrafficWatch();
    watch.noteFlowEnd({ protocol: 6, packetsToServer: 9, packetsToClient: 0 });
    watch.noteFlowEnd({ protocol: 6, packetsToServer: 2, packetsToClient: 0 });
    watch.noteFlowEnd({ protocol: 17, packetsToServer: 9, packetsToClient: 0 });
    watch.noteFlowEnd({ protocol: 6, packetsToServer: 9, packetsToClient: 8 });
    expect(counts(watch)).toMatchObject({ "health.tcp_flows": 2, "health.one_sided_flows": 1 });
  });
});
