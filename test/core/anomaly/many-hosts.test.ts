/** Metrics under more keys than they hold: what is kept, what goes, how much memory it takes. */
import { describe, expect, it } from "vitest";
import { Exchange } from "../../../src/core/anomaly/metrics/exchange.ts";
import { FirstSeenLimit } from "../../../src/core/anomaly/metrics/first-seen.ts";
import { defaultMetricLimits } from "../../../src/core/anomaly/metrics/metric-limits.ts";
import { TrafficMetrics } from "../../../src/core/anomaly/metrics/traffic-metrics.ts";
import { Site } from "../../../src/core/anomaly/site.ts";
import { AddressSet } from "../../../src/core/rule/address-set.ts";

const START = Date.UTC(2026, 5, 1) * 1000;
const MEBIBYTE = 1024 ** 2;
const everything = new AddressSet(true, new Uint32Array(), new Uint32Array());

function createMetrics(limits = defaultMetricLimits): TrafficMetrics {
  const metrics = new TrafficMetrics({ limits, seed: 3, home: everything, site: new Site() });
  const never = { minimum: 1e18, factor: null, side: "above", learnSeconds: 0 } as const;
  for (const metric of ["bytes_out", "peers", "failed"] as const) {
    metrics.limit({ kind: "host", metric, windowSeconds: 3600, season: null }, never);
  }
  metrics.limit({ kind: "pair", metric: "bytes_out", windowSeconds: 3600, season: null }, never);
  metrics.meter({ kind: "host", metric: "bytes_out", windowSeconds: 3600, season: "hour_of_week" });
  metrics.addFirstSeen(new FirstSeenLimit("peer", 0, Number.POSITIVE_INFINITY));
  return metrics;
}

class Feed {
  private readonly exchange = new Exchange();
  private readonly client = new Int32Array(4);
  private readonly server = new Int32Array(4);

  flow(metrics: TrafficMetrics, client: number, server: number, bytes: number, us: number): void {
    const { exchange } = this;
    this.client[0] = client;
    this.server[0] = server;
    exchange.timeUs = us;
    exchange.setSides(4, this.client, this.server, 443, 6);
    exchange.setTraffic(bytes, 0, 1, 0);
    exchange.setFirst(3);
    metrics.settle(exchange);
  }
}

describe("a million hosts", () => {
  it("fit into the memory that the limits say", () => {
    const before = process.memoryUsage().arrayBuffers;
    const metrics = createMetrics();
    const feed = new Feed();
    for (let host = 0; host < 1_000_000; host++) {
      feed.flow(metrics, 0x0a000000 + host, 0x0b000001, 100, START + host);
    }
    const { host, pair } = metrics.tables;
    expect(host?.table.count).toBe(1_000_001);
    expect(host?.table.evicted).toBe(0);
    expect(pair?.table.count).toBe(defaultMetricLimits.pairsMax);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(640 * MEBIBYTE);
  });

  it("do not wash out the ones that are active", () => {
    const limits = {
      ...defaultMetricLimits,
      hostsMax: 1024,
      pairsMax: 1024,
      sketchesMax: 16,
      seenMax: 4096,
    };
    const metrics = createMetrics({ ...limits, seriesBytesMax: MEBIBYTE });
    const feed = new Feed();
    const active = 0x0a0000ff;
    for (let i = 0; i < 50_000; i++) {
      const us = START + i * 1000;
      if (i % 10 === 0) feed.flow(metrics, active, 0x0b000001, 1000, us);
      feed.flow(metrics, 0x0c000000 + i, 0x0b000002, 1, us);
    }
    const { host } = metrics.tables;
    expect(host?.table.count).toBe(1024);
    expect(host?.table.evicted).toBeGreaterThan(40_000);
    host?.table.key.set([active, 0, 0, 0, 4]);
    const slot = host?.table.find() ?? -1;
    expect(slot).toBeGreaterThanOrEqual(0);
    const [bytes] = metrics.allMeters;
    if (host === null || bytes === undefined) throw new Error("no table");
    expect(host.valueOf(bytes, slot)).toBe(5_000_000);
    const counters = new Map(metrics.counters());
    expect(counters.get("anomaly.evicted.host")).toBe(host.table.evicted);
  });

  it("leave nothing behind when the metrics are cleared", () => {
    const metrics = createMetrics({ ...defaultMetricLimits, hostsMax: 1024, pairsMax: 1024 });
    const feed = new Feed();
    for (let i = 0; i < 500; i++) feed.flow(metrics, i, 0x0b000001 + i, 100, START);
    metrics.clear();
    feed.flow(metrics, 1, 2, 7, START);
    const { host } = metrics.tables;
    host?.table.key.set([1, 0, 0, 0, 4]);
    const [bytes, peers] = metrics.allMeters;
    const slot = host?.table.find() ?? -1;
    expect([host?.table.count, host?.valueOf(bytes!, slot), host?.valueOf(peers!, slot)]).toEqual([
      2, 7, 1,
    ]);
  });
});
