/**
 * What was learned of keys: for each slot of the season (an hour of the week) the weight, mean and sum of squared
 * deviations of the values of its windows. Weights fade by half in four weeks: a window's weight is 2 to the power of
 * its distance from a reference time in half-lives, so nothing has to be scaled as time goes on, and two series merge
 * exactly (Chan, Golub, LeVeque 1983). This is an exponentially weighted mean and variance.
 *
 * Layout: three floats (weight, mean, squares) a slot, 2,016 bytes for an hour of week, beside 32 of key and times.
 *
 * @hotpath
 */
import { KeyTable } from "./key-table.ts";
import type { SeasonCalendar } from "./season-calendar.ts";
import type { WindowHistory } from "./window-history.ts";

export const SLOT_FLOATS = 3;
export const HALF_LIFE_SECONDS = 28 * 86_400;
/** Idle keys get no more windows of zero than fit into this time. */
export const IDLE_FILL_SECONDS = 26 * 7 * 86_400;
/** What a slot's own scatter is mixed with: that within all slots, as if seen so often. */
const PRIOR_WINDOWS = 4;
/** Scatter below this share of the mean is not believed. */
const SCATTER_LEAST = 0.15;
const KEEP_US = 28 * 86_400 * 1_000_000;

export class SeasonSeries {
  readonly table: KeyTable;
  readonly slotCount: number;
  readonly values: Float32Array;
  /** By series: windows that went in; the last window that did. */
  readonly windows: Uint32Array;
  readonly lastWindow: Int32Array;
  /** By series: changes when another key takes it over. */
  readonly generations: Uint32Array;
  /** Unix seconds that weights are relative to; NaN before the first window. */
  referenceSeconds = Number.NaN;
  /** What was measured, for graphs; null when nobody wants it. */
  history: WindowHistory | null = null;
  /** What `expect` found. */
  mean = 0;
  scatter = 0;

  constructor(limitCount: number, keyWordCount: number, slotCount: number, seed: number) {
    this.table = new KeyTable(limitCount, keyWordCount, seed, KEEP_US);
    this.slotCount = slotCount;
    const { limitCount: count } = this.table;
    this.values = new Float32Array(count * slotCount * SLOT_FLOATS);
    this.windows = new Uint32Array(count);
    this.lastWindow = new Int32Array(count);
    this.generations = new Uint32Array(count);
  }

  /** The series of the key in `table.key`; made without content when it is not there. */
  take(timeUs: number, firstWindow: number): number {
    const series = this.table.take(timeUs);
    if (!this.table.isNew) return series;
    const size = this.slotCount * SLOT_FLOATS;
    this.values.fill(0, series * size, (series + 1) * size);
    this.windows[series] = 0;
    this.lastWindow[series] = firstWindow - 1;
    this.generations[series]!++;
    return series;
  }

  /** Adds a window with its value, after windows of zero since the last one. */
  fold(series: number, calendar: SeasonCalendar, window: number, value: number): void {
    if (window <= this.lastWindow[series]!) return;
    this.fillZeros(series, calendar, window);
    this.add(series, calendar, window, 1, value);
    this.lastWindow[series] = window;
  }

  /** Adds windows of zero after the last one, up to `end`. */
  fillZeros(series: number, calendar: SeasonCalendar, end: number): void {
    const earliest = end - Math.ceil(IDLE_FILL_SECONDS / calendar.windowSeconds);
    let window = Math.max(this.lastWindow[series]! + 1, earliest);
    while (window < end) {
      const next = Math.min(end, calendar.runEnd(window));
      this.add(series, calendar, window, next - window, 0);
      window = next;
    }
    if (end - 1 > this.lastWindow[series]!) this.lastWindow[series] = end - 1;
  }

  /** Windows before `window` that are not in were not observed. */
  skipTo(series: number, window: number): void {
    const last = this.lastWindow[series]!;
    if (window - 1 <= last) return;
    this.history?.skip(series, last + 1, window);
    this.lastWindow[series] = window - 1;
  }

  /**
   * Sets `mean` and `scatter` (a standard deviation) of a slot; false when nothing was learned for it. The slot's own
   * variance, of few windows, is mixed with that within all slots.
   */
  expect(series: number, slot: number): boolean {
    const { values, slotCount } = this;
    const at = (series * slotCount + slot) * SLOT_FLOATS;
    const weight = values[at]!;
    if (weight <= 0) return false;
    const first = series * slotCount * SLOT_FLOATS;
    let weights = 0;
    let squares = 0;
    for (let i = first; i < first + slotCount * SLOT_FLOATS; i += SLOT_FLOATS) {
      weights += values[i]!;
      squares += values[i + 2]!;
    }
    const windows = Math.max(1, (this.windows[series]! * weight) / weights);
    const own = values[at + 2]! / weight;
    const all = squares / weights;
    const variance = (windows * own + PRIOR_WINDOWS * all) / (windows + PRIOR_WINDOWS);
    this.mean = values[at + 1]!;
    this.scatter = Math.max(Math.sqrt(variance), SCATTER_LEAST * Math.abs(this.mean));
    return true;
  }

  private add(
    series: number,
    calendar: SeasonCalendar,
    window: number,
    count: number,
    value: number,
  ): void {
    const seconds = calendar.beginOf(window);
    if (Number.isNaN(this.referenceSeconds)) this.referenceSeconds = seconds;
    const at = (series * this.slotCount + calendar.slotOf(window)) * SLOT_FLOATS;
    combineSlot(this.values, at, count * fading(seconds - this.referenceSeconds), value, 0);
    this.history?.note(series, window, count, value);
    this.windows[series]! += count;
    this.table.weight[series] = this.windows[series]!;
  }
}

/** The weight of what is so many seconds later than something of weight 1. */
export function fading(laterSeconds: number): number {
  return 2 ** (laterSeconds / HALF_LIFE_SECONDS);
}

/** Joins (weight, mean, squares) into the slot at `at`. */
export function combineSlot(
  values: Float32Array,
  at: number,
  weight: number,
  mean: number,
  squares: number,
): void {
  const known = values[at]!;
  const total = known + weight;
  if (!(weight > 0)) return;
  const distance = mean - values[at + 1]!;
  values[at] = total;
  values[at + 1] = values[at + 1]! + (distance * weight) / total;
  values[at + 2] = values[at + 2]! + squares + distance * distance * ((known * weight) / total);
}
