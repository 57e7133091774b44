/**
 * Shadow mode: rules that drop or reject decide, and are reported, but do not act. Each rule can be promoted, so that
 * it acts, and demoted again while packets go through, also where all rules act at first. The report lists, by rule,
 * the flows and hosts it would have cut. Rules are known by sid, so that all of it outlives rules loaded anew.
 */
import fs from "node:fs";
import path from "node:path";
import { addressToText } from "../core/bytes/address-text.ts";
import type { Alert } from "../core/detect/alert-queue.ts";
import type { CompiledRule } from "../core/detect/compiled-rule.ts";
import { VERDICT_STOPS } from "../core/detect/verdict.ts";
import type { Engine } from "../core/engine/engine.ts";
import { Direction, type Packet } from "../core/layers/packet.ts";
import type { Json } from "../node/operation/control-command.ts";
import type { RuleActions } from "../node/operation/operated-engine.ts";

/** Flows and hosts kept, of all rules together; further ones are only counted. */
const FLOWS_MAX = 65_536;
const HOSTS_MAX = 65_536;

/** What one rule would have cut. */
interface RuleShadow {
  readonly gid: number;
  readonly sid: number;
  /** Of the latest text of the rule. */
  message: string;
  packets: number;
  readonly flows: Map<number, string>;
  /** Flows by host. */
  readonly hosts: Map<string, number>;
  /** Packets of flows, and flows of hosts, for which there was no room. */
  packetsNotKept: number;
  flowsNotKept: number;
}

export interface ShadowOptions {
  /** All rules are held back but those that are promoted; otherwise all act but those that are demoted. */
  readonly holdsAll: boolean;
  /** The rules in use; asked each time. */
  rules(): readonly CompiledRule[];
}

export class ShadowMode implements RuleActions {
  private readonly options: ShadowOptions;
  /** Sids that are not treated as all others are. */
  private readonly exceptions = new Set<number>();
  private readonly shadows = new Map<string, RuleShadow>();
  private flowCount = 0;
  private hostCount = 0;

  constructor(options: ShadowOptions) {
    this.options = options;
  }

  /** Verdicts of the rules that the engine has now pass through here; to be called again when it has others. */
  attach({ detector }: Engine): void {
    if (detector === null) return;
    detector.judge.holdBack = (alert, packet) => this.holdBack(alert, packet);
    if (this.options.holdsAll) detector.context.replacements = null;
  }

  /** Rules of this sid act again. Returns how many there are. */
  promote(sid: number): number {
    return this.setHeldBack(sid, false);
  }

  /** Rules of this sid decide but do not act. Returns how many there are. */
  demote(sid: number): number {
    return this.setHeldBack(sid, true);
  }

  /** What the rules would have cut so far, the busiest rule first. */
  report(): readonly Json[] {
    return this.busiestFirst().map((shadow) => ({
      gid: shadow.gid,
      sid: shadow.sid,
      message: shadow.message,
      held_back: this.isHeldBack(shadow.sid),
      packets: shadow.packets,
      flow_count: shadow.flows.size,
      host_count: shadow.hosts.size,
      flows: [...shadow.flows].map(([id, flow]) => ({ flow_id: id, flow })),
      hosts: [...shadow.hosts].map(([address, flows]) => ({ address, flows })),
      packets_not_kept: shadow.packetsNotKept,
      flows_not_kept: shadow.flowsNotKept,
    }));
  }

  /** One line a rule on the terminal, and the whole list in `shadow.json` of the folder. */
  writeReport(folder: string | null): void {
    if (!this.options.holdsAll && this.shadows.size === 0) return;
    console.error(`shadow mode: ${this.shadows.size} rules would have cut traffic`);
    for (const { gid, sid, message, flows, hosts, packets } of this.busiestFirst()) {
      const what = `${flows.size} flows of ${hosts.size} hosts, ${packets} packets`;
      console.error(`  ${gid}:${sid}  ${what}  ${message}`);
    }
    if (folder === null) return;
    const text = JSON.stringify({ rules: this.report() }, null, 1);
    fs.writeFileSync(path.join(folder, "shadow.json"), `${text}\n`);
  }

  private busiestFirst(): readonly RuleShadow[] {
    const bySize = (a: RuleShadow, b: RuleShadow) =>
      b.flows.size - a.flows.size || b.packets - a.packets || a.sid - b.sid;
    return [...this.shadows.values()].sort(bySize);
  }

  private isHeldBack(sid: number): boolean {
    return this.options.holdsAll !== this.exceptions.has(sid);
  }

  private setHeldBack(sid: number, isHeldBack: boolean): number {
    const stops = ({ action }: CompiledRule): boolean => (action & VERDICT_STOPS) !== 0;
    const count = this.options.rules().filter((rule) => rule.sid === sid && stops(rule)).length;
    if (count === 0) return 0;
    if (isHeldBack === this.options.holdsAll) this.exceptions.delete(sid);
    else this.exceptions.add(sid);
    return count;
  }

  private holdBack(alert: Alert, packet: Packet): void {
    const { rule } = alert;
    if ((alert.action & VERDICT_STOPS) === 0 || !this.isHeldBack(rule.sid)) return;
    alert.action &= ~VERDICT_STOPS;
    const shadow = this.shadowOf(rule);
    shadow.packets++;
    const { flow } = packet;
    if (flow !== null && shadow.flows.has(flow.id)) return;
    if (flow !== null && this.flowCount >= FLOWS_MAX) {
      shadow.packetsNotKept++;
      return;
    }
    if (flow !== null) {
      this.flowCount++;
      shadow.flows.set(flow.id, flowText(packet));
    }
    this.noteHost(shadow, clientOf(packet));
  }

  private shadowOf({ gid, sid, message }: CompiledRule): RuleShadow {
    const key = `${gid}:${sid}`;
    let shadow = this.shadows.get(key);
    if (shadow === undefined) {
      const counts = { packets: 0, packetsNotKept: 0, flowsNotKept: 0 };
      shadow = { gid, sid, message, ...counts, flows: new Map(), hosts: new Map() };
      this.shadows.set(key, shadow);
    }
    shadow.message = message;
    return shadow;
  }

  private noteHost(shadow: RuleShadow, host: string): void {
    const flows = shadow.hosts.get(host);
    if (flows === undefined && this.hostCount >= HOSTS_MAX) {
      shadow.flowsNotKept++;
      return;
    }
    if (flows === undefined) this.hostCount++;
    shadow.hosts.set(host, (flows ?? 0) + 1);
  }
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
