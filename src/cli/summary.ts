/** What a replay did, for people and as JSON: packets, bytes, flows, alerts by rule, time, rate. */
import type { CompiledRule } from "../core/detect/compiled-rule.ts";
import type { Engine } from "../core/engine/engine.ts";

const RULES_LISTED_MAX = 20;

interface RuleAlerts {
  readonly gid: number;
  readonly sid: number;
  readonly message: string;
  count: number;
}

export class Summary {
  packetCount = 0;
  byteCount = 0;
  flowCount = 0;
  failedCaptures = 0;
  private started = process.hrtime.bigint();
  private loadSeconds = 0;
  /** By gid and sid: rules themselves are let go when others take their place. */
  private readonly alerts = new Map<string, RuleAlerts>();
  private readonly problems: string[] = [];
  private readonly linkTypes = new Map<number, number>();

  /** Rules are loaded: the time of packets begins. */
  startTraffic(): void {
    this.loadSeconds = this.seconds;
    this.started = process.hrtime.bigint();
  }

  noteAlert(rule: CompiledRule): void {
    const { gid, sid, message } = rule;
    const known = this.alerts.get(`${gid}:${sid}`);
    if (known === undefined) this.alerts.set(`${gid}:${sid}`, { gid, sid, message, count: 1 });
    else known.count++;
  }

  noteEngine(engine: Engine): void {
    this.packetCount += engine.packetCount;
    this.byteCount += engine.byteCount;
    for (const [linkType, count] of engine.unknownLinkTypes) {
      this.linkTypes.set(linkType, (this.linkTypes.get(linkType) ?? 0) + count);
    }
  }

  /** A capture that ended early; only one without any record counts as failed. */
  noteProblem(capture: string, problem: string, records: number): void {
    this.problems.push(`${capture}: ${problem}`);
    if (records === 0) this.failedCaptures++;
  }

  toText(ruleCount: number): string {
    const seconds = this.seconds;
    const rate = seconds > 0 ? Math.round(this.packetCount / seconds) : 0;
    const total = [...this.alerts.values()].reduce((sum, { count }) => sum + count, 0);
    const lines = this.problems.map((problem) => `warning: ${problem}`);
    for (const [linkType, count] of this.linkTypes) {
      lines.push(`warning: link type ${linkType} is not known: ${count} packets were not decoded`);
    }
    lines.push(
      `${this.packetCount} packets, ${this.byteCount} bytes, ${this.flowCount} flows, ${ruleCount} rules, ` +
        `${total} alerts in ${seconds.toFixed(2)} s (${rate} packets/s; ` +
        `loaded in ${this.loadSeconds.toFixed(2)} s)`,
    );
    const byCount = [...this.alerts.values()].sort((a, b) => b.count - a.count);
    for (const { gid, sid, message, count } of byCount.slice(0, RULES_LISTED_MAX)) {
      lines.push(`${`${count}`.padStart(8)}  ${gid}:${sid}  ${message}`);
    }
    if (byCount.length > RULES_LISTED_MAX)
      lines.push(`          and ${byCount.length - RULES_LISTED_MAX} more rules`);
    return lines.join("\n");
  }

  toJson(): string {
    const alerts = [...this.alerts.values()].map(({ gid, sid, count }) => ({ gid, sid, count }));
    const { packetCount: packets, byteCount: bytes, flowCount: flows, seconds, problems } = this;
    const { loadSeconds } = this;
    return JSON.stringify({ packets, bytes, flows, seconds, loadSeconds, alerts, problems });
  }

  private get seconds(): number {
    return Number(process.hrtime.bigint() - this.started) / 1e9;
  }
}
