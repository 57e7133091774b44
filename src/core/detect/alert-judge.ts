/**
 * From matches to alerts and verdicts, in rule order: thresholds may silence a match or keep it from counting
 * at all, drop and reject stop the packet, pass ends the list; matches in the stream and rules about the flow
 * as a whole decide for all its later packets, and the first to decide wins.
 */
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import type { Alert, AlertQueue } from "./alert-queue.ts";
import type { CompiledRule, RuleType } from "./compiled-rule.ts";
import type { Tags } from "./tags.ts";
import { Judgement, type Thresholds } from "./thresholds.ts";
import { DropReason, VERDICT_STOPS, Verdict } from "./verdict.ts";

/** Whose drop and pass hold for the flow: always, when the match was in the stream, never. */
const flowScopes: Readonly<Record<RuleType, "flow" | "stream" | "packet">> = {
  ip_only: "flow",
  like_ip_only: "flow",
  pd_only: "flow",
  de_only: "packet",
  pkt: "packet",
  pkt_stream: "stream",
  stream: "stream",
  app_layer: "flow",
  app_tx: "flow",
};

export type HoldBack = (alert: Alert, packet: Packet) => void;

export class AlertJudge {
  private readonly queue: AlertQueue;
  /** Another judge's, when this one takes its place. */
  thresholds: Thresholds;
  tags: Tags;
  private readonly inline: boolean;
  /** Asked about each match before it acts; may take bits from its action. */
  holdBack: HoldBack | null = null;

  constructor(queue: AlertQueue, thresholds: Thresholds, tags: Tags, inline: boolean) {
    this.queue = queue;
    this.thresholds = thresholds;
    this.tags = tags;
    this.inline = inline;
  }

  /** Turns the queued matches into alerts and sets the verdicts of packet and flow. */
  judge(packet: Packet): void {
    const { queue } = this;
    queue.sort();
    const firstDrop = this.judgeInOrder(packet);
    const { alerts } = queue;
    if (packet.flow !== null && alerts.length > 0) packet.flow.alerted = true;
    if (firstDrop === null || alerts.some(({ action }) => (action & VERDICT_STOPS) !== 0)) return;
    firstDrop.silent = true;
    alerts.push(firstDrop);
  }

  /** The first match that drops, whether or not it raises an alert. */
  private judgeInOrder(packet: Packet): Alert | null {
    const { queue, thresholds } = this;
    let firstDrop: Alert | null = null;
    for (const alert of queue.queued) {
      const judgement = thresholds.judge(alert, packet);
      if (judgement !== Judgement.suppressed) {
        if (this.holdBack !== null) this.holdBack(alert, packet);
        if (alert.rule.tags.length > 0) this.tags.set(alert.rule, packet);
        this.applyAction(alert, packet);
        if (firstDrop === null && (alert.action & VERDICT_STOPS) !== 0) firstDrop = alert;
      }
      const { action } = alert;
      const isPass = (action & Verdict.pass) !== 0;
      const isMute = (action & (Verdict.alert | Verdict.pass)) === 0;
      if (judgement !== Judgement.alert || isMute) {
        thresholds.suppressed++;
        continue;
      }
      if ((action & Verdict.alert) !== 0) queue.keep(alert);
      if (isPass) break;
    }
    return firstDrop;
  }

  private applyAction(alert: Alert, packet: Packet): void {
    const { action, rule } = alert;
    const { flow } = packet;
    const forFlow = flow !== null && concernsFlow(rule, alert.fromStream);
    if ((action & VERDICT_STOPS) !== 0) {
      packet.verdict |= action & VERDICT_STOPS;
      if (forFlow) decideFlow(flow, Verdict.drop);
      if (!this.inline || packet.dropReason !== DropReason.none) return;
      packet.dropReason = alert.rateModified ? DropReason.rulesThreshold : DropReason.rules;
    } else if ((action & Verdict.pass) !== 0 && (packet.verdict & VERDICT_STOPS) === 0) {
      packet.verdict |= Verdict.pass;
      if (forFlow) decideFlow(flow, Verdict.pass);
    }
  }
}

function concernsFlow(rule: CompiledRule, fromStream: boolean): boolean {
  const scope = flowScopes[rule.type];
  return scope === "flow" || (scope === "stream" && fromStream);
}

function decideFlow(flow: Flow, action: number): void {
  if ((flow.action & (Verdict.drop | Verdict.pass)) === 0) flow.action |= action;
}
