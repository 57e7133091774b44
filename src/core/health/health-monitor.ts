/** Runs the checks over the counters of each interval, and tells what began, got worse, or is over. */
import {
  CounterGrowth,
  type CounterValues,
  type HealthCheck,
  type HealthFinding,
} from "./health-check.ts";

export interface HealthReport extends HealthFinding {
  readonly check: HealthCheck;
  /** `ill` from the first interval with a finding, `well` after some without. */
  readonly state: "ill" | "well";
  /** Packet or clock time at which it began, microseconds since 1970. */
  readonly sinceUs: number;
}

/** Intervals without a finding before a check is well again. */
const QUIET_INTERVALS = 3;

interface Illness {
  finding: HealthFinding;
  readonly sinceUs: number;
  quiet: number;
}

export class HealthMonitor {
  private readonly checks: readonly HealthCheck[];
  private readonly ill = new Map<HealthCheck, Illness>();
  private before: CounterValues;

  /** @param start counters from which growth is measured. */
  constructor(checks: readonly HealthCheck[], start: CounterValues) {
    this.checks = checks;
    this.before = new Map(start);
  }

  /** Looks at an interval that ends now; gives what changed. */
  check(counters: CounterValues, timeUs: number): readonly HealthReport[] {
    const growth = new CounterGrowth(counters, this.before);
    this.before = new Map(counters);
    const changes: HealthReport[] = [];
    for (const check of this.checks) {
      const change = this.update(check, check.find(growth), timeUs);
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  /** What is ill now, in the order of the checks. */
  current(): readonly HealthReport[] {
    return this.checks.flatMap((check) => {
      const illness = this.ill.get(check);
      if (illness === undefined) return [];
      return [{ check, state: "ill" as const, sinceUs: illness.sinceUs, ...illness.finding }];
    });
  }

  private update(
    check: HealthCheck,
    finding: HealthFinding | null,
    timeUs: number,
  ): HealthReport | null {
    const illness = this.ill.get(check);
    if (finding === null) {
      if (illness === undefined || ++illness.quiet < QUIET_INTERVALS) return null;
      this.ill.delete(check);
      return { check, state: "well", sinceUs: illness.sinceUs, ...illness.finding };
    }
    if (illness === undefined) {
      this.ill.set(check, { finding, sinceUs: timeUs, quiet: 0 });
      return { check, state: "ill", sinceUs: timeUs, ...finding };
    }
    const isWorse = finding.severity === "error" && illness.finding.severity === "warning";
    illness.finding = finding;
    illness.quiet = 0;
    return isWorse ? { check, state: "ill", sinceUs: illness.sinceUs, ...finding } : null;
  }
}
