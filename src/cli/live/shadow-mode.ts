/**
 * Shadow mode: rules that drop or reject decide, and are reported, but do not act. Each rule can be promoted, so that
 * it acts, and demoted again while packets go through. The report lists, by rule, the flows and hosts it would cut.
 */
import fs from "node:fs";
import path from "node:path";
import { addressToText } from "../../core/bytes/address-text.ts";
import type { Alert } from "../../core/detect/alert-queue.ts";
import type { CompiledRule } from "../../core/detect/compiled-rule.ts";
import { VERDICT_STOPS } from "../../core/detect/verdict.ts";
import { Direction, type Packet } from "../../core/layers/packet.ts";
import type { LiveSession } from "./live-session.ts";

/** Flows and hosts kept by rule; further ones are only counted. */
const FLOWS_MAX = 1000;
const HOSTS_MAX = 1000;

/** What one rule would have cut. */
interface RuleShadow {
  packets: number;
  flowCount: number;
  readonly flows: Map<number, string>;
  readonly hosts: Map<string, number>;
  hostsNotKept: number;
}

export class ShadowMode {
  private readonly session: LiveSession;
  /** The action of each rule that is held back, as the rule was written. */
  private readonly heldBack = new Map<CompiledRule, number>();
  /** Sids that act: also after rules were loaded anew. */
  private readonly promoted = new Set<number>();
  private readonly shadows = new Map<CompiledRule, RuleShadow>();

  /** Comes before the session's start: policies for exceptions do not act either. */
  constructor(session: LiveSession) {
    this.session = session;
    session.isShadow = true;
    session.reporters.push({
      onPacket: (packet, alerts) => this.note(packet, alerts),
      onFlowEnd: () => {},
    });
    session.onRules.push(() => this.holdBackAll());
    this.holdBackAll();
  }

  /** Rules of this sid act again. Returns how many. */
  promote(sid: number): number {
    this.promoted.add(sid);
    let count = 0;
    for (const [rule, action] of this.heldBack) {
      if (rule.sid !== sid) continue;
      rule.action = action;
      this.heldBack.delete(rule);
      count++;
    }
    return count;
  }

  /** Rules of this sid decide but do not act. Returns how many. */
  demote(sid: number): number {
    this.promoted.delete(sid);
    let count = 0;
    for (const rule of this.session.loaded?.ruleSet.rules ?? []) {
      if (rule.sid !== sid || (rule.action & VERDICT_STOPS) === 0) continue;
      this.demoteRule(rule);
      count++;
    }
    return count;
  }

  /** What the rules would have cut so far, the busiest rule first. */
  summary(): readonly Record<string, unknown>[] {
    const busiest = [...this.shadows].sort((a, b) => b[1].flowCount - a[1].flowCount);
    return busiest.map(([rule, shadow]) => ({
      gid: rule.gid,
      sid: rule.sid,
      message: rule.message,
      packets: shadow.packets,
      flow_count: shadow.flowCount,
      flows: [...shadow.flows].map(([id, text]) => ({ flow_id: id, flow: text })),
      hosts: [...shadow.hosts].map(([address, flows]) => ({ address, flows })),
      hosts_not_kept: shadow.hostsNotKept,
    }));
  }

  /** Prints one line a rule, and writes the whole list to `shadow.json` of the folder. */
  report(folder: string | null): void {
    const rules = this.summary();
    console.error(`shadow mode: ${rules.length} rules would have cut traffic`);
    for (const [rule, { flowCount, packets, hosts }] of this.shadows) {
      const what = `${flowCount} flows of ${hosts.size} hosts, ${packets} packets`;
      console.error(`  ${rule.gid}:${rule.sid}  ${what}  ${rule.message}`);
    }
    if (folder === null) return;
    fs.writeFileSync(path.join(folder, "shadow.json"), `${JSON.stringify({ rules }, null, 1)}\n`);
  }

  private holdBackAll(): void {
    this.heldBack.clear();
    for (const rule of this.session.loaded?.ruleSet.rules ?? []) {
      const isCut = (rule.action & VERDICT_STOPS) !== 0;
      if (isCut && !this.promoted.has(rule.sid)) this.demoteRule(rule);
    }
  }

  private demoteRule(rule: CompiledRule): void {
    this.heldBack.set(rule, rule.action);
    rule.action &= ~VERDICT_STOPS;
  }

  private note(packet: Packet, alerts: readonly Alert[]): void {
    for (const { rule } of alerts) if (this.heldBack.has(rule)) this.noteCut(packet, rule);
  }

  private noteCut(packet: Packet, rule: CompiledRule): void {
    let shadow = this.shadows.get(rule);
    if (shadow === undefined) {
      shadow = { packets: 0, flowCount: 0, flows: new Map(), hosts: new Map(), hostsNotKept: 0 };
      this.shadows.set(rule, shadow);
    }
    shadow.packets++;
    const { flow } = packet;
    if (flow !== null && shadow.flows.has(flow.id)) return;
    shadow.flowCount++;
    if (flow !== null && shadow.flows.size < FLOWS_MAX) shadow.flows.set(flow.id, flowText(packet));
    noteHost(shadow, clientOf(packet));
  }
}

function noteHost(shadow: RuleShadow, host: string): void {
  const flows = shadow.hosts.get(host);
  if (flows === undefined && shadow.hosts.size >= HOSTS_MAX) shadow.hostsNotKept++;
  else shadow.hosts.set(host, (flows ?? 0) + 1);
}

function clientOf(packet: Packet): string {
  const isFromClient = packet.flow === null || packet.direction === Direction.toServer;
  const words = isFromClient ? packet.sourceWords : packet.destinationWords;
  return addressToText(packet.ipVersion, words);
}

function flowText(packet: Packet): string {
  const { flow } = packet;
  if (flow === null) return "";
  const source = addressToText(flow.ipVersion, flow.sourceWords);
  const destination = addressToText(flow.ipVersion, flow.destinationWords);
  return `${source}:${flow.sourcePort} -> ${destination}:${flow.destinationPort} proto ${flow.protocol}`;
}
