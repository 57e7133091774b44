/**
 * Runs a rule set over packets: candidates from the flow's rule group and the pattern searches, in rule order,
 * each with its checks and chains; then thresholds and verdicts (alert-judge.ts). Called for every packet once
 * flow and stream tracking are done with it, the packets made at the end of a stream included.
 *
 * @hotpath
 */
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import type { Frame } from "../protocols/frame.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { TcpSession } from "../stream/tcp-session.ts";
import { AlertJudge } from "./alert-judge.ts";
import { AlertQueue } from "./alert-queue.ts";
import { BufferInspector } from "./buffer-inspector.ts";
import { CandidateSearch } from "./candidate-search.ts";
import { Candidates } from "./candidates.ts";
import type { Check } from "./check.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { DetectionContext } from "./detection-context.ts";
import type { DetectorOptions, RawStreamSource } from "./detector-options.ts";
import { applicationOf } from "./flow-application.ts";
import { knownFlowState } from "./flow-detection-state.ts";
import { FrameInspector, type FrameRuleHost } from "./frame-inspector.ts";
import { guessTransaction } from "./guessed-transaction.ts";
import { WITHOUT_FLOW } from "./header-match.ts";
import { PacketGate, packetGates } from "./packet-gate.ts";
import { ProtocolNews } from "./protocol-news.ts";
import { Replacements } from "./replacements.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { RuleSet } from "./rule-set.ts";
import { Tags } from "./tags.ts";
import { Thresholds } from "./thresholds.ts";
import { TransactionBuffers } from "./transaction-buffers.ts";
import { type RuleHost, TransactionInspector } from "./transaction-inspector.ts";
import { Verdict } from "./verdict.ts";

const TCP = 6;

export class Detector implements RuleHost, FrameRuleHost {
  readonly alerts: AlertQueue;
  readonly context: DetectionContext;
  thresholds: Thresholds;
  tags: Tags;
  alertCount = 0;
  /** Rules evaluated, and packets that had at least one. */
  evaluationCount = 0;
  inspectedPackets = 0;
  readonly ruleSet: RuleSet;
  /** Single rules are evaluated through it: the detector itself, unless something measures them. */
  evaluator: Pick<Detector, "evaluate"> = this;
  private readonly stream: RawStreamSource;
  private readonly inspector: BufferInspector;
  readonly judge: AlertJudge;
  private readonly candidates: Candidates;
  private readonly search: CandidateSearch;
  private readonly transactionBuffers: TransactionBuffers;
  readonly transactionInspector: TransactionInspector;
  /** Null when no rule looks into frames. */
  readonly frameInspector: FrameInspector | null;
  /** Rules over transactions whose pattern was found in the payload of the packet. */
  private readonly payloadRules: CompiledRule[] = [];
  private readonly inline: boolean;
  /** Some rule asks for nothing but the application protocol. */
  private readonly asksForProtocol: boolean;
  /** Bits of PacketGate that the packet has. */
  private gates = 0;

  constructor(ruleSet: RuleSet, stream: RawStreamSource, options: DetectorOptions) {
    this.ruleSet = ruleSet;
    this.stream = stream;
    this.inline = options.inline;
    this.asksForProtocol = ruleSet.rules.some(({ type }) => type === "pd_only");
    const { state } = ruleSet.builder;
    const { arena = ruleSet.builder.arena, seed } = options;
    this.context = new DetectionContext(arena.bytes, state);
    if (options.inline) this.context.replacements = new Replacements();
    this.inspector = new BufferInspector(this.context, ruleSet.buffers, arena);
    this.alerts = new AlertQueue(options.alertsPerPacketMax);
    this.thresholds = new Thresholds(state, options.thresholdCountsMax, seed);
    this.tags = new Tags(state, ruleSet.rules, undefined, seed);
    this.judge = new AlertJudge(this.alerts, this.thresholds, this.tags, options.inline);
    this.candidates = new Candidates(ruleSet.rules.length);
    const isSearching = options.prefilter !== "off";
    this.search = new CandidateSearch(ruleSet, this.inspector, this.candidates, isSearching);
    this.transactionBuffers = new TransactionBuffers(ruleSet.buffers, arena);
    const { inspector, transactionBuffers: buffers } = this;
    this.transactionInspector = new TransactionInspector(ruleSet, inspector, buffers, this);
    const hasFrames = ruleSet.frames.rules.length > 0;
    this.frameInspector = hasFrames
      ? new FrameInspector(ruleSet, inspector, this, arena, stream.options.inline)
      : null;
  }

