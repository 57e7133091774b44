/** What a replay did, for people and as JSON: packets, bytes, flows, alerts by rule, time, rate. */
import type { CompiledRule } from "../core/detect/compiled-rule.ts";
import type { Engine } from "../core/engine/engine.ts";

const RULES_LISTED_MAX = 20;

export class Summary {
  packetCount = 0;
  byteCount = 0;
  flowCount = 0;
  failedCaptures = 0;
  private started = process.hrtime.bigint();
  private loadSeconds = 0;
  private readonly alerts = new Map<CompiledRule, number>();
  private readonly problems: string[] = [];
  private readonly linkTypes = new Map<number, number>();

  /** Rules are loaded: the time of packets begins. */
  startTraffic(): void {
    this.loadSeconds = this.seconds;
    this.started = process.hrtime.bigint();
  }

  noteAlert(rule: CompiledRule): void {
    this.alerts.set(rule, (this.alerts.get(rule) ?? 0) + 1);
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
    const total = [...this.alerts.values()].reduce((sum, count) => sum + count, 0);
    const lines = this.problems.map((problem) => `warning: ${problem}`);
    for (const [linkType, count] of this.linkTypes) {
      lines.push(`warning: link type ${linkType} is not known: ${count} packets were not decoded`);
    }
    lines.push(
      `${this.packetCount} packets, ${this.byteCount} bytes, ${this.flowCount} flows, ${ruleCount} rules, ` +
        `${total} alerts in ${seconds.toFixed(2)} s (${rate} packets/s; ` +
        `loaded in ${this.loadSeconds.toFixed(2)} s)`,
    );
    const byCount = [...this.alerts].sort((a, b) => b[1] - a[1]);
    for (const [rule, count] of byCount.slice(0, RULES_LISTED_MAX)) {
      lines.push(`${`${count}`.padStart(8)}  ${rule.gid}:${rule.sid}  ${rule.message}`);
    }
    if (byCount.length > RULES_LISTED_MAX)
      lines.push(`          and ${byCount.length - RULES_LISTED_MAX} more rules`);
    return lines.join("\n");
  }

  toJson(): string {
    const alerts = [...this.alerts].map(([{ gid, sid }, count]) => ({ gid, sid, count }));
    const { packetCount: packets, byteCount: bytes, flowCount: flows, seconds, problems } = this;
    const { loadSeconds } = this;
    return JSON.stringify({ packets, bytes, flows, seconds, loadSeconds, alerts, problems });
  }

  private get seconds(): number {
    return Number(process.hrtime.bigint() - this.started) / 1e9;
  }
}
