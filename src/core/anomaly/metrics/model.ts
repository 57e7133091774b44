/**
 * What was learned, as plain data: taken from metrics at the end of an observation, put into others before traffic,
 * merged with that of another time or place. `model-file.ts` has its bytes.
 */
import type { ZoneOffsets } from "../zone-time.ts";
import type { Meter, MeterSpec } from "./meter.ts";
import { keyWords, type Season, seasonSlots } from "./metric.ts";
import { SeasonCalendar } from "./season-calendar.ts";
import { combineSlot, fading, SeasonSeries, SLOT_FLOATS } from "./season-series.ts";
import { SEEN_WORDS, SeenTable } from "./seen-table.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";
import { HISTORY_WINDOWS, WindowHistory } from "./window-history.ts";

export interface LearnedSpec extends MeterSpec {
  readonly season: Season;
}

/** The series of one meter; `count` keys. */
export interface LearnedSeries {
  readonly spec: LearnedSpec;
  readonly count: number;
  /** Unix seconds that weights are relative to; NaN without a window. */
  readonly referenceSeconds: number;
  /** `keyWords` of the kind a key. */
  readonly keys: Int32Array;
  readonly windows: Uint32Array;
  readonly lastWindow: Int32Array;
  /** Weight, mean, squares for each slot of the season. */
  readonly values: Float32Array;
  /** Numbers of keys that have a history, and HISTORY_WINDOWS values of each. */
  readonly historyOf: Int32Array;
  readonly history: Float32Array;
}

export interface LearnedModel {
  readonly zone: ZoneOffsets;
  /** Unix seconds of the first and the last packet. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly series: readonly LearnedSeries[];
  /** Entries of the table of first sights, SEEN_WORDS each. */
  readonly seen: Uint32Array;
}

/** Ends the observation and takes what was learned. Null when there was no traffic. */
export function takeModel(metrics: TrafficMetrics): LearnedModel | null {
  if (Number.isNaN(metrics.startUs)) return null;
  metrics.finish();
  return {
    zone: metrics.options.site.zone,
    startSeconds: metrics.startUs / 1e6,
    endSeconds: metrics.latestUs / 1e6,
    series: metrics.allMeters.flatMap((meter) => takeSeries(meter)),
    seen: takeSeen(metrics.firstSeen.table),
  };
}

/** Puts a model into metrics that have had no traffic. Returns how many of its series nobody asks for. */
export function putModel(metrics: TrafficMetrics, model: LearnedModel): number {
  metrics.prepare();
  let idle = 0;
  for (const learned of model.series) {
    const meter = metrics.allMeters.find(({ spec }) => isSameSpec(spec, learned.spec));
    if (meter?.series == null) idle++;
    else putSeries(meter.series, learned, model.endSeconds);
  }
  const { seen } = model;
  for (let at = 0; at < seen.length; at += SEEN_WORDS) {
    metrics.firstSeen.table.put(seen[at]!, seen[at + 1]!, seen[at + 2]!, seen[at + 3]!);
  }
  return idle;
}

/**
 * One model of two. When one was learned after the other, keys count as idle while the later one was learned and did not
 * see them, as if both were one observation; else they are taken as of different places.
 */
export function mergeModels(one: LearnedModel, other: LearnedModel): LearnedModel {
  const [first, second] = one.startSeconds <= other.startSeconds ? [one, other] : [other, one];
  const merged = first.series.map((learned) => {
    const match = second.series.find(({ spec }) => isSameSpec(spec, learned.spec));
    return mergeSeries(learned, match ?? null, first, second);
  });
  const added = second.series.filter(
    (learned) => !first.series.some(({ spec }) => isSameSpec(spec, learned.spec)),
  );
  return {
    zone: first.zone,
    startSeconds: first.startSeconds,
    endSeconds: Math.max(first.endSeconds, second.endSeconds),
    series: [...merged, ...added],
    seen: mergeSeen(first.seen, second.seen),
  };
}

export function isSameSpec(one: MeterSpec, other: MeterSpec): boolean {
  return (
    one.kind === other.kind &&
    one.metric === other.metric &&
    one.windowSeconds === other.windowSeconds &&
    one.season === other.season
  );
}

function takeSeries({ spec, series }: Meter): LearnedSeries[] {
  const { season } = spec;
  return series === null || season === null ? [] : [learnedOf({ ...spec, season }, series)];
}

