/**
 * The meters of one kind of key. What was exchanged is added to the windows of the key; where a window is over it is
 * folded into what was learned, and the limits for the next one are set. Limits that are passed raise signals, again
 * and again until a rule tells of the window.
 *
 * @hotpath
 */
import { DistinctColumn, type SketchPool } from "./distinct-sketches.ts";
import type { Exchange } from "./exchange.ts";
import type { KeyRows } from "./key-rows.ts";
import type { Limit, Meter } from "./meter.ts";
import { type KeyKind, Metric, metrics, seasonSlots } from "./metric.ts";
import { RATIO_MINIMUM_BYTES } from "./metric-limits.ts";
import { placeMeters, WindowGroup } from "./row-layout.ts";
import { SeasonSeries, SLOT_FLOATS } from "./season-series.ts";
import { Role, type Signals } from "./signals.ts";

/** Above 0, which stands for none. */
const LEAST_CEILING = 1e-9;
/** Windows without traffic that are looked at one by one. */
const EMPTY_WINDOWS_MAX = 168;

/** Of a row; bits. `beside`: there is something in columns beside the rows, as series and limits that were passed. */
export const Mark = { home: 1, beside: 2 } as const;

export class MeterTable {
  readonly kind: KeyKind;
  /** The caller fills `table.key` before `settle`. */
  readonly table: KeyRows;
  readonly meters: Meter[] = [];
  private readonly groups: WindowGroup[] = [];
  /** Word of a row with bits of Mark. */
  private markWord = 0;
  /** All meters have their place in the rows. */
  private isPlaced = false;
  /** Packet time of the last `settle`. */
  private nowUs = 0;
  private readonly pool: SketchPool;
  private readonly signals: Signals;
  private readonly seed: number;
  private readonly words: number;

  constructor(kind: KeyKind, table: KeyRows, seed: number, pool: SketchPool, signals: Signals) {
    this.kind = kind;
    this.words = table.words;
    this.table = table;
    this.pool = pool;
    this.signals = signals;
    this.seed = seed;
  }

  /** Adds a meter; keys that are there go on without a value of it. `seriesBytes`: how much its series may take. */
  open(meter: Meter, seriesBytes: number): void {
    const { limitCount } = this.table;
    const { windowSeconds, season } = meter.spec;
    const { kind } = metrics[meter.metric]!;
    let group = this.groups.find((one) => one.windowSeconds === windowSeconds);
    if (group === undefined) {
      group = new WindowGroup(windowSeconds);
      this.groups.push(group);
    }
    group.meters.push(meter);
    this.meters.push(meter);
    this.isPlaced = false;
    meter.isRatio = kind === "ratio";
    if (kind === "count") meter.distinct = new DistinctColumn(this.pool, this.table);
    for (const limit of meter.limits) limit.open(limitCount);
    if (season === null) return;
    const slots = seasonSlots[season];
    const count = fittingPower(seriesBytes / (slots * SLOT_FLOATS * 4 + 32), limitCount);
    meter.series = new SeasonSeries(count, this.words, slots, this.seed);
    meter.seriesOf = new Int32Array(limitCount);
    meter.generationOf = new Uint32Array(limitCount);
  }

  private place(): void {
    this.isPlaced = true;
    this.markWord = placeMeters(this.table, this.groups);
  }

  /** Bytes of a key's row. */
  get rowBytes(): number {
    return this.table.stride * 4;
  }

