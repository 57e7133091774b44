/**
 * Thresholds of rules in packet time: limit, threshold, both, backoff, detection_filter, and the suppress and
 * rate_filter lines of threshold.config. Counts are kept by rule (generator and number) and by host, pair of
 * hosts (in either direction) or nothing in one bounded table, which engines in threads share, counts by flow with
 * the flow.
 *
 * At the limit of the table, counts are not kept: limit, both and rate_filter let the match through, the kinds
 * that wait for a number of matches hold it back; `refused` counts it.
 */
import type { Packet } from "../layers/packet.ts";
import { holdsAddress } from "./address-classes.ts";
import type { AddressStore } from "./address-store.ts";
import { AddressTable } from "./address-table.ts";
import type { Alert } from "./alert-queue.ts";
import type { CompiledRule, Suppression } from "./compiled-rule.ts";
import type { DetectionState } from "./detection-state.ts";
import type { ThresholdSpec } from "./rule-state.ts";
import { Verdict } from "./verdict.ts";

/** Counts kept at once, beside those of flows. */
export const THRESHOLD_COUNTS_MAX = 131_072;

/** Thresholds of one rule that are told apart. */
const PLACES_MAX = 8;
/** Generators that counts of flows tell apart, so that the key is a whole number. */
const FLOW_GENERATORS = 2 ** 16;

/** What becomes of a match. */
export const Judgement = {
  /** It does not count: no action, no alert. */
  suppressed: 0,
  alert: 1,
  /** Its action is applied, no alert is raised. */
  silent: 2,
} as const;

const SECOND_US = 1_000_000;
/** Packet time after which counts without a window of their own are forgotten. */
const IDLE_LIFE_US = 86_400 * SECOND_US;

/** A count in a window; a slot of the table or an object of the flow, copied in and out. */
interface Window {
  startUs: number;
  count: number;
  /** backoff: the count of the next alert. rate: since when the action is changed, in seconds; 0: it is not. */
  extra: number;
}

export class Thresholds {
  /** Matches that raised no alert because of a threshold, a suppression or noalert. */
  suppressed = 0;
  private readonly state: DetectionState;
  private readonly table: AddressStore;
  private readonly window: Window = { startUs: 0, count: 0, extra: 0 };

  constructor(state: DetectionState, limitCount = THRESHOLD_COUNTS_MAX, seed = 0) {
    this.state = state;
    this.table = state.shared?.thresholds ?? new AddressTable(limitCount, seed);
  }

  /** Counts that the table had no room for. */
  get refused(): number {
    return this.table.refused;
  }

  get count(): number {
    return this.table.count;
  }

  /** A value of Judgement; rate filters change the alert's action. */
  judge(alert: Alert, packet: Packet): number {
    if (packet.ipVersion === 0) return Judgement.alert;
    const { suppressions, thresholds } = alert.rule;
    for (let i = 0; i < suppressions.length; i++) {
      if (isSuppressed(suppressions[i]!, packet)) return Judgement.silent;
    }
    for (let i = 0; i < thresholds.length; i++) {
      const judgement = this.check(thresholds[i]!, i, alert, packet);
      if (judgement !== Judgement.alert) return judgement;
    }
    return Judgement.alert;
  }

  clear(): void {
    this.table.clear();
  }

  private check(spec: ThresholdSpec, place: number, alert: Alert, packet: Packet): number {
    if (spec.kind === "threshold" && spec.count === 1) return Judgement.alert;
    if (spec.track === "byFlow") return this.checkFlow(spec, place, alert, packet);
    this.setKey(spec, place, alert.rule, packet);
    if (!this.table.acquire()) return atLimit(spec);
    const judgement = this.checkAcquired(spec, alert, packet);
    this.table.release();
    return judgement;
  }

  private checkAcquired(spec: ThresholdSpec, alert: Alert, packet: Packet): number {
    const { table, window } = this;
    let slot = table.find(packet.timeUs);
    if (slot < 0) {
      slot = table.insert(packet.timeUs);
      if (slot < 0) return atLimit(spec);
      const judgement = begin(spec, window, alert, packet.timeUs);
      this.store(slot, spec);
      return judgement;
    }
    window.startUs = table.startUs[slot]!;
    window.count = table.amount[slot]!;
    window.extra = table.extra[slot]!;
    const judgement = advance(spec, window, alert, packet.timeUs);
    this.store(slot, spec);
    return judgement;
  }

  private store(slot: number, spec: ThresholdSpec): void {
    const { table, window } = this;
    table.startUs[slot] = window.startUs;
    table.amount[slot] = window.count;
    table.extra[slot] = window.extra;
    table.expiresUs[slot] = window.startUs + lifeUs(spec);
  }

  private checkFlow(spec: ThresholdSpec, place: number, alert: Alert, packet: Packet): number {
    const { flow } = packet;
    if (flow === null) return Judgement.suppressed;
    const windows = this.state.ofFlow(flow).flowThresholds();
    const { gid, sid } = alert.rule;
    const key = ((gid % FLOW_GENERATORS) * 2 ** 32 + sid) * PLACES_MAX + place;
    const known = windows.get(key);
    if (known !== undefined) return advance(spec, known, alert, packet.timeUs);
    const made: Window = { startUs: 0, count: 0, extra: 0 };
    windows.set(key, made);
    return begin(spec, made, alert, packet.timeUs);
  }