function learnedOf(spec: LearnedSpec, series: SeasonSeries): LearnedSeries {
  const { count, words, keys } = series.table;
  const histories = [...(series.history?.values ?? [])].filter(([index]) => index < count);
  const history = new Float32Array(histories.length * HISTORY_WINDOWS);
  histories.forEach(([, values], i) => {
    history.set(values, i * HISTORY_WINDOWS);
  });
  return {
    spec,
    count,
    referenceSeconds: series.referenceSeconds,
    keys: keys.slice(0, count * words),
    windows: series.windows.slice(0, count),
    lastWindow: series.lastWindow.slice(0, count),
    values: series.values.slice(0, count * series.slotCount * SLOT_FLOATS),
    historyOf: Int32Array.from(histories, ([index]) => index),
    history,
  };
}

/** Joins what was learned of each key; `before` is called with a known key's series first. */
function putSeries(
  series: SeasonSeries,
  learned: LearnedSeries,
  seconds: number,
  before: (index: number, at: number) => void = () => {},
): void {
  const { count, keys, values, windows, lastWindow } = learned;
  const { table, slotCount } = series;
  if (Number.isNaN(series.referenceSeconds)) series.referenceSeconds = learned.referenceSeconds;
  const scale = fading(learned.referenceSeconds - series.referenceSeconds);
  const size = slotCount * SLOT_FLOATS;
  for (let i = 0; i < count; i++) {
    for (let word = 0; word < table.words; word++) table.key[word] = keys[i * table.words + word]!;
    const index = series.take(seconds * 1e6, 0);
    if (!table.isNew) before(index, i);
    for (let at = 0; at < size; at += SLOT_FLOATS) {
      const from = i * size + at;
      const weight = values[from]! * scale;
      combineSlot(
        series.values,
        index * size + at,
        weight,
        values[from + 1]!,
        values[from + 2]! * scale,
      );
    }
    series.windows[index]! += windows[i]!;
    table.weight[index] = series.windows[index]!;
    series.lastWindow[index] = Math.max(series.lastWindow[index]!, lastWindow[i]!);
  }
  putHistories(series, learned);
}

function putHistories(series: SeasonSeries, learned: LearnedSeries): void {
  const { historyOf, history, keys } = learned;
  const { table } = series;
  if (series.history === null) return;
  for (let i = 0; i < historyOf.length; i++) {
    const key = historyOf[i]! * table.words;
    for (let word = 0; word < table.words; word++) table.key[word] = keys[key + word]!;
    const index = table.find();
    if (index < 0) continue;
    for (let window = 0; window < HISTORY_WINDOWS; window++) {
      const value = history[i * HISTORY_WINDOWS + window]!;
      if (!Number.isNaN(value)) series.history.note(index, window, 1, value);
    }
  }
}

function mergeSeries(
  one: LearnedSeries,
  other: LearnedSeries | null,
  first: LearnedModel,
  second: LearnedModel,
): LearnedSeries {
  const { spec } = one;
  const calendar = new SeasonCalendar(first.zone, spec.windowSeconds, spec.season);
  const total = one.count + (other?.count ?? 0);
  const joined = new SeasonSeries(total, keyWords[spec.kind], seasonSlots[spec.season], 1);
  joined.history = new WindowHistory();
  putSeries(joined, one, first.endSeconds);
  const isAfter = second.startSeconds >= first.endSeconds - spec.windowSeconds / 2;
  const begin = calendar.firstObserved(second.startSeconds);
  if (isAfter) {
    // The time between the two was not observed.
    for (let index = 0; index < one.count; index++) {
      joined.skipTo(index, begin);
    }
  }
  if (other !== null) {
    putSeries(joined, other, second.endSeconds, (index, i) => {
      const firstWindow = other.lastWindow[i]! - other.windows[i]! + 1;
      if (isAfter) joined.fillZeros(index, calendar, Math.max(begin, firstWindow));
    });
  }
  if (isAfter) {
    const end = calendar.observedEnd(second.endSeconds);
    for (let index = 0; index < joined.table.count; index++) joined.fillZeros(index, calendar, end);
  }
  return learnedOf(spec, joined);
}

function takeSeen(table: SeenTable): Uint32Array {
  const { entries } = table;
  const taken: number[] = [];
  for (let at = 0; at < entries.length; at += SEEN_WORDS) {
    if (entries[at + 3] === 0) continue;
    for (let i = 0; i < SEEN_WORDS; i++) taken.push(entries[at + i]!);
  }
  return Uint32Array.from(taken);
}

function mergeSeen(one: Uint32Array, other: Uint32Array): Uint32Array {
  // Four places for each entry: that a bucket overflows is then a matter of one in ten thousand.
  const table = new SeenTable((4 * (one.length + other.length)) / SEEN_WORDS, 1);
  for (const from of [one, other]) {
    for (let at = 0; at < from.length; at += SEEN_WORDS) {
      table.put(from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!);
    }
  }
  return takeSeen(table);
}
