/**
 * What single rules cost: how often each was looked at, how often it matched, and the time that took. Measured only
 * while asked for: this then stands between the inspectors of a detector and their rules, and one that is not
 * measured pays nothing. The clock is the host's. Left out: the searches that find candidates, which all rules share.
 */
import type { CompiledRule } from "./compiled-rule.ts";
import type { Detector } from "./detector.ts";

/** What one rule cost since measuring began. */
export interface RuleTime {
  readonly gid: number;
  readonly sid: number;
  readonly revision: number;
  readonly checks: number;
  readonly matches: number;
  /** Milliseconds. */
  readonly totalMs: number;
  readonly maxMs: number;
}

/** Columns of a rule's row. */
const CHECKS = 0;
const MATCHES = 1;
const TOTAL = 2;
const MAX = 3;
const COLUMNS = 4;

export class RuleTimes {
  /** Milliseconds from any start. */
  private readonly now: () => number;
  /** Of rule sets that were replaced, by gid and sid. */
  private readonly before = new Map<string, RuleTime>();
  private detector: Detector | null = null;
  private rows = new Float64Array(0);

  constructor(now: () => number) {
    this.now = now;
  }

  /** Measures the rules of this detector from now on. */
  attach(detector: Detector): void {
    this.detach();
    this.detector = detector;
    this.rows = new Float64Array(COLUMNS * detector.ruleSet.rules.length);
    const { transactionInspector, frameInspector } = detector;
    detector.evaluator = {
      evaluate: (rule, packet) => this.measure(rule, () => detector.evaluate(rule, packet)),
    };
    transactionInspector.evaluator = {
      evaluate: (plan, transaction, direction) =>
        this.measure(plan.rule, () => transactionInspector.evaluate(plan, transaction, direction)),
    };
    if (frameInspector === null) return;
    frameInspector.matcher = {
      matches: (rule, frame) => this.measureMatch(rule, () => frameInspector.matches(rule, frame)),
    };
  }

  /** Ends measuring; what was measured stays. */
  detach(): void {
    const { detector } = this;
    if (detector === null) return;
    for (const time of this.current()) this.before.set(keyOf(time), time);
    const { transactionInspector, frameInspector } = detector;
    detector.evaluator = detector;
    transactionInspector.evaluator = transactionInspector;
    if (frameInspector !== null) frameInspector.matcher = frameInspector;
    this.detector = null;
  }

  /** Rules that were looked at, the most expensive first. */
  list(): readonly RuleTime[] {
    const all = new Map(this.before);
    for (const time of this.current()) all.set(keyOf(time), time);
    return [...all.values()].sort((a, b) => b.totalMs - a.totalMs || a.sid - b.sid);
  }

  /** Times of the attached rules, with those before. */
  private *current(): IterableIterator<RuleTime> {
    const sums = new Map<string, RuleTime>();
    for (const rule of this.detector?.ruleSet.rules ?? []) {
      const at = COLUMNS * rule.index;
      if (this.rows[at + CHECKS] === 0) continue;
      const { gid, sid, revision } = rule;
      // Both halves of a rule for two directions count as one.
      const known = sums.get(keyOf(rule)) ?? this.before.get(keyOf(rule));
      sums.set(keyOf(rule), {
        gid,
        sid,
        revision,
        checks: (known?.checks ?? 0) + this.rows[at + CHECKS]!,
        matches: (known?.matches ?? 0) + this.rows[at + MATCHES]!,
        totalMs: (known?.totalMs ?? 0) + this.rows[at + TOTAL]!,
        maxMs: Math.max(known?.maxMs ?? 0, this.rows[at + MAX]!),
      });
    }
    yield* sums.values();
  }

  /** A match in a frame raises its alert only afterwards. */
  private measureMatch(rule: CompiledRule, run: () => boolean): boolean {
    let isMatch = false;
    this.measure(rule, () => {
      isMatch = run();
    });
    if (isMatch) this.rows[COLUMNS * rule.index + MATCHES]!++;
    return isMatch;
  }

  private measure(rule: CompiledRule, run: () => void): void {
    const { rows } = this;
    const at = COLUMNS * rule.index;
    const { queued } = this.detector!.alerts;
    const matches = queued.length;
    const start = this.now();
    run();
    const spent = this.now() - start;
    rows[at + CHECKS]!++;
    if (queued.length > matches) rows[at + MATCHES]!++;
    rows[at + TOTAL]! += spent;
    if (spent > rows[at + MAX]!) rows[at + MAX] = spent;
  }
}

function keyOf({ gid, sid }: { readonly gid: number; readonly sid: number }): string {
  return `${gid}:${sid}`;
}
