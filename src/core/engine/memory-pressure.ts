/** How near the tables are to their memory limits: percent of the one that is nearest, now and at most so far. */
import type { EngineOptions } from "./engine-options.ts";
import type { Counters } from "./records/stats-record.ts";

type MemoryLimits = Pick<EngineOptions, "defragMemoryBytes"> & {
  readonly flow: Pick<EngineOptions["flow"], "memoryLimitBytes">;
  readonly stream: Pick<EngineOptions["stream"], "memoryLimitBytes" | "reassemblyMemoryLimitBytes">;
};

export class MemoryPressure {
  /** Names of counters of bytes, with their limits. */
  private readonly limits: readonly (readonly [string, number])[];
  private highestPercent = 0;

  constructor({ flow, stream, defragMemoryBytes }: MemoryLimits) {
    this.limits = [
      ["flow.memuse", flow.memoryLimitBytes],
      ["defrag.memuse", defragMemoryBytes],
      ["tcp.memuse", stream.memoryLimitBytes],
      ["tcp.reassembly_memuse", stream.reassemblyMemoryLimitBytes],
    ];
  }

  /** Adds `memcap.pressure` and `memcap.pressure_max`, whole percent. */
  addTo(counters: Counters): void {
    let percent = 0;
    for (const [name, limitBytes] of this.limits) {
      if (limitBytes <= 0) continue;
      const usedBytes = Number(counters.get(name) ?? 0);
      percent = Math.max(percent, Math.floor((100 * usedBytes) / limitBytes));
    }
    this.highestPercent = Math.max(this.highestPercent, percent);
    counters.set("memcap.pressure", percent);
    counters.set("memcap.pressure_max", this.highestPercent);
  }
}
