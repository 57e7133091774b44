/**
 * The alerts of the packet under inspection, in rule order, up to Suricata's `packet-alert-max`; what comes
 * after is counted.
 */
import type { CompiledRule } from "./compiled-rule.ts";

export interface Alert {
  readonly rule: CompiledRule;
  /** Bits of Verdict: the rule's action, as thresholds changed it. */
  action: number;
  readonly fromStream: boolean;
  /** Number of the transaction that matched; -1 without. */
  readonly transactionId: number;
  /** The rule only sets state or drops: no alert event. */
  silent: boolean;
}

/** Suricata's stock `packet-alert-max`. */
export const ALERTS_PER_PACKET_MAX = 15;

export class AlertQueue {
  readonly alerts: Alert[] = [];
  overflows = 0;
  private readonly limitCount: number;

  constructor(limitCount = ALERTS_PER_PACKET_MAX) {
    this.limitCount = limitCount;
  }

  get count(): number {
    return this.alerts.length;
  }

  reset(): void {
    if (this.alerts.length > 0) this.alerts.length = 0;
  }

  add(rule: CompiledRule, fromStream: boolean): void {
    if (this.alerts.length >= this.limitCount) {
      this.overflows++;
      return;
    }
    this.alerts.push({
      rule,
      action: rule.action,
      fromStream,
      transactionId: -1,
      silent: rule.noAlert,
    });
  }
}
