/** Thresholds against a plain reading of what Suricata documents: one list of times for each key. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/core/detect/alert-queue.ts";
import type { CompiledRule } from "../../../src/core/detect/compiled-rule.ts";
import { DetectionState } from "../../../src/core/detect/detection-state.ts";
import type { ThresholdSpec } from "../../../src/core/detect/rule-state.ts";
import { Judgement, Thresholds } from "../../../src/core/detect/thresholds.ts";
import { Verdict } from "../../../src/core/detect/verdict.ts";
import { Flow } from "../../../src/core/flow/flow.ts";
import { Packet } from "../../../src/core/layers/packet.ts";

interface Match {
  /** Seconds after the match before. */
  readonly later: number;
  readonly source: number;
  readonly destination: number;
  readonly flow: number;
}

const flows = [0, 1].map((index) => new Flow(index));

function judgeAll(spec: ThresholdSpec, matches: readonly Match[], limitCount?: number) {
  for (const flow of flows) flow.reset();
  const thresholds = new Thresholds(new DetectionState(), limitCount, 7);
  const packet = new Packet();
  packet.ipVersion = 4;
  let timeUs = 1_000_000_000_000_000;
  const judgements = matches.map(({ later, source, destination, flow }) => {
    timeUs += later * 1e6;
    packet.timeUs = timeUs;
    packet.sourceWords[0] = source;
    packet.destinationWords[0] = destination;
    packet.flow = flows[flow] ?? null;
    // All that thresholds read of a rule and an alert.
    const rule = {
      gid: 1,
      sid: 5,
      index: 3,
      thresholds: [spec],
      suppressions: [],
    } as unknown as CompiledRule;
    const alert = { rule, action: Verdict.alert, rateModified: false } as Alert;
    const judgement = thresholds.judge(alert, packet);
    return alert.rateModified ? `${judgement} changed ${alert.action}` : `${judgement}`;
  });
  return { judgements, thresholds };
}

/** The same, slowly: a window of its own for each key. */
function expected(spec: ThresholdSpec, matches: readonly Match[]): string[] {
  const windows = new Map<string, { start: number; count: number; until: number; next: number }>();
  let now = 0;
  return matches.map((match) => {
    now += match.later;
    const key = keyOf(spec, match);
    const known = windows.get(key);
    const isNew = known === undefined;
    const window = known ?? { start: now, count: 0, until: 0, next: spec.count };
    windows.set(key, window);
    if (spec.kind === "backoff") {
      window.count++;
      if (window.count !== window.next) return `${Judgement.silent}`;
      window.next *= spec.multiplier ?? 1;
      return `${Judgement.alert}`;
    }
    if (spec.kind === "rate" && window.until > 0) {
      if (now > window.until) window.until = 0;
      else return `${Judgement.alert} changed ${Verdict.alert | Verdict.drop}`;
      return `${Judgement.alert}`;
    }
    const isOver = !isNew && now > window.start + spec.seconds;
    if (isOver) {
      window.start = now;
      window.count = 0;
    }
    window.count++;
    return judgementOf(spec, window, now);
  });
}

function judgementOf(
  { kind, count, timeoutSeconds = 0 }: ThresholdSpec,
  window: { count: number; until: number },
  now: number,
): string {
  const nth = window.count;
  switch (kind) {
    case "limit":
      return `${nth <= count ? Judgement.alert : Judgement.silent}`;
    case "both":
      if (nth === count) return `${Judgement.alert}`;
      return `${nth > count ? Judgement.silent : Judgement.suppressed}`;
    case "threshold":
      if (count === 1) return `${Judgement.alert}`;
      if (nth < count) return `${Judgement.suppressed}`;
      window.count = 0;
      return `${Judgement.alert}`;
    case "detectionFilter":
      return `${nth > count ? Judgement.alert : Judgement.suppressed}`;
    default:
      if (nth <= count) return `${Judgement.alert}`;
      window.until = now + timeoutSeconds;
      return `${Judgement.alert} changed ${Verdict.alert | Verdict.drop}`;
  }
}

function keyOf({ track }: ThresholdSpec, { source, destination, flow }: Match): string {
  switch (track) {
    case "bySource":
      return `${source}`;
    case "byDestination":
      return `${destination}`;
    case "byBoth":
      return [source, destination].sort().join(" ");
    case "byFlow":
      return `flow ${flow}`;
    default:
      return "";
  }
}

const matchesArbitrary = fc.array(
  fc.record({
    later: fc.integer({ min: 0, max: 12 }),
    source: fc.integer({ min: 1, max: 3 }),
    destination: fc.integer({ min: 1, max: 3 }),
    flow: fc.integer({ min: 0, max: 1 }),
  }),
  { maxLength: 60 },
);
const trackArbitrary = fc.constantFrom(
  "bySource",
  "byDestination",
  "byBoth",
  "byRule",
  "byFlow" as const,
);
const numbers = { count: fc.integer({ min: 1, max: 4 }), seconds: fc.integer({ min: 1, max: 20 }) };

describe("thresholds", () => {
  it.each(["limit", "threshold", "both", "detectionFilter"] as const)(
    "%s decides as a list of times for each key would",
    (kind) => {
      fc.assert(
        fc.property(
          fc.record({ kind: fc.constant(kind), track: trackArbitrary, ...numbers }),
          matchesArbitrary,
          (spec, matches) => {
            // A first match that is also the last wanted alerts at once in every kind but the filter.
            expect(judgeAll(spec, matches).judgements).toEqual(expected(spec, matches));
          },
        ),
      );
    },
  );

  it("rate_filter changes the action from the match above the count until the timeout", () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constant("rate" as const),
          track: trackArbitrary,
          ...numbers,
          timeoutSeconds: fc.integer({ min: 1, max: 30 }),
          newAction: fc.constant("drop" as const),
        }),
        matchesArbitrary,
        (spec, matches) => {
          expect(judgeAll(spec, matches).judgements).toEqual(expected(spec, matches));
        },
      ),
    );
  });

  it("backoff alerts at N, N times M, N times M squared ... matches of a flow", () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constant("backoff" as const),
          track: fc.constant("byFlow" as const),
          count: numbers.count,
          seconds: fc.constant(0),
          multiplier: fc.integer({ min: 2, max: 4 }),
        }),
        matchesArbitrary,
        (spec, matches) => {
          expect(judgeAll(spec, matches).judgements).toEqual(expected(spec, matches));
        },
      ),
    );
  });

  it("keeps no more counts than its limit, and counts what it refuses", () => {
    const matches = Array.from({ length: 500 }, (_, i) => ({
      later: 0,
      source: i + 1,
      destination: 1,
      flow: 0,
    }));
    const limit = { kind: "limit", track: "bySource", count: 1, seconds: 60 } as const;
    const filter = { ...limit, kind: "detectionFilter" } as const;
    const limited = judgeAll(limit, [...matches, ...matches], 100);
    expect(limited.thresholds.count).toBe(100);
    expect(limited.thresholds.refused).toBe(800);
    // 500 first matches; of the second ones, those that are not known get through again.
    expect(limited.judgements.filter((each) => each === `${Judgement.alert}`)).toHaveLength(900);
    const filtered = judgeAll(filter, [...matches, ...matches], 100);
    expect(filtered.judgements.filter((each) => each === `${Judgement.alert}`)).toHaveLength(100);
  });
});
