/**
 * Laws of what metrics learn: two models of two halves, merged, are the model of the whole; a model survives its file;
 * a sketch of two sets, merged, is that of their union.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DistinctColumn, SketchPool } from "../../src/core/anomaly/metrics/distinct-sketches.ts";
import { Exchange } from "../../src/core/anomaly/metrics/exchange.ts";
import { FirstSeenLimit } from "../../src/core/anomaly/metrics/first-seen.ts";
import {
  estimateCount,
  mergeSketch,
  rankOf,
  registerOf,
  SKETCH_BYTES,
  shareOf,
} from "../../src/core/anomaly/metrics/hyperloglog.ts";
import { KeyRows } from "../../src/core/anomaly/metrics/key-rows.ts";
import type { MeterSpec } from "../../src/core/anomaly/metrics/meter.ts";
import { defaultMetricLimits } from "../../src/core/anomaly/metrics/metric-limits.ts";
import { type LearnedModel, mergeModels, takeModel } from "../../src/core/anomaly/metrics/model.ts";
import { decodeModel, encodeModel } from "../../src/core/anomaly/metrics/model-file.ts";
import { TrafficMetrics } from "../../src/core/anomaly/metrics/traffic-metrics.ts";
import { Site } from "../../src/core/anomaly/site.ts";
import { finishHash, mixWord } from "../../src/core/anomaly/way-table.ts";
import { AddressSet } from "../../src/core/rule/address-set.ts";
import { readZone } from "../../src/node/site/zone-table.ts";

/** A Monday, 00:00 in Berlin's summer. */
const MONDAY = Date.UTC(2026, 5, 1) / 1000 - 2 * 3600;
const WEEK = 7 * 86_400;
const zone = readZone("Europe/Berlin");
if (zone === null) throw new Error("no zone");

const specs: readonly MeterSpec[] = [
  { kind: "host", metric: "bytes_out", windowSeconds: 3600, season: "hour_of_week" },
  { kind: "host", metric: "flows_in", windowSeconds: 600, season: "hour_of_day" },
  { kind: "service", metric: "flows_in", windowSeconds: 3600, season: "none" },
];

interface Event {
  readonly seconds: number;
  readonly client: number;
  readonly server: number;
  readonly bytes: number;
}

const event = fc.record({
  seconds: fc.integer({ min: 0, max: 3 * WEEK - 1 }),
  client: fc.integer({ min: 1, max: 6 }),
  server: fc.integer({ min: 1, max: 4 }),
  bytes: fc.integer({ min: 1, max: 1_000_000 }),
});

const marker: Event = { seconds: 0, client: 99, server: 99, bytes: 1 };

function learn(events: readonly Event[], start: number, end: number): LearnedModel {
  const metrics = new TrafficMetrics({
    limits: {
      ...defaultMetricLimits,
      hostsMax: 64,
      servicesMax: 64,
      seenMax: 4096,
      sketchesMax: 8,
      seriesBytesMax: 1e6,
    },
    seed: start,
    home: new AddressSet(true, new Uint32Array(), new Uint32Array()),
    site: new Site({ zone: zone! }),
  });
  for (const spec of specs) metrics.meter(spec);
  metrics.addFirstSeen(new FirstSeenLimit("peer", 0, Number.POSITIVE_INFINITY));
  const exchange = new Exchange();
  const settle = (seconds: number, { client, server, bytes }: Event): void => {
    exchange.timeUs = (MONDAY + seconds) * 1e6;
    exchange.setSides(
      4,
      Int32Array.of(0x0a000000 + client, 0, 0, 0),
      Int32Array.of(0x0a010000 + server, 0, 0, 0),
      443,
      6,
    );
    exchange.setTraffic(bytes, 100, 1, 1);
    exchange.setFirst(1);
    metrics.settle(exchange);
  };
  // Something is seen at both ends of the observation.
  settle(start, marker);
  for (const one of events) if (one.seconds >= start && one.seconds < end) settle(one.seconds, one);
  settle(end - 1, marker);
  const model = takeModel(metrics);
  if (model === null) throw new Error("nothing learned");
  return model;
}

/** Key -> windows and, by slot, weight, mean and variance. */
function rows(model: LearnedModel) {
  return model.series.map(
    ({ spec, count, keys, windows, lastWindow, values, referenceSeconds }) => {
      const words = keys.length / count;
      const size = values.length / count;
      return {
        spec,
        rows: new Map(
          Array.from({ length: count }, (_, i) => [
            keys.slice(i * words, (i + 1) * words).join(),
            {
              windows: windows[i],
              lastWindow: lastWindow[i],
              slots: Array.from(values.slice(i * size, (i + 1) * size)),
              referenceSeconds,
            },
          ]),
        ),
      };
    },
  );
}