  /** Fills `alerts` and sets the verdicts of packet and flow. */
  inspect(packet: Packet): void {
    const { context, inspector, alerts } = this;
    const { flow } = packet;
    alerts.reset();
    inspector.begin(packet);
    if (flow !== null && (flow.action & (Verdict.drop | Verdict.pass)) !== 0) return;
    if (flow === null && (packet.verdict & Verdict.drop) !== 0) return;
    context.state.startPacket();
    context.packet = packet;
    context.flow = flow;
    context.session = flow?.tcp ?? null;
    context.direction = packet.direction;
    if (context.session !== null) this.openStream(packet, context.session);
    const group = this.groupFor(packet);
    if (group === null) return;
    this.gates = this.gatesOf(packet);
    this.runIpOnly(group, packet);
    this.search.collect(group, packet, this.gates);
    this.evaluateAll(group, packet);
    if (flow !== null) this.inspectTransactions(group, flow);
    if (flow !== null) this.frameInspector?.inspect(packet, flow, group);
    if (alerts.queued.length === 0) return;
    this.judge.judge(packet);
    const { count } = alerts;
    this.alertCount += count > 0 && alerts.alerts[count - 1]!.silent ? count - 1 : count;
  }

  /** Takes the place of a detector of another rule set: what is remembered by rule, and counts, go on. */
  succeed(before: Detector): void {
    this.thresholds = this.judge.thresholds = before.thresholds;
    this.tags = this.judge.tags = before.tags;
    this.tags.useRules(this.ruleSet.rules);
    this.ruleSet.generation = before.ruleSet.generation + 1;
    this.alertCount = before.alertCount;
    this.evaluationCount = before.evaluationCount;
    this.inspectedPackets = before.inspectedPackets;
    this.alerts.overflows = before.alerts.overflows;
    this.context.stepLimitHits = before.context.stepLimitHits;
    this.context.regexLimitHits = before.context.regexLimitHits;
    this.context.replacements = before.context.replacements;
    this.inspector.packetBuffers.refused = before.inspector.packetBuffers.refused;
    this.transactionBuffers.refused = before.transactionBuffers.refused;
  }

  /** Called when the packet's events are written: the stream data that it inspected may go. */
  finishPacket(packet: Packet): void {
    const session = packet.flow?.tcp ?? null;
    if (!this.inspector.hasStream || session === null) return;
    this.inspector.hasStream = false;
    this.stream.rawConsume(packet, session);
  }

  *counters(): IterableIterator<readonly [string, number]> {
    const { alerts, thresholds, tags, context, ruleSet } = this;
    yield ["detect.alert", this.alertCount];
    yield ["detect.alert_queue_overflow", alerts.overflows];
    yield ["detect.alerts_suppressed", thresholds.suppressed];
    yield ["detect.inspected_packets", this.inspectedPackets];
    yield ["detect.rules_evaluated", this.evaluationCount];
    yield ["detect.inspection_limit", context.stepLimitHits];
    yield ["detect.regex_limit", context.regexLimitHits];
    yield ["detect.transforms_refused", this.inspector.packetBuffers.refused];
    yield ["detect.transaction_buffers_refused", this.transactionBuffers.refused];
    yield ["detect.thresholds_refused", thresholds.refused];
    yield ["detect.tags_refused", tags.refused];
    if (context.replacements !== null) yield* context.replacements.counters();
    if (this.frameInspector !== null) yield* this.frameInspector.counters();
    yield* ruleSet.builder.kernels.counters();
    yield* ruleSet.counters();
    yield* context.state.counters();
  }

