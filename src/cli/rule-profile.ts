/** The time that single rules take, for people, for the control socket and as a file; asked for, since it costs time. */
import fs from "node:fs";
import path from "node:path";
import type { Detector } from "../core/detect/detector.ts";
import { type RuleTime, RuleTimes } from "../core/detect/rule-times.ts";
import type { Json } from "../node/operation/control-command.ts";
import type { RuleProfiling } from "../node/operation/operated-engine.ts";
import type { CommandOption } from "./command.ts";

const PRINTED_MAX = 10;

export const profileOption: CommandOption = {
  name: "profile-rules",
  summary:
    "measures what each rule costs; rule-profile.json in the log folder, the dearest printed",
};

export class RuleProfile implements RuleProfiling {
  private readonly times = new RuleTimes(() => performance.now());
  private readonly detector: () => Detector | null;
  private isOn = false;
  private wasOn = false;

  /** @param detector the one in use; asked each time. */
  constructor(detector: () => Detector | null) {
    this.detector = detector;
  }

  start(): void {
    this.isOn = this.wasOn = true;
    this.follow();
  }

  stop(): void {
    this.isOn = false;
    this.times.detach();
  }

  /** Other rules are in use. */
  follow(): void {
    const detector = this.detector();
    if (this.isOn && detector !== null) this.times.attach(detector);
  }

  list(): readonly RuleTime[] {
    return this.times.list();
  }

  /** Suricata's fields, with nanoseconds in the place of ticks. */
  report(): Json {
    const times = this.list();
    const sumMs = times.reduce((sum, { totalMs }) => sum + totalMs, 0);
    const rules = times.map(({ gid, sid, revision, checks, matches, totalMs, maxMs }) => ({
      signature_id: sid,
      gid,
      rev: revision,
      checks,
      matches,
      ns_total: Math.round(totalMs * 1e6),
      ns_max: Math.round(maxMs * 1e6),
      ns_avg: Math.round((totalMs * 1e6) / checks),
      percent: sumMs === 0 ? 0 : Number(((100 * totalMs) / sumMs).toFixed(2)),
    }));
    return { timestamp: new Date().toISOString(), sort: "ns_total", rules };
  }

  /** Without effect when nothing was measured. */
  writeReport(folder: string | null): void {
    if (!this.wasOn) return;
    const times = this.list();
    const sumMs = times.reduce((sum, { totalMs }) => sum + totalMs, 0);
    console.error(
      `${times.length} rules were looked at and took ${sumMs.toFixed(1)} ms; the dearest:`,
    );
    for (const { gid, sid, checks, matches, totalMs } of times.slice(0, PRINTED_MAX)) {
      const counts = `${checks} checks, ${matches} matches`;
      console.error(`  ${totalMs.toFixed(2).padStart(9)} ms  ${gid}:${sid}  ${counts}`);
    }
    if (folder === null) return;
    const text = JSON.stringify(this.report(), null, 1);
    fs.writeFileSync(path.join(folder, "rule-profile.json"), `${text}\n`);
  }
}
