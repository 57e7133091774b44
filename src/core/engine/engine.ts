/**
 * The pipeline: one captured record in, events and a verdict out. Decodes, tracks flows and streams, runs the
 * rules, reports; inner packets of tunnels come before the packet that carried them. Driven by packet time.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import { BlockPool } from "../bytes/block-pool.ts";
import type { Alert } from "../detect/alert-queue.ts";
import type { PacketObserver } from "../detect/anomaly-details.ts";
import { Detector } from "../detect/detector.ts";
import { applicationOf } from "../detect/flow-application.ts";
import type { RuleSet } from "../detect/rule-set.ts";
import { THRESHOLD_COUNTS_MAX } from "../detect/thresholds.ts";
import { DropReason, VERDICT_STOPS, Verdict } from "../detect/verdict.ts";
import { ExceptionTarget } from "../flow/exception-policy.ts";
import { type Flow, FlowEndReason, FlowState } from "../flow/flow.ts";
import { FlowTable } from "../flow/flow-table.ts";
import { FragmentTable } from "../flow/fragments.ts";
import { noteHardware } from "../flow/hardware-addresses.ts";
import { verifyIpChecksum, verifyTransportChecksum } from "../layers/checksums.ts";
import { Decoder } from "../layers/decode.ts";
import { ChecksumState, Direction, Packet, PacketSource } from "../layers/packet.ts";
import {
  FIRST_APPLICATION_EVENT,
  FIRST_STREAM_EVENT,
  PACKET_EVENT_COUNT,
  packetEventName,
} from "../layers/packet-events.ts";
import type { TcpSession } from "../stream/tcp-session.ts";
import { TcpTracker } from "../stream/tcp-tracker.ts";
import { ApplicationLayer } from "./application-layer.ts";
import { ApplicationLog, hasOpenTransactions } from "./application-log.ts";
import { ChecksumWatch } from "./checksum-watch.ts";
import type { EngineOptions, RecordFields } from "./engine-options.ts";
import { ExceptionPolicies, ignoreAll } from "./exception-policies.ts";
import { mayStoreFiles } from "./file-storage.ts";
import { FlowEndCounts } from "./flow-end-counts.ts";
import { makeFlowEndPacket, makeProtocolEndPacket } from "./flow-end-packet.ts";
import { turnRound } from "./flow-sides.ts";
import { endFrames, frameRecorderFor, wantedFrameTypes } from "./frame-recorder.ts";
import { MemoryPressure } from "./memory-pressure.ts";
import type { Counters } from "./records/stats-record.ts";
import { prepareForRules, succeedDetector } from "./rule-change.ts";
import { BypassCounts, VerdictCounts } from "./verdict-counts.ts";

const UDP = 17;
const STREAM_PIECES_MAX = 64;
const EMPTY_ALERTS: readonly Alert[] = [];

export class Engine {
  readonly decoder: Decoder;
  readonly flows: FlowTable;
  readonly tracker: TcpTracker;
  detector: Detector | null;
  readonly applications: ApplicationLayer;
  private readonly applicationLog: ApplicationLog;
  packetCount = 0;
  byteCount = 0;
  /** Link types that could not be decoded, with how many packets. */
  readonly unknownLinkTypes = new Map<number, number>();
  private readonly options: EngineOptions;
  /** The packet last processed, until the next one. */
  readonly packet = new Packet();
  private readonly endPacket = new Packet();
  private readonly changePacket = new Packet();
  private observer: PacketObserver | null;
  private readonly fragments: FragmentTable;
  private readonly checksums: ChecksumWatch;
  private readonly policies: ExceptionPolicies;
  private readonly bypassed = new BypassCounts();
  private readonly eventCounts = new Float64Array(PACKET_EVENT_COUNT);
  private readonly verdicts = new VerdictCounts();
  private readonly flowEnds = new FlowEndCounts();
  private invalidCount = 0;
  /** The packet being worked on. */
  private current: Packet | null = null;
  private readonly notesHardware: boolean;
  private readonly pressure: MemoryPressure;
  private firstUs = -1;
  private nowUs = 0;
  private nextStatsUs = 0;

  constructor(options: EngineOptions) {
    // The rules are the detector's alone: a set that was replaced is let go.
    this.options = { ...options, ruleSet: null };
    const { arena, ruleSet, reporters, stream } = options;
    this.pressure = new MemoryPressure(options);
    this.notesHardware = reporters.some((reporter) => reporter.wantsHardwareAddresses === true);
    const defragPool = new BlockPool(arena, options.defragMemoryBytes);
    this.fragments = new FragmentTable(arena, defragPool, options.defrag);
    this.decoder = new Decoder(arena.bytes, options.decoder, this.fragments);
    this.flows = new FlowTable(options.flow, (flow) => this.endFlow(flow), arena.bytes);
    const streamPool = new BlockPool(arena, stream.reassemblyMemoryLimitBytes);
    this.tracker = new TcpTracker(arena.bytes, streamPool, stream);
    prepareForRules(ruleSet, this.tracker, options.filePolicy);
    this.checksums = new ChecksumWatch(options.checksums);
    this.policies = new ExceptionPolicies(options.exceptionPolicies ?? ignoreAll, options.inline);
    const fileStorage = options.fileStorage ?? null;
    const frames = wantedFrameTypes(ruleSet?.rules ?? [], reporters);
    const { protocols, filePolicy } = options;
    this.applications = new ApplicationLayer(protocols, this.tracker, filePolicy, frames);
    this.applicationLog = new ApplicationLog(reporters, ruleSet !== null, fileStorage);
    this.applications.onProtocolEnd = (flow) => this.endProtocol(flow);
    this.observer = options.observer ?? ruleSet?.builder.state.packetObserver ?? null;
    this.detector = this.createDetector(ruleSet, arena);
  }

  /** Other rules from the next packet on; flows and what unchanged rules remember go on. */
  replaceRules(ruleSet: RuleSet | null): void {
    prepareForRules(ruleSet, this.tracker, this.options.filePolicy);
    const frames = wantedFrameTypes(ruleSet?.rules ?? [], this.options.reporters);
    this.applications.frameRecorder = frameRecorderFor(frames, this.applications.frameRecorder);
    const next = ruleSet === null ? null : this.createDetector(ruleSet, ruleSet.builder.arena);
    succeedDetector(this.detector, next, this.flows);
    this.detector = next;
    this.observer = this.options.observer ?? ruleSet?.builder.state.packetObserver ?? null;
    if (ruleSet !== null) this.observer?.useRules?.(ruleSet.builder);
  }

  private createDetector(ruleSet: RuleSet | null, arena: Arena): Detector | null {
    this.options.filePolicy.keepsUndecided = mayStoreFiles(ruleSet, this.options.fileStorage);
    if (ruleSet === null) return null;
    const { inline, alertsPerPacketMax, flow } = this.options;
    const thresholdCountsMax = this.options.thresholdCountsMax ?? THRESHOLD_COUNTS_MAX;
    const seed = flow.hashKey;
    const options = { inline, alertsPerPacketMax, thresholdCountsMax, arena, seed };
    const detector = new Detector(ruleSet, this.tracker.raw, options);
    detector.context.guessesTransactions = this.options.guessesTransactions === true;
    return detector;
  }

  /** One record of a capture: bytes [start, end) of the arena. Returns bits of Verdict. */
  process(start: number, end: number, record: RecordFields): number {
    const { packet } = this;
    packet.reset();
    packet.start = start;
    packet.end = end;
    packet.wireLength = record.wireLength;
    packet.timeUs = record.timeUs;
    packet.linkType = record.linkType;
    packet.interfaceIndex = record.interfaceIndex;
    this.packetCount++;
    if (this.options.isLive !== true) packet.captureNumber = this.packetCount;
    this.byteCount += record.wireLength;
    this.advance(record.timeUs);
    if (!this.decoder.decode(packet)) this.noteLinkType(record.linkType);
    const { innerPackets, innerCount } = this.decoder;
    let innerVerdict = 0;
    for (let i = 0; i < innerCount; i++) innerVerdict |= this.handle(innerPackets[i]!);
    if ((innerVerdict & VERDICT_STOPS) !== 0 && this.options.inline) {
      packet.verdict |= Verdict.drop;
      packet.dropReason = DropReason.innerPacket;
    }
    const verdict = this.handle(packet);
    if (this.options.inline) this.verdicts.count(packet);
    return verdict;
  }

  /** Time goes on though no packet comes: flows end, counters are written. Time never goes back. */
  tick(timeUs: number): void {
    if (this.firstUs >= 0) this.advance(timeUs);
  }

  /** Ends all flows and writes the last counters: the capture is over. */
  finish(): void {
    this.flows.endAll(FlowEndReason.shutdown);
    this.reportStats();
  }

  /** Counters by dotted name, as the stats event has them. */
  counters(): Counters {
    const counters: Counters = new Map();
    const uptime = this.firstUs < 0 ? 0 : Math.floor((this.nowUs - this.firstUs) / 1_000_000);
    counters.set("uptime", uptime);
    for (const [name, value] of this.decoder.counters.entries()) counters.set(name, value);
    counters.set("decoder.invalid", this.invalidCount);
    const { flows, flowEnds, fragments, tracker } = this;
    const fragmentCounts = fragments.counters.entries(fragments.memoryBytes);
    for (const part of [flows.entries(), flowEnds.entries(), fragmentCounts, tracker.entries()]) {
      for (const [name, value] of part) counters.set(name, value);
    }
    for (let code = FIRST_STREAM_EVENT; code < FIRST_APPLICATION_EVENT; code++) {
      counters.set(packetEventName(code), this.eventCounts[code]!);
    }
    for (const [name, value] of this.applications.counters()) counters.set(name, value);
    for (const [name, value] of this.bypassed.entries()) counters.set(name, value);
    for (const [name, value] of this.policies.entries()) counters.set(name, value);
    this.pressure.addTo(counters);
    this.addDetectionCounters(counters);
    return counters;
  }

  private addDetectionCounters(counters: Counters): void {
    const { detector, options } = this;
    if (options.inline) {
      for (const [name, value] of this.verdicts.entries()) counters.set(name, value);
    }
    counters.set("file_store.open_files", 0);
    for (const [name, value] of options.fileStorage?.counters() ?? []) counters.set(name, value);
    for (const [name, value] of options.extraCounters) counters.set(name, value);
    if (detector === null) return;
    for (const [name, value] of detector.counters()) counters.set(name, value);
  }

  private advance(timeUs: number): void {
    if (this.firstUs < 0) {
      this.firstUs = timeUs;
      this.nextStatsUs = timeUs + this.options.statsIntervalSeconds * 1_000_000;
    }
    if (timeUs > this.nowUs) this.nowUs = timeUs;
    this.flows.expire(this.nowUs);
    if (this.options.statsIntervalSeconds > 0 && timeUs >= this.nextStatsUs) {
      this.nextStatsUs = timeUs + this.options.statsIntervalSeconds * 1_000_000;
      this.reportStats();
    }
  }

  private reportStats(): void {
    const { reporters } = this.options;
    if (!reporters.some(({ onStats }) => onStats !== undefined)) return;
    const counters = this.counters();
    for (const reporter of reporters) reporter.onStats?.(counters, this.nowUs);
  }

  private noteLinkType(linkType: number): void {
    this.unknownLinkTypes.set(linkType, (this.unknownLinkTypes.get(linkType) ?? 0) + 1);
  }

  private handle(packet: Packet): number {
    this.current = packet;
    packet.checksumsIgnored = this.checksums.ignores(packet);
    if (packet.invalid) this.invalidCount += packet.depth === 0 && packet.parent === null ? 1 : 0;
    else this.verify(packet);
    const flow = packet.invalid ? null : this.flows.lookup(packet);
    if (this.flows.memcapHit) this.policies.apply(packet, ExceptionTarget.flowMemcap);
    if (this.notesHardware && flow !== null) noteHardware(this.options.arena.bytes, packet, flow);
    if (flow !== null && !this.trackFlow(packet, flow)) return packet.verdict;
    this.inspect(packet);
    return packet.verdict;
  }

  /** Follows the flow's state; false when the packet needs no more looking. */
  private trackFlow(packet: Packet, flow: Flow): boolean {
    if (flow.state === FlowState.bypassed) {
      this.bypassed.count(packet, flow);
      return false;
    }
    if ((flow.action & Verdict.drop) !== 0 && this.options.inline) {
      packet.verdict |= Verdict.drop;
      packet.dropReason = DropReason.flowDrop;
      packet.noInspection = true;
      return true;
    }
    if (packet.transport === 6) {
      this.tracker.handle(packet, flow);
      if (this.tracker.swapNeeded) this.flows.swapDirection(flow);
      this.policies.judgeSegment(packet, this.tracker, this.options.inline, this.options.stream);
      if (flow.tcp !== null && !packet.noInspection) this.trackStream(packet, flow, flow.tcp);
    } else if (packet.transport === UDP) this.trackDatagram(packet, flow);
    packet.noPayloadInspection ||= flow.noPayloadInspection;
    if ((flow.action & Verdict.pass) !== 0) {
      packet.verdict |= Verdict.pass;
      packet.noInspection = true;
    }
    return true;
  }

  private trackStream(packet: Packet, flow: Flow, session: TcpSession): void {
    const { applications } = this;
    applications.handleTcp(packet, flow, session);
    if (this.options.stream.bypass && this.tracker.reachedDepth(session)) flow.bypassWanted = true;
    if (!applications.swapWanted) return;
    turnRound(this.flows, packet, flow);
    applications.swapWanted = false;
    applications.handleTcp(packet, flow, session);
    applications.swapWanted = false;
  }

  private trackDatagram(packet: Packet, flow: Flow): void {
    const { applications } = this;
    applications.handleUdp(packet, flow);
    if (!applications.swapWanted) return;
    applications.swapWanted = false;
    turnRound(this.flows, packet, flow);
  }

  private inspect(packet: Packet): void {
    const { detector } = this;
    let alerts = EMPTY_ALERTS;
    let tagged = false;
    this.observer?.onPacket(packet);
    if (detector !== null) {
      detector.context.state.startPacket();
      if (packet.noInspection) detector.alerts.reset();
      else detector.inspect(packet);
      alerts = detector.alerts.alerts;
      tagged = detector.tags.covers(packet);
    }
    for (let i = 0; i < packet.eventCount; i++) this.eventCounts[packet.events[i]!]!++;
    const flow = packet.flow;
    if (flow !== null && (flow.action & Verdict.bypass) !== 0) flow.state = FlowState.bypassed;
    if (flow?.bypassWanted === true) flow.state = FlowState.bypassed;
    const hasVariables = (detector?.context.state.packetVariables.length ?? 0) > 0;
    const isQuiet = alerts.length === 0 && packet.eventCount === 0 && !tagged && !hasVariables;
    if (!isQuiet || packet.verdict !== 0 || packet.arpStart >= 0)
      this.report(packet, alerts, tagged);
    if (this.applications.frameRecorder !== null && flow !== null) {
      endFrames(packet, flow, this.options.reporters, this.options.stream.inline);
    }
    detector?.finishPacket(packet);
    if (flow !== null) this.updateApplications(packet, flow);
  }

  private updateApplications(packet: Packet, flow: Flow): void {
    const state = applicationOf(flow);
    if (state === null || state.transactions.length === 0) return;
    const { direction } = packet;
    for (const transaction of state.transactions) {
      if (this.detector === null) {
        transaction.afterInspection(0);
        transaction.afterInspection(1);
      } else if (state.isInspected(direction)) {
        transaction.afterInspection(direction);
      }
    }
    this.applicationLog.update(packet, flow, state);
  }

  private report(packet: Packet, alerts: readonly Alert[], tagged: boolean): void {
    const { reporters } = this.options;
    for (let i = 0; i < reporters.length; i++) reporters[i]!.onPacket(packet, alerts, tagged);
  }

  private verify(packet: Packet): void {
    if (!this.checksums.isOn || packet.ipVersion === 0 || packet.isFragment) return;
    const { kernels, arena } = this.options;
    verifyIpChecksum(packet, kernels);
    if (packet.transport !== 0) verifyTransportChecksum(arena.bytes, packet, kernels);
    this.checksums.count(packet.transportChecksum === ChecksumState.invalid);
  }

  /** Rules see the transactions of a protocol that a flow leaves, with packets made for it. */
  private endProtocol(flow: Flow): void {
    const { current } = this;
    if (current === null) return;
    for (const direction of [Direction.toServer, Direction.toClient]) {
      makeProtocolEndPacket(this.changePacket, flow, direction, current);
      this.inspect(this.changePacket);
    }
  }

  /** What is left of a stream is inspected with packets made for it, then the flow is reported. */
  private endFlow(flow: Flow): void {
    if ((flow.action & (Verdict.drop | Verdict.pass)) === 0) {
      const rest = flow.tcp === null ? 0 : this.tracker.raw.needsFlush(flow.tcp);
      const isOpen = hasOpenTransactions(flow);
      if (isOpen || (rest & 1) !== 0) this.flush(flow, Direction.toServer);
      if (isOpen || (rest & 2) !== 0 || hasOpenTransactions(flow)) {
        this.flush(flow, Direction.toClient);
      }
    }
    this.flowEnds.count(flow);
    this.options.fileStorage?.release(flow);
    if (this.observer?.onFlowEnd(flow) === true) this.inspect(this.makeEnd(flow, 0));
    for (const reporter of this.options.reporters) reporter.onFlowEnd(flow, this.nowUs);
    for (const observer of this.detector?.context.state.flowEndObservers ?? []) {
      observer.onFlowEnd(flow, this.nowUs);
    }
    this.tracker.release(flow);
  }

  private makeEnd(flow: Flow, direction: number): Packet {
    const packet = this.endPacket;
    makeFlowEndPacket(packet, flow, direction, Math.max(flow.lastUs, 0));
    packet.source = PacketSource.flowTimeout;
    packet.noPayloadInspection = flow.noPayloadInspection;
    this.current = packet;
    return packet;
  }

  private flush(flow: Flow, direction: number): void {
    const packet = this.makeEnd(flow, direction);
    this.tracker.packet = packet;
    this.applications.finish(packet, flow);
    if (this.applications.swapWanted && flow.tcp !== null) {
      turnRound(this.flows, packet, flow);
      this.applications.swapWanted = false;
      this.applications.finish(packet, flow);
    }
    this.inspect(packet);
    // Data behind holes that nobody acknowledged: each piece with a packet of its own.
    if (this.detector === null) return;
    for (let rest = 0; rest < STREAM_PIECES_MAX && flow.tcp !== null; rest++) {
      if ((this.tracker.raw.needsFlush(flow.tcp) & (1 << direction)) === 0) return;
      this.inspect(packet);
    }
  }
}