  /** Numbers of the flow bits that are set on a flow, for events. */
  flowBitsOf(packet: Packet): Iterable<number> {
    const { flow } = packet;
    return flow === null ? [] : (knownFlowState(flow)?.bitNumbers ?? []);
  }

  private openStream(packet: Packet, session: TcpSession): void {
    if (packet.transport !== TCP || !packet.inConnection) return;
    const { stream } = this;
    if (!stream.rawWindow(packet, session)) return;
    const { rawStart, rawEnd, rawOffset } = stream;
    this.inspector.setStream(rawStart, rawEnd, rawOffset, packet.streamEnd);
  }

  /** The flow's group for the direction; null when no rule can match. */
  private groupFor(packet: Packet): RuleGroup | null {
    const { flow } = packet;
    const { ruleSet } = this;
    if (packet.invalid && (packet.ipVersion === 0 || packet.protocol === 0)) {
      return packet.eventCount === 0 ? null : ruleSet.groupOf(packet, WITHOUT_FLOW);
    }
    if (flow === null) return ruleSet.groupOf(packet, WITHOUT_FLOW);
    // Errors about a flow (ICMP) have headers of their own.
    if (packet.protocol !== flow.protocol) return ruleSet.groupOf(packet, packet.direction);
    const state = this.context.state.ofFlow(flow);
    if (state.groupsGeneration !== ruleSet.generation || state.groupsPort !== flow.sourcePort) {
      state.groupsGeneration = ruleSet.generation;
      state.groupsPort = flow.sourcePort;
      state.groupToServer = state.groupToClient = null;
    }
    const toServer = packet.direction === 0;
    const known = toServer ? state.groupToServer : state.groupToClient;
    if (known !== null) return known;
    const group = ruleSet.groupOf(packet, packet.direction);
    state.groupsGeneration = ruleSet.generation;
    if (toServer) state.groupToServer = group;
    else state.groupToClient = group;
    return group;
  }

  private gatesOf(packet: Packet): number {
    const { inspector } = this;
    const { flow } = packet;
    let gates = packetGates(packet, inspector.hasPayload || inspector.hasStream);
    if (this.context.state.packetObserver?.hasSignals === true) gates |= PacketGate.metric;
    if (flow === null) return gates;
    if (this.hasProtocolNews(packet, flow)) gates |= PacketGate.protocolFound;
    if (packet.firstInDirection && packet.direction === 0) gates |= PacketGate.flowStart;
    const hasBits = knownFlowState(flow)?.hasBits ?? false;
    return gates | PacketGate.flow | (hasBits ? PacketGate.flowBits : 0);
  }

  private hasProtocolNews(packet: Packet, flow: Flow): boolean {
    if (!this.asksForProtocol) return false;
    const state = this.context.state.ofFlow(flow);
    state.protocolNews ??= new ProtocolNews();
    const isAtOnce = this.inline || flow.protocol !== TCP;
    return state.protocolNews.take(applicationOf(flow), packet.direction, isAtOnce);
  }

  /** Rules about addresses alone: with the first packet of each direction, or every packet without a flow. */
  private runIpOnly(group: RuleGroup, packet: Packet): void {
    const { ipOnly } = group;
    if (ipOnly.length === 0) return;
    if (packet.flow !== null && !packet.firstInDirection) return;
    for (let i = 0; i < ipOnly.length; i++) this.evaluator.evaluate(ipOnly[i]!, packet);
  }

  /** True once in a packet: when a rule set the first bit of the flow. */
  private opensFlowBits({ flow }: Packet): boolean {
    if ((this.gates & PacketGate.flowBits) !== 0 || flow === null) return false;
    if (knownFlowState(flow)?.hasBits !== true) return false;
    this.gates |= PacketGate.flowBits;
    return true;
  }