  private setKey(spec: ThresholdSpec, place: number, rule: CompiledRule, packet: Packet): void {
    const { key } = this.table;
    const { sourceWords, destinationWords } = packet;
    // Both halves of a `<>` rule count together, and counts outlive a reload of the rules.
    const generator = (rule.gid * PLACES_MAX + place) * 16;
    const kind = generator + packet.ipVersion;
    if (spec.track === "bySource") key.set(kind, rule.sid, sourceWords);
    else if (spec.track === "byDestination") key.set(kind, rule.sid, destinationWords);
    else if (spec.track === "byBoth") key.setPair(kind, rule.sid, sourceWords, destinationWords);
    else key.setBare(generator, rule.sid);
  }
}

function isSuppressed({ track, addresses }: Suppression, packet: Packet): boolean {
  if (track === null || addresses === null) return true;
  const { ipVersion, sourceWords, destinationWords } = packet;
  if (track !== "destination" && holdsAddress(addresses, ipVersion, sourceWords)) return true;
  return track !== "source" && holdsAddress(addresses, ipVersion, destinationWords);
}

function lifeUs(spec: ThresholdSpec): number {
  if (spec.kind === "backoff") return IDLE_LIFE_US;
  const windows = spec.kind === "rate" ? 2 : 1;
  return windows * (spec.seconds + (spec.timeoutSeconds ?? 0)) * SECOND_US;
}

function atLimit(spec: ThresholdSpec): number {
  const lets = spec.kind === "limit" || spec.kind === "both" || spec.kind === "rate";
  return lets ? Judgement.alert : Judgement.suppressed;
}

/** The first match of a window that was not there. */
function begin(spec: ThresholdSpec, window: Window, alert: Alert, nowUs: number): number {
  window.startUs = nowUs;
  window.count = 1;
  window.extra = 0;
  switch (spec.kind) {
    case "limit":
      return Judgement.alert;
    case "rate":
      return Judgement.alert;
    case "backoff":
      window.extra = spec.count;
      return passBackoff(spec, window);
    case "threshold":
    case "both":
      return spec.count === 1 ? Judgement.alert : Judgement.suppressed;
    case "detectionFilter":
    case "suppress":
      return Judgement.suppressed;
    default:
      void alert;
      return spec.kind satisfies never;
  }
}

function advance(spec: ThresholdSpec, window: Window, alert: Alert, nowUs: number): number {
  if (spec.kind === "backoff") {
    window.count++;
    return passBackoff(spec, window);
  }
  if (spec.kind === "rate" && window.extra !== 0) return holdRate(spec, window, alert, nowUs);
  const isInside = nowUs <= window.startUs + spec.seconds * SECOND_US;
  if (!isInside) {
    window.startUs = nowUs;
    window.count = 0;
  }
  window.count++;
  return judgeCount(spec, window, alert, nowUs, isInside);
}

/** What the count in the window, this match in it, says. */
function judgeCount(
  spec: ThresholdSpec,
  window: Window,
  alert: Alert,
  nowUs: number,
  isInside: boolean,
): number {
  const { count } = window;
  switch (spec.kind) {
    case "limit":
      return count <= spec.count || !isInside ? Judgement.alert : Judgement.silent;
    case "both":
      if (count === spec.count) return Judgement.alert;
      return count > spec.count ? Judgement.silent : Judgement.suppressed;
    case "threshold":
      if (!isInside || count < spec.count) return Judgement.suppressed;
      window.count = 0;
      return Judgement.alert;
    case "detectionFilter":
      return isInside && count > spec.count ? Judgement.alert : Judgement.suppressed;
    case "rate":
      if (isInside && count > spec.count) {
        window.extra = Math.max(1, Math.floor(nowUs / SECOND_US));
        changeAction(spec, alert);
      }
      return Judgement.alert;
    default:
      return Judgement.alert;
  }
}

/** The action stays changed until the timeout is over. */
function holdRate(spec: ThresholdSpec, window: Window, alert: Alert, nowUs: number): number {
  const elapsed = Math.floor(nowUs / SECOND_US) - window.extra;
  if (elapsed > (spec.timeoutSeconds ?? 0)) window.extra = 0;
  else changeAction(spec, alert);
  return Judgement.alert;
}

function passBackoff(spec: ThresholdSpec, window: Window): number {
  if (window.count !== window.extra) return Judgement.silent;
  window.extra *= spec.multiplier ?? 10;
  return Judgement.alert;
}

const changedActions = {
  alert: Verdict.alert,
  drop: Verdict.alert | Verdict.drop,
  reject: Verdict.alert | Verdict.drop | Verdict.rejectSource,
  pass: Verdict.pass,
} as const;

/** `log` and `sdrop` change nothing, as in Suricata. */
function changeAction({ newAction }: ThresholdSpec, alert: Alert): void {
  if (newAction === undefined) return;
  alert.action = changedActions[newAction];
  alert.rateModified = true;
}
