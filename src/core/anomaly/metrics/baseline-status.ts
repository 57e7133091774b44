/** What the metrics know at a moment, for events: how much is measured and learned, and how the networks do. */
import type { Meter } from "./meter.ts";
import { keyKinds } from "./metric.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";

export interface NetworkStatus {
  readonly network: string;
  readonly metric: string;
  readonly windowSeconds: number;
  readonly value: number;
  /** Null until something was learned for this hour. */
  readonly expected: number | null;
  readonly scatter: number;
  readonly learnedDays: number;
}

export interface BaselineStatus {
  readonly keys: number;
  readonly series: number;
  readonly learnedDays: number;
  readonly networks: readonly NetworkStatus[];
}

export function baselineStatus(metrics: TrafficMetrics): BaselineStatus {
  let keys = 0;
  for (const kind of keyKinds) keys += metrics.tables[kind]?.table.count ?? 0;
  let series = 0;
  let learnedDays = 0;
  for (const meter of metrics.allMeters) {
    const count = meter.series?.table.count ?? 0;
    series += count;
    for (let i = 0; i < count; i++) learnedDays = Math.max(learnedDays, daysOf(meter, i));
  }
  return {
    keys,
    series,
    learnedDays: Math.round(learnedDays * 100) / 100,
    networks: networksOf(metrics),
  };
}

function daysOf({ series, spec }: Meter, index: number): number {
  return ((series?.windows[index] ?? 0) * spec.windowSeconds) / 86_400;
}

function networksOf(metrics: TrafficMetrics): NetworkStatus[] {
  const { network } = metrics.tables;
  const { networks } = metrics.options.site;
  if (network === null) return [];
  const found: NetworkStatus[] = [];
  for (const meter of network.meters) {
    if (meter.series === null) continue;
    for (let slot = 0; slot < network.table.count; slot++) {
      const index = meter.seriesAt(slot);
      const window = network.windowOf(meter, slot);
      const isKnown = index >= 0 && meter.series.expect(index, meter.calendar.slotOf(window));
      found.push({
        network: networks[network.table.keyWord(slot, 0)]?.name ?? "",
        metric: meter.spec.metric,
        windowSeconds: meter.spec.windowSeconds,
        value: network.valueOf(meter, slot),
        expected: isKnown ? meter.series.mean : null,
        scatter: isKnown ? meter.series.scatter : 0,
        learnedDays: index < 0 ? 0 : daysOf(meter, index),
      });
    }
  }
  return found;
}