describe("models", () => {
  it("of two halves, merged, equal that of the whole", () => {
    const cut = fc.integer({ min: 1, max: 20 }).map((days) => days * 86_400);
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 300 }), cut, (unsorted, at) => {
        const events = [...unsorted].sort((a, b) => a.seconds - b.seconds);
        // The ends of the halves are seen by the whole as well.
        const seam = [at - 1, at].map((seconds) => ({ ...marker, seconds }));
        const all = [...events, ...seam].sort((a, b) => a.seconds - b.seconds);
        const whole = rows(learn(all, 0, 3 * WEEK));
        const merged = rows(mergeModels(learn(events, at, 3 * WEEK), learn(events, 0, at)));
        whole.forEach(({ spec, rows: expected }, i) => {
          const found = merged[i]!;
          expect(found.spec).toEqual(spec);
          expect([...found.rows.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [key, row] of expected) {
            const other = found.rows.get(key)!;
            expect([other.windows, other.lastWindow]).toEqual([row.windows, row.lastWindow]);
            expectClose(other.slots, row.slots);
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  it("survive their file, and a changed file is refused", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), fc.nat(), (events, place) => {
        const bytes = encodeModel(
          learn(
            [...events].sort((a, b) => a.seconds - b.seconds),
            0,
            WEEK,
          ),
        );
        const again = decodeModel(bytes, readZone);
        if (typeof again === "string") throw new Error(again);
        expect(encodeModel(again)).toEqual(bytes);
        bytes[place % bytes.length]! ^= 1;
        expect(typeof decodeModel(bytes, readZone)).toBe("string");
        expect(typeof decodeModel(bytes.slice(0, place % bytes.length), readZone)).toBe("string");
      }),
      { numRuns: 10 },
    );
  });

  it("keep earliest and latest sights when they are merged", () => {
    const seen = ({ seen: entries }: LearnedModel): string[] => {
      const texts: string[] = [];
      for (let at = 0; at < entries.length; at += 4) texts.push(entries.slice(at, at + 4).join());
      return texts.sort();
    };
    expect(seen(learn([], 0, WEEK))).toEqual(
      seen(mergeModels(learn([], 0, WEEK), learn([], 0, WEEK))),
    );
  });
});

describe("HyperLogLog", () => {
  const hash = (value: number): number => finishHash(mixWord(0x1234_5678, value));

  it("counts within four standard errors, and keeps its sum as its registers are", () => {
    for (const count of [10, 100, 1000, 20_000, 300_000]) {
      const pool = new SketchPool(1);
      const owner = new DistinctColumn(pool, new KeyRows(8, 1, 1, 60));
      const sketch = pool.take(owner, 0, 1);
      for (let i = 0; i < count; i++)
        for (let twice = 0; twice < 2; twice++) pool.add(sketch, hash(i * 7));
      expect(Math.abs(pool.estimate(sketch) / count - 1)).toBeLessThan(4 * 0.046);
      const shares = [...pool.registers].map((rank) => shareOf(rank));
      const sum = shares.reduce((a, b) => a + b, 0);
      const empty = pool.registers.filter((rank) => rank === 0).length;
      expect(pool.estimate(sketch)).toBe(Math.round(estimateCount(sum, empty)));
    }
  });

  it("of a union is the merge of both", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (one, other) => {
        const [a, b, both] = [0, 0, 0].map(() => new Uint8Array(SKETCH_BYTES)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        const add = (registers: Uint8Array, value: number): void => {
          const at = registerOf(hash(value));
          registers[at] = Math.max(registers[at] ?? 0, rankOf(hash(value)));
        };
        for (const value of one) add(a, value);
        for (const value of other) add(b, value);
        for (const value of [...one, ...other]) add(both, value);
        mergeSketch(a, 0, b, 0);
        expect(a).toEqual(both);
      }),
    );
  });
});

/** Single precision: a thousandth, of squares with the rounding of their mean. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  for (let i = 0; i < expected.length; i++) {
    const scale = Math.max(
      1,
      Math.abs(expected[i]!),
      i % 3 === 2 ? expected[i - 1]! ** 2 * expected[i - 2]! : 0,
    );
    expect(Math.abs(found[i]! - expected[i]!) / scale).toBeLessThan(2e-3);
  }
}
