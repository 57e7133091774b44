/** How much metrics keep, as counters; the same in all threads that tell each other what they settle. */
import { keyKinds } from "./metric.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";

export function* sizeCounters(
  metrics: TrafficMetrics,
): IterableIterator<readonly [string, number]> {
  const { tables, allMeters, pool, firstSeen } = metrics;
  for (const kind of keyKinds) {
    const table = tables[kind];
    if (table === null) continue;
    yield [`anomaly.keys.${kind}`, table.table.count];
    yield [`anomaly.evicted.${kind}`, table.table.evicted];
  }
  let series = 0;
  let evicted = 0;
  for (const meter of allMeters) {
    series += meter.series?.table.count ?? 0;
    evicted += meter.series?.table.evicted ?? 0;
  }
  yield ["anomaly.series", series];
  yield ["anomaly.series_evicted", evicted];
  yield ["anomaly.sketches", pool.count];
  yield ["anomaly.sketches_refused", pool.refused];
  yield ["anomaly.seen", firstSeen.table.count];
  yield ["anomaly.seen_evicted", firstSeen.table.evicted];
}
