/**
 * Runs a rule set over packets: candidates from the flow's rule group and the payload matcher, in rule order,
 * each with its checks and chains; then thresholds and verdicts.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";
import { MatchSet } from "../match/multi-pattern.ts";
import type { TcpTracker } from "../stream/tcp-tracker.ts";
import { AlertQueue } from "./alert-queue.ts";
import { BufferInspector } from "./buffer-inspector.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { DetectionContext } from "./detection-context.ts";
import { knownFlowState } from "./flow-detection-state.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { RuleSet } from "./rule-set.ts";
import { Tags } from "./tags.ts";
import { Thresholds } from "./thresholds.ts";
import { DropReason, VERDICT_STOPS, Verdict } from "./verdict.ts";

const WITHOUT_FLOW = 2;

export interface DetectorOptions {
  /** Drop rules drop: inline, or simulated. */
  readonly inline: boolean;
  readonly alertsPerPacketMax: number;
}

export class Detector {
  readonly alerts: AlertQueue;
  readonly context: DetectionContext;
  readonly thresholds: Thresholds;
  readonly tags = new Tags();
  alertCount = 0;
  private readonly ruleSet: RuleSet;
  private readonly options: DetectorOptions;
  private readonly tracker: TcpTracker;
  private readonly inspector: BufferInspector;
  private readonly packetMatches = new MatchSet();
  private readonly candidates: CompiledRule[] = [];
  private readonly stamps: Int32Array;
  private stamp = 0;

  constructor(ruleSet: RuleSet, tracker: TcpTracker, options: DetectorOptions) {
    this.ruleSet = ruleSet;
    this.tracker = tracker;
    this.options = options;
    const { arena, state } = ruleSet.builder;
    this.context = new DetectionContext(arena.bytes, state);
    this.inspector = new BufferInspector(this.context, arena);
    this.alerts = new AlertQueue(options.alertsPerPacketMax);
    this.thresholds = new Thresholds(ruleSet);
    this.stamps = new Int32Array(ruleSet.rules.length);
  }

  /** Fills `alerts` and sets the packet's verdict. */
  inspect(packet: Packet): void {
    const { context } = this;
    this.alerts.reset();
    context.state.startPacket();
    context.packet = packet;
    context.flow = packet.flow;
    context.session = packet.flow?.tcp ?? null;
    context.direction = packet.direction;
    this.inspector.hasStream = this.openStream(packet);
    const group = this.groupFor(packet);
    this.collect(group, packet);
    const { candidates } = this;
    if (candidates.length > 0) {
      if (candidates.length > 1) candidates.sort(byIndex);
      for (let i = 0; i < candidates.length; i++) this.evaluate(candidates[i]!, packet);
      candidates.length = 0;
    }
    if (this.alerts.count > 0) this.decide(packet);
  }

  /** Called when the packet's events are written: the stream data that it inspected may go. */
  finishPacket(packet: Packet): void {
    const session = packet.flow?.tcp ?? null;
    if (!this.inspector.hasStream || session === null) return;
    this.inspector.hasStream = false;
    this.tracker.rawConsume(packet, session);
  }

  private openStream(packet: Packet): boolean {
    const session = packet.flow?.tcp ?? null;
    if (session === null || packet.transport !== 6) return false;
    if (!this.tracker.rawWindow(packet, session)) return false;
    this.inspector.setStream(this.tracker.rawStart, this.tracker.rawEnd, this.tracker.rawOffset);
    return true;
  }

  private groupFor(packet: Packet): RuleGroup {
    const { flow } = packet;
    const { ruleSet } = this;
    if (flow === null) return ruleSet.groupOf(packet, WITHOUT_FLOW);
    const state = this.context.state.ofFlow(flow);
    if (state.groupsGeneration !== ruleSet.generation) {
      state.groupsGeneration = ruleSet.generation;
      state.groupToServer = state.groupToClient = null;
    }
    const toServer = packet.direction === 0;
    const known = toServer ? state.groupToServer : state.groupToClient;
    if (known !== null) return known;
    const group = ruleSet.groupOf(packet, packet.direction);
    if (toServer) state.groupToServer = group;
    else state.groupToClient = group;
    return group;
  }

