/** The health of a live session: looked at every ten seconds and at the end, told as events and on the terminal. */
import { healthChecks } from "../../core/health/checks/index.ts";
import { HealthMonitor, type HealthReport } from "../../core/health/health-monitor.ts";
import { TrafficWatch } from "../../core/health/traffic-watch.ts";
import type { LiveSession } from "./live-session.ts";

const INTERVAL_MS = 10_000;

export class SessionHealth {
  private readonly session: LiveSession;
  private readonly watch = new TrafficWatch();
  private readonly monitor = new HealthMonitor(healthChecks, new Map());
  private readonly seen = new Map<string, HealthReport>();
  private nextMs = 0;

  /** Nothing is printed while the session goes on. */
  isSilent = false;

  /** Joined before the session's start. */
  constructor(session: LiveSession) {
    this.session = session;
    const { watch } = this;
    const hear = session.onRecord;
    session.onRecord = (record) => {
      watch.notePacket(record.timeUs, record.end - record.start, record.wireLength);
      hear?.(record);
    };
    session.reporters.push({ onPacket() {}, onFlowEnd: (flow) => watch.noteFlowEnd(flow) });
    session.moreCounters.push(() => watch.counters());
    session.onTick.push((nowMs) => this.tick(nowMs));
    session.onEnd.unshift(() => this.check(Date.now()));
  }

  /** What is ill now. */
  current(): readonly HealthReport[] {
    return this.monitor.current();
  }

  /** All that was ill at some time, as it was last seen. */
  everything(): readonly HealthReport[] {
    return [...this.seen.values()];
  }

  private tick(nowMs: number): void {
    if (!this.session.isPlayback) this.watch.compareClocks(nowMs * 1000, performance.now() * 1000);
    if (nowMs < this.nextMs) return;
    this.nextMs = nowMs + INTERVAL_MS;
    this.check(nowMs);
  }

  private check(nowMs: number): void {
    const changes = this.monitor.check(this.session.counters(), nowMs * 1000);
    for (const report of this.monitor.current()) this.seen.set(report.check.name, report);
    for (const report of changes) {
      for (const log of this.session.logs.eve) log.onHealth(report, nowMs * 1000);
      if (this.isSilent) continue;
      if (report.state === "well") console.error(`health: ${report.check.name} is over`);
      else for (const line of healthLines(report)) console.error(line);
    }
  }
}

/** What was seen, why, and what to do. */
export function healthLines({ check, severity, message }: HealthReport): readonly string[] {
  return [
    `${severity}: ${check.name}: ${message}`,
    `  likely cause: ${check.cause}`,
    `  remedy: ${check.remedy}`,
  ];
}

/** One finding for programs. */
export function healthJson(report: HealthReport): Record<string, string | number> {
  const { check, state, severity, message, value, sinceUs } = report;
  return {
    check: check.name,
    state,
    severity,
    message,
    value,
    since: new Date(sinceUs / 1000).toISOString(),
    cause: check.cause,
    remedy: check.remedy,
  };
}