  /**
   * Adds what was exchanged to the key in `table.key`. `role` is a value of Role; `likely` the slot that the key had when
   * it was settled last, or -1. Returns its slot.
   */
  settle(
    exchange: Exchange,
    amounts: Float64Array,
    role: number,
    isHome: boolean,
    likely: number,
  ): number {
    const { table, groups } = this;
    if (!this.isPlaced) this.place();
    const slot = table.take(exchange.timeUs, likely);
    this.nowUs = exchange.timeUs;
    if (table.isNew) this.begin(slot, isHome);
    if (exchange.isFirst) table.addActivity(slot);
    const { rows, numbers } = table;
    const base = slot * table.stride;
    const seconds = exchange.timeUs / 1e6;
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g]!;
      const { meters } = group;
      const window = meters[0]!.calendar.windowAt(seconds);
      if (window >= rows[base + group.word]!) this.roll(group, slot, window, role);
      const current = rows[base + group.word]! - 1;
      for (let m = 0; m < meters.length; m++) {
        const meter = meters[m]!;
        const at = (base >> 1) + meter.cell;
        let value = 0;
        if (meter.distinct !== null) {
          if (exchange.isFirst) this.addDistinct(meter, slot, exchange, role);
          value = rows[base + meter.countWord]!;
        } else if (meter.isRatio) {
          numbers[at]! += amounts[Metric.bytesOut]!;
          numbers[at + 1]! += amounts[Metric.bytesIn]!;
          value = this.valueOf(meter, slot);
        } else value = numbers[at]! += amounts[meter.metric]!;
        if (value > meter.least) this.compare(meter, slot, current, role, value);
      }
    }
    return slot;
  }

  /** A limit that came after its meter. */
  openLimit(limit: Limit): void {
    limit.open(this.table.limitCount);
  }

  /** Ends the windows of all keys that are over, or nearly so, at the end of an observation. */
  finish(seconds: number): void {
    for (const group of this.groups) {
      for (let slot = 0; slot < this.table.count; slot++) {
        const window = this.windowAt(group, slot);
        for (const meter of group.meters) this.foldUpTo(meter, slot, window, seconds);
      }
    }
    for (const { series, calendar, firstWindow } of this.meters) {
      if (series === null) continue;
      const end = calendar.observedEnd(seconds);
      for (let i = 0; i < series.table.count; i++) {
        series.skipTo(i, firstWindow);
        series.fillZeros(i, calendar, end);
      }
    }
  }

  clear(): void {
    for (let slot = 0; slot < this.table.count; slot++) this.reset(slot);
    for (const { series } of this.meters) series?.table.clear();
    this.table.clear();
  }

  /** The value of a meter at a slot. */
  valueOf(meter: Meter, slot: number): number {
    if (meter.distinct !== null) return meter.distinct.countAt(slot);
    const { numbers, stride } = this.table;
    const at = ((slot * stride) >> 1) + meter.cell;
    if (!meter.isRatio) return numbers[at]!;
    return numbers[at]! < RATIO_MINIMUM_BYTES ? 0 : numbers[at]! / Math.max(1, numbers[at + 1]!);
  }

  /** The open window of a slot, by meter. */
  windowOf(meter: Meter, slot: number): number {
    const group = this.groups.find((one) => one.windowSeconds === meter.spec.windowSeconds);
    return group === undefined ? -1 : this.windowAt(group, slot);
  }

  private windowAt({ word }: WindowGroup, slot: number): number {
    return this.table.rows[slot * this.table.stride + word]! - 1;
  }

  mark(slot: number, mark: number): void {
    this.table.rows[slot * this.table.stride + this.markWord]! |= mark;
  }

  private isHome(slot: number): boolean {
    return (this.table.rows[slot * this.table.stride + this.markWord]! & Mark.home) !== 0;
  }

  /** The slot is another key's now; what the old one had is learned before it goes. */
  private begin(slot: number, isHome: boolean): void {
    const { groups, table } = this;
    if (table.isReused) {
      for (let g = 0; g < groups.length; g++) {
        const group = groups[g]!;
        const { meters } = group;
        const window = this.windowAt(group, slot);
        if (window < 0) continue;
        for (let m = 0; m < meters.length; m++) {
          const meter = meters[m]!;
          const series = meter.series === null ? -1 : meter.seriesAt(slot);
          if (series >= 0) this.fold(meter, slot, series, window);
        }
      }
      this.reset(slot);
    }
    table.rows[slot * table.stride + this.markWord] = isHome ? Mark.home : 0;
  }

  private reset(slot: number): void {
    const { meters, groups, table } = this;
    const isPlain = (table.rows[slot * table.stride + this.markWord]! & Mark.beside) === 0;
    for (let m = 0; m < meters.length; m++) {
      const meter = meters[m]!;
      this.empty(meter, slot);
      if (isPlain) continue;
      if (meter.series !== null) meter.seriesOf[slot] = 0;
      for (let l = 0; l < meter.limits.length; l++) meter.limits[l]!.forget(slot);
    }
    for (let g = 0; g < groups.length; g++) table.rows[slot * table.stride + groups[g]!.word] = 0;
  }

  private empty(meter: Meter, slot: number): void {
    if (meter.distinct !== null) meter.distinct.clear(slot);
    else {
      const { numbers, stride } = this.table;
      const at = ((slot * stride) >> 1) + meter.cell;
      numbers[at] = 0;
      if (meter.isRatio) numbers[at + 1] = 0;
    }
  }

  private addDistinct(
    { metric, distinct }: Meter,
    slot: number,
    exchange: Exchange,
    role: number,
  ): void {
    const isServer = role === Role.server;
    // A host's peers and ports are those that it contacts, its clients those that contact it.
    if (isServer !== (metric === Metric.clients)) return;
    distinct?.add(slot, exchange.hashFor(metric, isServer));
  }

  private compare(meter: Meter, slot: number, window: number, role: number, value: number): void {
    const { limits } = meter;
    for (let l = 0; l < limits.length; l++) {
      const limit = limits[l]!;
      if (value <= limit.condition.minimum || value <= limit.ceilingAt(slot)) continue;
      if (limit.hasTold(slot, window)) continue;
      this.raise(meter, limit, slot, window, role, value);
    }
  }

  private raise(
    meter: Meter,
    limit: Limit,
    slot: number,
    window: number,
    role: number,
    value: number,
  ): void {
    const signal = this.signals.raise(limit, role, slot);
    if (signal === null) return;
    this.mark(slot, Mark.beside);
    signal.value = value;
    signal.window = window;
    const series = meter.seriesAt(slot);
    if (series < 0 || meter.series === null || limit.condition.factor === null) return;
    if (!meter.series.expect(series, meter.calendar.slotOf(window))) return;
    signal.mean = meter.series.mean;
    signal.scatter = meter.series.scatter;
    signal.learnedWindows = meter.series.windows[series]!;
  }

  /** The windows of a key are over; the next ones begin. */
  private roll(group: WindowGroup, slot: number, window: number, role: number): void {
    const { meters } = group;
    const old = this.windowAt(group, slot);
    for (let m = 0; m < meters.length; m++) {
      const meter = meters[m]!;
      let series = meter.seriesAt(slot);
      if (meter.series !== null && this.isHome(slot)) {
        if (series < 0) series = this.attach(meter, slot, old);
        if (series >= 0 && old >= 0) {
          this.judgeBelow(meter, slot, series, old, window, role);
          this.fold(meter, slot, series, old);
        }
        if (series >= 0) meter.series.fillZeros(series, meter.calendar, window);
      }
      if (old >= 0) this.empty(meter, slot);
      if (series >= 0) this.setCeilings(meter, slot, series, window);
    }
    this.table.rows[slot * this.table.stride + group.word] = window + 1;
  }

  private fold(meter: Meter, slot: number, series: number, window: number): void {
    if (meter.series === null || window < meter.firstWindow) return;
    meter.series.fold(series, meter.calendar, window, this.learnable(meter, slot));
  }

  private foldUpTo(meter: Meter, slot: number, window: number, seconds: number): void {
    if (window < 0 || window >= meter.calendar.observedEnd(seconds)) return;
    const known = meter.seriesAt(slot);
    const series = known < 0 ? this.attach(meter, slot, window) : known;
    if (series < 0) return;
    this.fold(meter, slot, series, window);
  }

  /** What is off the baseline moves it by no more than the baseline allows. */
  private learnable(meter: Meter, slot: number): number {
    let ceiling = 0;
    for (let l = 0; l < meter.limits.length; l++) {
      const { ceilings } = meter.limits[l]!;
      if (ceilings === null) continue;
      if (ceilings[slot] === 0) return this.valueOf(meter, slot);
      ceiling = Math.max(ceiling, ceilings[slot]!);
    }
    const value = this.valueOf(meter, slot);
    return ceiling === 0 ? value : Math.min(value, ceiling);
  }

  /**
   * The series of a key, made for a first window with something in it; -1 without. So keys that come once and go take
   * none.
   */
  private attach(meter: Meter, slot: number, window: number): number {
    const { series } = meter;
    if (series === null || !this.isHome(slot)) return -1;
    const { key } = series.table;
    for (let i = 0; i < this.words; i++) key[i] = this.table.keyWord(slot, i);
    let index = series.table.find();
    if (index < 0) {
      if (window < meter.firstWindow || this.valueOf(meter, slot) <= 0) return -1;
      index = series.take(this.nowUs, window);
    }
    this.mark(slot, Mark.beside);
    meter.seriesOf[slot] = index + 1;
    meter.generationOf[slot] = series.generations[index]!;
    // What a model says ends before this observation began.
    series.skipTo(index, meter.firstWindow);
    return index;
  }

  private setCeilings(meter: Meter, slot: number, index: number, window: number): void {
    const { series, limits, calendar } = meter;
    if (series === null || limits.length === 0) return;
    const isKnown = series.expect(index, calendar.slotOf(window));
    const seconds = series.windows[index]! * calendar.windowSeconds;
    for (let l = 0; l < limits.length; l++) {
      const { ceilings, condition } = limits[l]!;
      const { factor, minimum, learnSeconds, side } = condition;
      if (ceilings === null || factor === null) continue;
      const isReady = isKnown && seconds >= learnSeconds && side !== "below";
      const ceiling = Math.max(minimum, series.mean + factor * series.scatter, LEAST_CEILING);
      ceilings[slot] = isReady ? ceiling : 0;
    }
  }

  /** The window that is over, and empty ones after it: the first that is too low is told. */
  private judgeBelow(
    meter: Meter,
    slot: number,
    index: number,
    over: number,
    next: number,
    role: number,
  ): void {
    const { series, limits, calendar } = meter;
    for (let l = 0; l < limits.length; l++) {
      const limit = limits[l]!;
      const { factor, learnSeconds, side } = limit.condition;
      if (factor === null || side === "above" || series === null) continue;
      if (series.windows[index]! * calendar.windowSeconds < learnSeconds) continue;
      let value = this.valueOf(meter, slot);
      for (let window = over; window < Math.min(next, over + EMPTY_WINDOWS_MAX); window++) {
        if (isBelow(series, index, calendar.slotOf(window), limit, value)) {
          this.raise(meter, limit, slot, window, role, value);
          break;
        }
        value = 0;
      }
    }
  }
}

function isBelow(
  series: SeasonSeries,
  index: number,
  slot: number,
  { condition }: Limit,
  value: number,
): boolean {
  if (!series.expect(index, slot) || series.mean < condition.minimum) return false;
  return value < series.mean - (condition.factor ?? 0) * series.scatter;
}

/** The largest power of two that fits, from 8 to `most`. */
function fittingPower(count: number, most: number): number {
  let size = 8;
  while (size * 2 <= count && size < most) size *= 2;
  return size;
}
