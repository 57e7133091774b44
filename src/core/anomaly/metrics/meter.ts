/**
 * A metric of one kind of key in windows of one length, with what was learned of it where baselines ask, and the limits
 * of rules upon it. Columns are by the slots of the kind's table.
 *
 * @hotpath
 */
import type { DistinctColumn } from "./distinct-sketches.ts";
import type { KeyKind, MetricName, Season } from "./metric.ts";
import type { SeasonCalendar } from "./season-calendar.ts";
import type { SeasonSeries } from "./season-series.ts";
import type { Signal, SignalSource } from "./signals.ts";

export interface MeterSpec {
  readonly kind: KeyKind;
  readonly metric: MetricName;
  readonly windowSeconds: number;
  /** Null: nothing is learned. */
  readonly season: Season | null;
}

export interface Condition {
  /** Volume: the value is above it. Baseline: values and expectations up to it are nothing to speak of. */
  readonly minimum: number;
  /** Times the scatter that a value may be off; null for a plain limit. */
  readonly factor: number | null;
  readonly side: "above" | "below" | "both";
  readonly learnSeconds: number;
}

/** One rule's limit on a meter. */
export class Limit implements SignalSource {
  readonly condition: Condition;
  /** By slot: what the value must not pass in this window, 0 for none; null where it is the same for all. */
  ceilings: Float64Array | null = null;
  /** By slot: the last window that a rule told of, and one. */
  told = new Int32Array(0);
  /** Rule sets that have a rule with it. */
  readonly users = new WeakSet<object>();

  constructor(condition: Condition) {
    this.condition = condition;
  }

  /** Makes the columns. */
  open(slotCount: number): void {
    this.told = new Int32Array(slotCount);
    if (this.condition.factor === null) return;
    this.ceilings = new Float64Array(slotCount);
  }

  ceilingAt(slot: number): number {
    const { ceilings, condition } = this;
    if (ceilings === null) return condition.minimum;
    return ceilings[slot]! > 0 ? ceilings[slot]! : Number.POSITIVE_INFINITY;
  }

  forget(slot: number): void {
    this.told[slot] = 0;
    if (this.ceilings !== null) this.ceilings[slot] = 0;
  }

  hasTold(slot: number, window: number): boolean {
    return this.told[slot] === window + 1;
  }

  isOpen({ slot, window }: Signal): boolean {
    return !this.hasTold(slot, window);
  }

  take({ slot, window }: Signal): void {
    this.told[slot] = window + 1;
  }
}

export function isSameCondition(one: Condition, other: Condition): boolean {
  return (
    one.minimum === other.minimum &&
    one.factor === other.factor &&
    one.side === other.side &&
    one.learnSeconds === other.learnSeconds
  );
}

export class Meter {
  readonly spec: MeterSpec;
  /** Number of the metric. */
  readonly metric: number;
  readonly calendar: SeasonCalendar;
  /** Of the rules in use. */
  limits: Limit[] = [];
  /** No limit is passed by a value up to it: most are told by one look at the meter. */
  least = Number.POSITIVE_INFINITY;
  /** Of rules that are loaded, and may be used later. */
  waiting: Limit[] = [];
  /** Place of its value in a row, in numbers; a ratio has what is below the line in the next one. */
  cell = 0;
  isRatio = false;
  /** Word of a row with the count of different values, where it is one. */
  countWord = 0;
  distinct: DistinctColumn | null = null;
  series: SeasonSeries | null = null;
  /** By slot: its series and one, 0 for none; and the generation of that. */
  seriesOf = new Int32Array(0);
  generationOf = new Uint32Array(0);
  /** Windows before it are not whole. */
  firstWindow = 0;

  constructor(spec: MeterSpec, metric: number, calendar: SeasonCalendar) {
    this.spec = spec;
    this.metric = metric;
    this.calendar = calendar;
  }

  /**
   * The limit for a rule of `user`, its rule set: one that rules before it had with this condition, so that what was told
   * is not told again, or a new one.
   */
  limitFor(condition: Condition, user: object, isInUse: boolean): Limit {
    const known = [...this.limits, ...this.waiting].find(
      (one) => !one.users.has(user) && isSameCondition(one.condition, condition),
    );
    const limit = known ?? new Limit(condition);
    limit.users.add(user);
    if (known === undefined) (isInUse ? this.limits : this.waiting).push(limit);
    this.findLeast();
    return limit;
  }

  /** The rules of `user` are the ones in use. */
  useLimits(user: object): void {
    this.limits = [...this.limits, ...this.waiting].filter(({ users }) => users.has(user));
    this.waiting = [];
    this.findLeast();
  }

  /** No ceiling is below the minimum of its condition. */
  private findLeast(): void {
    this.least = Math.min(...this.limits.map(({ condition }) => condition.minimum));
  }

  /** The series of a slot; -1 for none, also when another key took it over. */
  seriesAt(slot: number): number {
    const series = this.series === null ? -1 : this.seriesOf[slot]! - 1;
    if (series < 0 || this.series === null) return -1;
    return this.series.generations[series] === this.generationOf[slot] ? series : -1;
  }
}
