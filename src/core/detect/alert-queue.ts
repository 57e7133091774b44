/**
 * The alerts of the packet under inspection. Every match is queued; once all rules are done they are sorted by
 * rule order, thresholds and verdicts are applied (alert-judge.ts), and the first ones, up to Suricata's
 * `packet-alert-max`, are kept; what comes after is counted.
 */
import type { Frame } from "../protocols/frame.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { AnomalyDetails } from "./anomaly-details.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { AlertVariable } from "./detection-state.ts";

export interface Alert {
  readonly rule: CompiledRule;
  /** Bits of Verdict: the rule's action, as thresholds changed it. */
  action: number;
  /** A rate_filter changed the action. */
  rateModified: boolean;
  readonly fromStream: boolean;
  /** Number of the transaction that matched; -1 without. */
  readonly transactionId: number;
  /** The transaction itself; null without. Valid as long as the packet. */
  readonly transaction: Transaction | null;
  /** The frame that matched, of the packet's direction; null without. Valid as long as the packet. */
  readonly frame: Frame | null;
  /** Captures of the rule for this alert; null without. */
  readonly variables: readonly AlertVariable[] | null;
  /** What a keyword measured; null without. */
  readonly anomaly: AnomalyDetails | null;
  /** No alert event: kept only as the reason of a drop. */
  silent: boolean;
}

/** Suricata's stock `packet-alert-max`. */
export const ALERTS_PER_PACKET_MAX = 15;
/** Matches that one packet may queue; more are counted as overflow at once. */
export const QUEUED_MATCHES_MAX = 65_535;

export class AlertQueue {
  /** What the packet raised, in rule order; a silent one, if any, is the last. Valid until the next packet. */
  readonly alerts: Alert[] = [];
  /** Matches of the packet before thresholds and verdicts. */
  readonly queued: Alert[] = [];
  /** Alerts that found no room, of all packets so far. */
  overflows = 0;
  readonly limitCount: number;

  constructor(limitCount = ALERTS_PER_PACKET_MAX) {
    this.limitCount = limitCount;
  }

  get count(): number {
    return this.alerts.length;
  }

  reset(): void {
    if (this.alerts.length > 0) this.alerts.length = 0;
    if (this.queued.length > 0) this.queued.length = 0;
  }

  /** Queues a match. */
  add(
    rule: CompiledRule,
    fromStream: boolean,
    transaction: Transaction | null = null,
    variables: readonly AlertVariable[] | null = null,
    frame: Frame | null = null,
    anomaly: AnomalyDetails | null = null,
  ): void {
    if (this.queued.length >= QUEUED_MATCHES_MAX) {
      this.overflows++;
      return;
    }
    this.queued.push({
      rule,
      action: rule.action,
      rateModified: false,
      fromStream,
      transactionId: transaction?.id ?? frame?.transactionId ?? -1,
      transaction,
      frame,
      variables,
      anomaly,
      silent: false,
    });
  }

  /** Sorts by rule order; of one rule the later transaction first, as Suricata does. */
  sort(): void {
    if (this.queued.length > 1) this.queued.sort(compareAlerts);
  }

  /** Keeps an alert, or counts that there was no room for it. */
  keep(alert: Alert): void {
    if (this.alerts.length < this.limitCount) this.alerts.push(alert);
    else this.overflows++;
  }
}

function compareAlerts(a: Alert, b: Alert): number {
  return a.rule.index - b.rule.index || b.transactionId - a.transactionId;
}
