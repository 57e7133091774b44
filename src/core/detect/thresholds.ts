/**
 * Thresholds of rules in packet time: limit, threshold, both, backoff, detection_filter, and the suppress and
 * rate_filter lines of threshold.config. Counts are kept by rule and by host, pair, flow; the table is bounded
 * and, when full, forgets the windows that began first.
 */
import { addressToText } from "../bytes/address-text.ts";
import type { Packet } from "../layers/packet.ts";
import { HeaderResolver } from "../rule/header-resolver.ts";
import type { ThresholdLine } from "../rule/threshold-file.ts";
import type { Alert } from "./alert-queue.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { RuleSet } from "./rule-set.ts";
import type { ThresholdSpec } from "./rule-state.ts";
import { Verdict } from "./verdict.ts";

/** Windows kept at once. */
export const THRESHOLD_WINDOWS_MAX = 262_144;

interface Window {
  startUs: number;
  count: number;
  /** backoff: the count at which the next alert is due. rate: until when the action is changed. */
  next: number;
}

const tracks = {
  by_src: "bySource",
  by_dst: "byDestination",
  by_both: "byBoth",
  by_rule: "byRule",
  by_flow: "byFlow",
} as const;

type RateLine = Extract<ThresholdLine, { kind: "rateFilter" }>;
type SuppressLine = Extract<ThresholdLine, { kind: "suppress" }>;

export class Thresholds {
  suppressed = 0;
  private readonly windows = new Map<string, Window>();
  private readonly resolver: HeaderResolver;
  private readonly suppress: readonly SuppressLine[];
  private readonly rates: readonly RateLine[];

  constructor(ruleSet: RuleSet) {
    this.resolver = new HeaderResolver(ruleSet.builder.variables);
    this.suppress = ruleSet.thresholds.filter((line) => line.kind === "suppress");
    this.rates = ruleSet.thresholds.filter((line) => line.kind === "rateFilter");
    for (const line of ruleSet.thresholds) {
      if (line.kind !== "threshold") continue;
      for (const rule of ruleSet.rules) {
        if (!concerns(line, rule) || rule.threshold !== null) continue;
        const { type: kind, count, seconds } = line;
        rule.threshold = { kind, track: tracks[line.track], count, seconds };
      }
    }
  }

  /** False when the alert is not to be raised; its action may be changed. */
  admit(alert: Alert, packet: Packet): boolean {
    const { rule } = alert;
    if (this.suppress.some((line) => this.suppresses(line, rule, packet))) return this.refuse();
    const filter = rule.detectionFilter;
    if (filter !== null && !this.passesFilter(filter, rule, packet)) return this.refuse();
    const spec = rule.threshold;
    if (spec !== null && !this.passes(spec, rule, packet)) return this.refuse();
    for (const line of this.rates) if (concerns(line, rule)) this.applyRate(line, alert, packet);
    return true;
  }

  clear(): void {
    this.windows.clear();
  }

  private refuse(): boolean {
    this.suppressed++;
    return false;
  }

  private suppresses(line: SuppressLine, rule: CompiledRule, packet: Packet): boolean {
    if (!concerns(line, rule)) return false;
    if (line.track === null || line.addresses === null) return true;
    const set = this.resolver.addresses(line.addresses);
    const holds = (words: Int32Array): boolean =>
      packet.ipVersion === 4
        ? set.containsIpv4(words[0]! >>> 0)
        : set.containsIpv6(words[0]! >>> 0, words[1]! >>> 0, words[2]! >>> 0, words[3]! >>> 0);
    const source = line.track !== "by_dst" && holds(packet.sourceWords);
    return source || (line.track !== "by_src" && holds(packet.destinationWords));
  }

  private window(
    spec: { track: ThresholdSpec["track"]; seconds: number },
    kind: string,
    rule: CompiledRule,
    packet: Packet,
  ): Window {
    const key = `${kind}:${rule.gid}:${rule.sid}:${trackKey(spec.track, packet)}`;
    const known = this.windows.get(key);
    if (known !== undefined) return known;
    if (this.windows.size >= THRESHOLD_WINDOWS_MAX) {
      const oldest = this.windows.keys().next().value;
      if (oldest !== undefined) this.windows.delete(oldest);
    }
    const made = { startUs: packet.timeUs, count: 0, next: 0 };
    this.windows.set(key, made);
    return made;
  }

  private passesFilter(spec: ThresholdSpec, rule: CompiledRule, packet: Packet): boolean {
    const window = this.window(spec, "filter", rule, packet);
    restart(window, spec.seconds, packet.timeUs);
    window.count++;
    return window.count > spec.count;
  }

  private passes(spec: ThresholdSpec, rule: CompiledRule, packet: Packet): boolean {
    const window = this.window(spec, "threshold", rule, packet);
    if (spec.kind === "backoff") return passesBackoff(spec, window);
    restart(window, spec.seconds, packet.timeUs);
    window.count++;
    if (spec.kind === "limit") return window.count <= spec.count;
    if (spec.kind === "both") return window.count === spec.count;
    if (window.count < spec.count) return false;
    window.count = 0;
    window.startUs = packet.timeUs;
    return true;
  }

  private applyRate(line: RateLine, alert: Alert, packet: Packet): void {
    const spec = { track: tracks[line.track], seconds: line.seconds };
    const window = this.window(spec, "rate", alert.rule, packet);
    if (packet.timeUs >= window.next) {
      restart(window, line.seconds, packet.timeUs);
      window.count++;
      if (window.count <= line.count) return;
      window.next = packet.timeUs + line.timeoutSeconds * 1_000_000;
      window.count = 0;
    }
    alert.action = rateAction(line, alert.action);
  }
}

function rateAction(line: RateLine, action: number): number {
  if (line.newAction === "pass") return Verdict.pass;
  if (line.newAction === "drop" || line.newAction === "sdrop") return action | Verdict.drop;
  if (line.newAction === "reject") return action | Verdict.drop | Verdict.rejectSource;
  return action;
}

function restart(window: Window, seconds: number, nowUs: number): void {
  if (nowUs - window.startUs < seconds * 1_000_000) return;
  window.startUs = nowUs;
  window.count = 0;
}

function passesBackoff(spec: ThresholdSpec, window: Window): boolean {
  window.count++;
  if (window.next === 0) window.next = spec.count;
  if (window.count < window.next) return false;
  window.next *= spec.multiplier ?? 10;
  return true;
}

function concerns(line: { gid: number; sid: number }, rule: CompiledRule): boolean {
  return (line.gid === 0 || line.gid === rule.gid) && (line.sid === 0 || line.sid === rule.sid);
}

function trackKey(track: ThresholdSpec["track"], packet: Packet): string {
  if (track === "byRule") return "";
  if (track === "byFlow") return `${packet.flow?.id ?? 0}`;
  const source = addressToText(packet.ipVersion, packet.sourceWords);
  const destination = addressToText(packet.ipVersion, packet.destinationWords);
  if (track === "bySource") return source;
  if (track === "byDestination") return destination;
  return source < destination ? `${source}-${destination}` : `${destination}-${source}`;
}
