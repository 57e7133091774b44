/** The `baseline` event: what a network of the site does beside what is expected of it. */
import { expect, it } from "vitest";
import { baselineStatus } from "../../../src/core/anomaly/metrics/baseline-status.ts";
import { Exchange } from "../../../src/core/anomaly/metrics/exchange.ts";
import { defaultMetricLimits } from "../../../src/core/anomaly/metrics/metric-limits.ts";
import { TrafficMetrics } from "../../../src/core/anomaly/metrics/traffic-metrics.ts";
import { defaultAlertOptions } from "../../../src/core/engine/eve-options.ts";
import { writeBaselineEvent } from "../../../src/core/engine/records/baseline-record.ts";
import { EveContext } from "../../../src/core/engine/records/envelope.ts";
import { parseSite } from "../../../src/node/site/load-site.ts";

it("tells of the window in progress and of what was learned", () => {
  const { site } = parseSite("site.yaml", "home-networks: {office: 10.0.0.0/8}");
  if (site === null) throw new Error("no site");
  const home = site.networks[0]!.addresses;
  const metrics = new TrafficMetrics({ limits: defaultMetricLimits, seed: 1, home, site });
  metrics.meter({ kind: "network", metric: "bytes_out", windowSeconds: 3600, season: "none" });
  const exchange = new Exchange();
  for (let hour = 0; hour < 10; hour++) {
    exchange.timeUs = (Date.UTC(2026, 5, 1) / 1000 + hour * 3600) * 1e6;
    exchange.setSides(
      4,
      Int32Array.of(0x0a000001, 0, 0, 0),
      Int32Array.of(0x0b000001, 0, 0, 0),
      443,
      6,
    );
    exchange.setTraffic(1000, 50, 1, 1);
    metrics.settle(exchange);
  }
  const status = baselineStatus(metrics);
  expect(status).toMatchObject({
    keys: 1,
    series: 1,
    networks: [
      { network: "office", metric: "bytes_out", value: 1000, expected: 1000, learnedDays: 9 / 24 },
    ],
  });
  const context = new EveContext(
    {
      alert: defaultAlertOptions,
      anomaly: null,
      drop: null,
      stats: null,
      flow: false,
      netflow: false,
      arp: false,
      application: new Map(),
      metadata: false,
      communityIdSeed: null,
      ethernet: false,
      pcapFile: false,
      sensorName: null,
    } as unknown as ConstructorParameters<typeof EveContext>[0], // only the writer is used
    new Uint8Array(),
  );
  const event: unknown = JSON.parse(writeBaselineEvent(context, status, exchange.timeUs));
  expect(event).toMatchObject({
    event_type: "baseline",
    baseline: {
      keys: 1,
      series: 1,
      networks: [{ network: "office", expected: 1000, deviation: 150 }],
    },
  });
});
