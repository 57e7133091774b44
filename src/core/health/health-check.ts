/** What a check of the engine's health says about itself, and what it is given. */

/** Counters by dotted name, as the stats event has them; texts are lists and are not looked at. */
export type CounterValues = ReadonlyMap<string, number | string>;

/** How much counters grew since the check before. */
export class CounterGrowth {
  private readonly now: CounterValues;
  private readonly before: CounterValues;

  constructor(now: CounterValues, before: CounterValues) {
    this.now = now;
    this.before = before;
  }

  /** 0 for a counter that is not there, or that began anew. */
  of(name: string): number {
    const grown = numberOf(this.now, name) - numberOf(this.before, name);
    return Math.max(0, grown);
  }

  /** Counters that grew, of those whose name passes the test, by their growth. */
  *grown(isWanted: (name: string) => boolean): IterableIterator<readonly [string, number]> {
    for (const name of this.now.keys()) {
      if (!isWanted(name)) continue;
      const by = this.of(name);
      if (by > 0) yield [name, by];
    }
  }
}

function numberOf(counters: CounterValues, name: string): number {
  const value = counters.get(name);
  return typeof value === "number" ? value : 0;
}

export interface HealthFinding {
  readonly severity: "warning" | "error";
  /** What was seen, with numbers; lower case, no full stop. */
  readonly message: string;
  /** The measure: a share from 0 to 1, or a count. */
  readonly value: number;
}

export interface HealthCheck {
  /** As `kernel-drops`. */
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** What most often is behind it. */
  readonly cause: string;
  /** What to do, with the command where there is one. */
  readonly remedy: string;
  /** Null when all is well. */
  find(growth: CounterGrowth): HealthFinding | null;
}

export function defineHealthCheck(check: HealthCheck): HealthCheck {
  return check;
}

/** `12.3 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.001 ? 3 : 1)} %`;
}
