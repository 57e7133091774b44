/** A model for people: one row for each baseline, with its expected values by slot of the season. */
import { addressToText } from "../../bytes/address-text.ts";
import type { KeyKind } from "./metric.ts";
import type { LearnedModel, LearnedSeries } from "./model.ts";
import { SeasonCalendar } from "./season-calendar.ts";
import { SLOT_FLOATS } from "./season-series.ts";
import { HISTORY_WINDOWS } from "./window-history.ts";

export interface SlotView {
  /** Null where nothing was learned. */
  readonly mean: number | null;
  readonly scatter: number;
}

export interface BaselineView {
  readonly kind: KeyKind;
  /** `10.0.0.5`, `10.0.0.5 > 192.0.2.1`, `10.0.0.5 tcp/443`, `network 0`. */
  readonly key: string;
  readonly metric: string;
  readonly windowSeconds: number;
  readonly season: string;
  readonly learnedDays: number;
  /** Of all slots. */
  readonly mean: number;
  readonly peak: number;
  readonly slots: readonly SlotView[];
  /** What was measured, oldest first; empty when that was not kept. */
  readonly measured: readonly MeasuredWindow[];
}

export interface MeasuredWindow {
  /** Unix seconds of its begin. */
  readonly seconds: number;
  readonly slot: number;
  readonly value: number;
}

/** Rows in the order of the model, the most active first within a metric. */
export function viewModel(model: LearnedModel): readonly BaselineView[] {
  return model.series.flatMap((series) => {
    const views = Array.from({ length: series.count }, (_, index) => viewOne(model, series, index));
    return views.sort((a, b) => b.mean - a.mean);
  });
}

function viewOne(model: LearnedModel, series: LearnedSeries, index: number): BaselineView {
  const { spec, values, windows, keys, count } = series;
  const size = values.length / count;
  const slots: SlotView[] = [];
  let weights = 0;
  let sum = 0;
  for (let at = index * size; at < (index + 1) * size; at += SLOT_FLOATS) {
    const weight = values[at]!;
    const mean = values[at + 1]!;
    weights += weight;
    sum += weight * mean;
    slots.push({
      mean: weight > 0 ? mean : null,
      scatter: weight > 0 ? Math.sqrt(values[at + 2]! / weight) : 0,
    });
  }
  const words = keys.length / count;
  return {
    kind: spec.kind,
    key: keyText(spec.kind, keys.slice(index * words, (index + 1) * words)),
    metric: spec.metric,
    windowSeconds: spec.windowSeconds,
    season: spec.season,
    learnedDays: (windows[index]! * spec.windowSeconds) / 86_400,
    mean: weights > 0 ? sum / weights : 0,
    peak: slots.reduce((peak, { mean }) => Math.max(peak, mean ?? 0), 0),
    slots,
    measured: measuredOf(model, series, index),
  };
}

function measuredOf(model: LearnedModel, series: LearnedSeries, index: number): MeasuredWindow[] {
  const place = series.historyOf.indexOf(index);
  if (place < 0) return [];
  const { windowSeconds, season } = series.spec;
  const calendar = new SeasonCalendar(model.zone, windowSeconds, season);
  const last = series.lastWindow[index]!;
  const measured: MeasuredWindow[] = [];
  for (let window = Math.max(0, last - HISTORY_WINDOWS + 1); window <= last; window++) {
    const value = series.history[place * HISTORY_WINDOWS + (window % HISTORY_WINDOWS)]!;
    if (Number.isNaN(value)) continue;
    measured.push({ seconds: calendar.beginOf(window), slot: calendar.slotOf(window), value });
  }
  return measured;
}

function keyText(kind: KeyKind, words: Int32Array): string {
  if (kind === "network") return `network ${words[0]}`;
  const first = words.slice(0, 4);
  if (kind === "host") return addressToText(words[4]!, first);
  if (kind === "pair") {
    return `${addressToText(words[8]!, first)} > ${addressToText(words[8]!, words.slice(4, 8))}`;
  }
  const protocol = words[5]! >>> 16;
  const name = protocol === 6 ? "tcp" : protocol === 17 ? "udp" : String(protocol);
  return `${addressToText(words[4]!, first)} ${name}/${words[5]! & 0xffff}`;
}