  private addFlowBitRules(group: RuleGroup, afterIndex: number): void {
    const { candidates, gates } = this;
    const groupGates = group.gates;
    for (let i = 0; i < groupGates.length; i++) {
      const gate = groupGates[i]!;
      if ((gate & PacketGate.flowBits) === 0 || (gates & gate) !== gate) continue;
      candidates.addAllAfter(group.gated[i]!, afterIndex);
    }
    candidates.sort();
  }

  private evaluateAll(group: RuleGroup, packet: Packet): void {
    const { candidates } = this;
    if (candidates.count === 0) return;
    this.inspectedPackets++;
    candidates.sort();
    const { rules } = this.ruleSet;
    const { indexes } = candidates;
    // A rule may set the flow's first bit: rules that wait for one join, as long as their turn is still to come.
    for (let i = 0; i < candidates.count; i++) {
      const index = indexes[i]!;
      this.evaluator.evaluate(rules[index]!, packet);
      if (this.opensFlowBits(packet)) this.addFlowBitRules(group, index);
    }
  }

  private inspectTransactions(group: RuleGroup, flow: Flow): void {
    const state = applicationOf(flow);
    const isReady = flow.protocol !== TCP || this.context.packet.inConnection;
    if (state !== null && state.transactions.length > 0 && isReady) {
      const { direction } = this.context;
      const forward = direction === 0 ? group : (knownFlowState(flow)?.groupToServer ?? null);
      this.transactionInspector.inspect(state, direction, group, forward, this.payloadRules);
    }
    if (this.payloadRules.length > 0) this.payloadRules.length = 0;
  }

  /** Whether the conditions on packet and flow of a rule over transactions hold, bits just set included. */
  admits(rule: CompiledRule, gate: number, checks: readonly Check[]): boolean {
    if ((gate & PacketGate.flowBits) !== 0) this.opensFlowBits(this.context.packet);
    if ((gate & this.gates) !== gate) return false;
    this.evaluationCount++;
    return this.passesChecks(rule, checks);
  }

  matched(
    rule: CompiledRule,
    fromStream: boolean,
    transaction: Transaction | null,
    frame: Frame | null = null,
  ): void {
    this.applyMatch(rule, fromStream, transaction, frame);
    this.opensFlowBits(this.context.packet);
  }

  private passesChecks(rule: CompiledRule, checks: readonly Check[]): boolean {
    const { context } = this;
    context.rule = rule;
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i]!;
      if (!check.run(context, check.data)) return false;
    }
    return true;
  }

  private applyMatch(
    rule: CompiledRule,
    fromStream: boolean,
    transaction: Transaction | null,
    frame: Frame | null = null,
  ): void {
    const { context } = this;
    const { state } = context;
    const { postMatches } = rule;
    state.startMatch();
    context.transaction = transaction;
    for (let i = 0; i < postMatches.length && !state.isRefused; i++) postMatches[i]!.run(context);
    if (state.isRefused) return;
    if (rule.bypass && context.flow !== null) context.flow.action |= Verdict.bypass;
    const variables = state.alertVariables.length > 0 ? state.alertVariables.slice() : null;
    this.alerts.add(rule, fromStream, transaction, variables, frame, state.alertAnomaly);
  }

  evaluate(rule: CompiledRule, packet: Packet): void {
    if (rule.transaction !== null) {
      this.payloadRules.push(rule);
      return;
    }
    if ((rule.gate & this.gates) !== rule.gate) return;
    const isMetric = (rule.gate & PacketGate.metric) !== 0;
    const isOfPackets = rule.type === "pkt" || rule.type === "app_layer";
    if (packet.streamEnd && isOfPackets && !isMetric) return;
    this.evaluationCount++;
    const { context, inspector } = this;
    context.replacements?.clear();
    if (!this.passesChecks(rule, rule.checks) || !inspector.matches(rule, packet)) return;
    context.replacements?.apply(context.bytes, packet);
    this.applyMatch(rule, inspector.fromStream, guessTransaction(context, rule, inspector));
  }
}