  private collect(group: RuleGroup, packet: Packet): void {
    this.stamp++;
    for (let i = 0; i < packet.eventCount; i++) {
      const rules = group.byEvent.get(packet.events[i]!);
      if (rules !== undefined) this.addAll(rules);
    }
    if (packet.invalid) return;
    if (group.ipOnly.length > 0 && this.isFirstMeeting(packet)) this.addAll(group.ipOnly);
    this.addAll(group.always);
    const hasPayload = packet.payloadEnd > packet.payloadStart && !packet.noPayloadInspection;
    if (!hasPayload && !this.inspector.hasStream) return;
    this.addAll(group.alwaysWithPayload);
    if (group.patterned.length > 0) this.searchPatterns(group, packet, hasPayload);
  }

  private searchPatterns(group: RuleGroup, packet: Packet, hasPayload: boolean): void {
    const matcher = this.ruleSet.matcherOf(group);
    const found = this.packetMatches;
    const { bytes } = this.context;
    found.reset();
    if (hasPayload) matcher.search(bytes, packet.payloadStart, packet.payloadEnd, found);
    if (this.inspector.hasStream) {
      matcher.search(bytes, this.inspector.streamStart, this.inspector.streamEnd, found);
    }
    for (let i = 0; i < found.count; i++) this.addOne(group.patterned[found.ids[i]!]!);
  }

  private isFirstMeeting(packet: Packet): boolean {
    const { flow } = packet;
    if (flow === null) return true;
    const state = this.context.state.ofFlow(flow);
    const met = packet.direction === 0 ? state.ipOnlyToServer : state.ipOnlyToClient;
    if (packet.direction === 0) state.ipOnlyToServer = true;
    else state.ipOnlyToClient = true;
    return !met;
  }

  private addAll(rules: readonly CompiledRule[]): void {
    for (let i = 0; i < rules.length; i++) this.addOne(rules[i]!);
  }

  private addOne(rule: CompiledRule): void {
    if (this.stamps[rule.index] === this.stamp) return;
    this.stamps[rule.index] = this.stamp;
    this.candidates.push(rule);
  }

  private evaluate(rule: CompiledRule, packet: Packet): void {
    const { context } = this;
    if (packet.flow === null && (rule.requireFlow || rule.flowDirection !== 0)) return;
    context.rule = rule;
    const { checks } = rule;
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i]!;
      if (!check.run(context, check.data)) return;
    }
    this.inspector.fromStream = false;
    if (!this.inspector.matches(rule, packet)) return;
    const { postMatches } = rule;
    for (let i = 0; i < postMatches.length; i++) postMatches[i]!.run(context);
    if (rule.tag !== null) this.tags.set(rule.tag, packet);
    if (rule.bypass && packet.flow !== null) packet.flow.action |= Verdict.bypass;
    const silent = (rule.action & ~Verdict.alert) === 0 && rule.noAlert;
    if (!silent) this.alerts.add(rule, this.inspector.fromStream);
  }

  /** Thresholds, pass and drop over the alerts of the packet. */
  private decide(packet: Packet): void {
    const { alerts } = this.alerts;
    let kept = 0;
    for (let i = 0; i < alerts.length; i++) {
      const alert = alerts[i]!;
      const admitted = this.thresholds.admit(alert, packet);
      if (admitted || alert.rule.detectionFilter === null)
        this.applyAction(alert.action, alert.rule, packet, alert.fromStream);
      if ((alert.action & Verdict.pass) !== 0) {
        packet.verdict |= Verdict.pass;
        break;
      }
      if (!admitted) continue;
      alerts[kept++] = alert;
      if (!alert.silent) this.alertCount++;
    }
    alerts.length = kept;
    if (kept > 0 && packet.flow !== null) packet.flow.alerted = true;
  }

  private applyAction(
    action: number,
    rule: CompiledRule,
    packet: Packet,
    fromStream: boolean,
  ): void {
    const { flow } = packet;
    const toFlow =
      flow !== null && (fromStream || rule.type === "ip_only" || rule.type === "like_ip_only");
    if ((action & Verdict.pass) !== 0) {
      if (toFlow) flow.action |= Verdict.pass;
      return;
    }
    if ((action & VERDICT_STOPS) === 0) return;
    packet.verdict |= action & VERDICT_STOPS;
    if (!this.options.inline) return;
    if (packet.dropReason === DropReason.none) packet.dropReason = DropReason.rules;
    if (toFlow) flow.action |= Verdict.drop;
  }

  /** Numbers of the flow bits that are set on a flow, for events. */
  flowBitsOf(packet: Packet): Iterable<number> {
    const { flow } = packet;
    return flow === null ? [] : (knownFlowState(flow)?.bitNumbers ?? []);
  }
}

function byIndex(a: CompiledRule, b: CompiledRule): number {
  return a.index - b.index;
}
