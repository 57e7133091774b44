/** Memory use as a share of its limits. */
import { expect, it } from "vitest";
import { MemoryPressure } from "../../../src/core/engine/memory-pressure.ts";
import type { Counters } from "../../../src/core/engine/records/stats-record.ts";

it("tells the fullest table in percent, and the most there was", () => {
  const pressure = new MemoryPressure({
    flow: { memoryLimitBytes: 1000 },
    stream: { memoryLimitBytes: 0, reassemblyMemoryLimitBytes: 200 },
    defragMemoryBytes: 100,
  });
  const tell = (flowBytes: number, reassemblyBytes: number): unknown[] => {
    const counters: Counters = new Map<string, number>([
      ["flow.memuse", flowBytes],
      ["tcp.memuse", 50],
      ["tcp.reassembly_memuse", reassemblyBytes],
    ]);
    pressure.addTo(counters);
    return [counters.get("memcap.pressure"), counters.get("memcap.pressure_max")];
  };
  expect(tell(399, 50)).toEqual([39, 39]);
  expect(tell(0, 150)).toEqual([75, 75]);
  expect(tell(100, 0)).toEqual([10, 75]);
});
