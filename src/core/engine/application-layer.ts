/**
 * Brings flows and protocol parsers together: recognises the protocol from the first data of each direction,
 * hands in-order data and datagrams to the parser, and does what the parser asks of its flow.
 *
 * @hotpath
 */
import { ByteSlab } from "../bytes/byte-slab.ts";
import { applicationOf } from "../detect/flow-application.ts";
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import { ApplicationState, type ProtocolChange } from "../protocols/application-state.ts";
import { TO_CLIENT, TO_SERVER } from "../protocols/direction.ts";
import type { FilePolicy } from "../protocols/file.ts";
import { PartialFiles } from "../protocols/files/partial-files.ts";
import type { FrameSink } from "../protocols/frame.ts";
import { type Expectation, PARSE_FAILED, type ParseHost } from "../protocols/protocol.ts";
import {
  FAILED_PROTOCOL,
  type ProtocolRegistry,
  type RegisteredProtocol,
  UNKNOWN_PROTOCOL,
} from "../protocols/registry.ts";
import { type TcpSession, TcpState } from "../stream/tcp-session.ts";
import type { TcpTracker } from "../stream/tcp-tracker.ts";
import { ApplicationCounters } from "./application-counters.ts";
import { ExpectationTable } from "./expectation-table.ts";
import {
  endStreamFrame,
  type FrameRecorder,
  type FrameTypes,
  frameRecorderFor,
  NO_FRAME_TYPES,
} from "./frame-recorder.ts";
import { DETECTION_BYTES_MAX, ProtocolFinder } from "./protocol-finder.ts";
import { completeOneSided, cutDirection, endTransaction } from "./transaction-ends.ts";

const TCP = 6;
const ACK = 0x10;
const SYN_ACK = 0x12;
/** Windows that one packet may open in a direction: changes of protocol, gaps. */
const WINDOWS_PER_PACKET_MAX = 64;

export class ApplicationLayer implements ParseHost {
  timeUs = 0;
  clientPort = 0;
  isStream = false;
  serverPort = 0;
  clientIpv4: number | null = null;
  readonly filePolicy: FilePolicy;
  readonly slab = new ByteSlab();
  readonly partialFiles: PartialFiles;
  frames: FrameSink | null = null;
  readonly expectations = new ExpectationTable();
  /** Told before a flow's transactions go away with a change of protocol. */
  onProtocolEnd: (flow: Flow, state: ApplicationState) => void = () => {};
  private readonly registry: ProtocolRegistry;
  private readonly tracker: TcpTracker;
  private readonly finder: ProtocolFinder;
  private readonly counts: ApplicationCounters;
  private flow: Flow | null = null;
  private session: TcpSession | null = null;
  private change: ProtocolChange | null = null;
  private hasChanged = false;
  /** The data showed that the flow runs the other way; the engine swaps it and clears this. */
  swapWanted = false;
  /** Null when nobody wants frames. */
  frameRecorder: FrameRecorder | null;

  constructor(
    registry: ProtocolRegistry,
    tracker: TcpTracker,
    filePolicy: FilePolicy,
    frameTypes: FrameTypes = NO_FRAME_TYPES,
  ) {
    this.frameRecorder = frameRecorderFor(frameTypes, null);
    this.registry = registry;
    this.tracker = tracker;
    this.filePolicy = filePolicy;
    this.partialFiles = new PartialFiles(filePolicy);
    this.finder = new ProtocolFinder(registry, tracker.bytes, tracker.options.midstream);
    this.counts = new ApplicationCounters(registry);
  }

  /** Data that a TCP packet made available: what it acknowledged first, then its own direction's. */
  handleTcp(packet: Packet, flow: Flow, session: TcpSession): void {
    if (session.client.appDone && session.server.appDone) return;
    this.begin(packet, flow, session);
    // Nothing acknowledges any more what a reset left over.
    const isClosed = session.state === TcpState.closed;
    // As in Suricata, data of a SYN waits for more than its acknowledgment.
    if ((packet.tcpFlags & SYN_ACK) !== SYN_ACK) {
      this.drain(packet, flow, session, 1 - packet.direction, isClosed);
    }
    // An acknowledgment alone, but for the last one, brings nothing of its own direction.
    const hasData = (packet.tcpFlags & ~ACK) !== 0 || packet.payloadEnd > packet.payloadStart;
    const isDue = hasData || isClosed || session.asynchronous;
    if (isDue) this.drain(packet, flow, session, packet.direction, isClosed);
    const state = isClosed ? applicationOf(flow) : null;
    if (state !== null) for (const side of [TO_SERVER, TO_CLIENT]) this.end(state, side);
  }

  handleUdp(packet: Packet, flow: Flow): void {
    const { payloadStart, payloadEnd, direction } = packet;
    if (payloadEnd <= payloadStart) return;
    const state = this.stateOf(flow);
    if (state.isOver) return;
    this.begin(packet, flow, null);
    const { bytes } = this.tracker;
    if (!state.isDetected(direction)) {
      const found = this.finder.findInDatagram(packet, flow, state);
      if (state.registered === null) this.take(flow, state, found);
      this.swapWanted = this.finder.isReversed && state.registered !== null;
      if (this.swapWanted) state.swapSides();
    }
    if (state.registered === null) return;
    // The engine swaps the flow after this call.
    const side = this.swapWanted ? 1 - direction : direction;
    this.parse(flow, state, side, bytes, payloadStart, payloadEnd);
  }

  /** The flow is over: what is left of its data is parsed, transactions are completed. */
  finish(packet: Packet, flow: Flow): void {
    const session = flow.tcp;
    this.begin(packet, flow, session);
    if (session !== null) this.drain(packet, flow, session, packet.direction, true);
    const state = applicationOf(flow);
    if (state === null) return;
    this.end(state, packet.direction);
    if (state.hasEndedBoth) this.completeAll(state); // unacknowledged data, after a reset
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield* this.counts.all();
    yield ["app_layer.expectations", this.expectations.count];
    if (this.frameRecorder !== null) yield* this.frameRecorder.counters();
  }

  // What parsers ask for.

  triggerRaw(direction: number): void {
    if (this.session !== null) this.tracker.raw.triggerRaw(this.session, direction);
  }

  changeProtocol(name: string | null, expected?: string, data?: unknown): boolean {
    const state = this.flow && applicationOf(this.flow);
    if (state === null || state.isChanging) return false;
    state.isChanging = true;
    this.change = { name, expected: expected ?? null, data };
    return true;
  }

  specialise(name: string): void {
    const kind = this.registry.named(name);
    if (this.flow === null || kind === null || kind.mode === "no") return;
    applicationOf(this.flow)?.specialise(kind.id);
  }

  stopPayloadInspection(): void {
    const { session, flow } = this;
    if (session !== null) session.client.rawEnds = session.server.rawEnds = true;
    if (flow !== null) flow.noPayloadInspection = true;
  }

  stopReassembly(): void {
    const { session, flow } = this;
    if (session === null || flow === null) return;
    session.noReassembly = true;
    this.giveUp(flow);
  }

  bypass(): void {
    if (this.flow !== null) this.flow.bypassWanted = true;
  }

  expect(expectation: Expectation): void {
    if (this.flow !== null) this.expectations.add(expectation, this.flow, this.timeUs);
  }

  private begin(packet: Packet, flow: Flow, session: TcpSession | null): void {
    this.flow = flow;
    this.session = session;
    this.isStream = session !== null;
    this.timeUs = packet.timeUs;
    this.clientPort = flow.sourcePort;
    this.serverPort = flow.destinationPort;
    this.clientIpv4 = flow.ipVersion === 4 ? flow.sourceWords[0]! >>> 0 : null;
  }

  private stateOf(flow: Flow): ApplicationState {
    const known = applicationOf(flow);
    if (known !== null) return known;
    const made = new ApplicationState();
    flow.application = made;
    const expected = this.expectations.take(flow, this.timeUs);
    if (expected !== null) {
      const registered = this.registry.named(expected.protocol);
      made.expectationData = expected.data;
      flow.parentId = expected.parentId;
      if (registered !== null && registered.mode !== "no") this.adopt(made, registered);
    }
    return made;
  }

  private drain(
    packet: Packet,
    flow: Flow,
    session: TcpSession,
    direction: number,
    isLast = false,
  ): void {
    const { tracker } = this;
    for (let i = 0; i < WINDOWS_PER_PACKET_MAX; i++) {
      const hasData = tracker.appWindow(session, direction, isLast);
      if (tracker.appGapBytes > 0) this.noteGap(flow, direction, tracker.appGapBytes);
      if (!hasData) break;
      const state = this.stateOf(flow);
      if (state.isOver) {
        this.giveUp(flow);
        return;
      }
      const length = tracker.appEnd - tracker.appStart;
      const used = this.offer(packet, flow, state, direction);
      if (used > 0) tracker.appConsume(session, direction, used);
      if (used < length && !this.hasChanged) break;
    }
    this.noteDepth(flow, session, direction);
    if (session.asynchronous) completeOneSided(applicationOf(flow), direction);
  }

  /** Offers the window to detection or the parser; returns the bytes that need not come again. */
  private offer(packet: Packet, flow: Flow, state: ApplicationState, direction: number): number {
    this.hasChanged = false;
    const { appStart: start, appEnd: end } = this.tracker;
    if (state.firstDirection < 0) state.firstDirection = direction;
    if (!state.isDetected(direction)) {
      const { tracker: window, session } = this;
      const isMidstream = session?.midstream ?? false;
      const found = this.finder.findInStream(packet, flow, state, direction, window, isMidstream);
      if (this.finder.isReversed && state.registered === null) {
        this.swapWanted = true;
        return 0;
      }
      this.take(flow, state, found);
      if (state.isOver) return end - start;
      if (!state.isDetected(direction)) return 0;
      if (this.drainEarlier(packet, flow, state, direction)) return 0;
    }
    if (state.registered === null) {
      // The other direction may still tell: data waits for it, up to a limit.
      return end - start > DETECTION_BYTES_MAX ? end - start : 0;
    }
    return this.parse(flow, state, direction, this.tracker.bytes, start, end);
  }

  /** The protocol is known by the answer: what the other side said before is parsed first. */
  private drainEarlier(
    packet: Packet,
    flow: Flow,
    { registered, firstDirection }: ApplicationState,
    direction: number,
  ): boolean {
    const { session } = this;
    const other = 1 - direction;
    if (session === null || registered === null) return false;
    if (firstDirection !== other) return false;
    this.drain(packet, flow, session, other);
    this.hasChanged = true;
    return true;
  }

  /** Does what the finder decided. */
  private take(flow: Flow, state: ApplicationState, found: number): void {
    if (found === FAILED_PROTOCOL) this.fail(flow, state);
    const registered = found > 0 ? this.registry.of(found) : null;
    if (registered !== null) this.adopt(state, registered);
  }

  private adopt(state: ApplicationState, registered: RegisteredProtocol): void {
    state.protocol = registered.id;
    this.counts.of(this.isStream).flows[registered.id]!++;
    state.start(registered, registered.factory?.(state.expectationData) ?? null);
    if (state.parser === null) state.isOver = this.session === null;
    const { streamDepthBytes } = registered;
    if (streamDepthBytes >= 0 && this.session !== null) this.session.deeperBytes = streamDepthBytes;
  }

  private parse(
    flow: Flow,
    state: ApplicationState,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const { parser } = state;
    if (parser === null) {
      state.isOver = state.isDetected(0) && state.isDetected(1);
      return end - start;
    }
    this.change = null;
    this.frames = this.frameRecorder?.begin(state, direction, start, this.session) ?? null;
    const created = state.transactionsCreated;
    const used = parser.parse(direction, bytes, start, end, this);
    state.isChanging = this.change !== null;
    if (this.isStream) state.noteChange(direction);
    else state.noteChanges();
    this.counts.of(this.isStream).transactions[state.protocol]! +=
      state.transactionsCreated - created;
    if (used === PARSE_FAILED) {
      this.counts.of(this.isStream).errors[state.protocol]!++;
      this.stop(flow, state);
      return end - start;
    }
    if (this.change !== null) this.applyChange(flow, state);
    return used;
  }

  private applyChange(flow: Flow, state: ApplicationState): void {
    const { change } = this;
    if (change === null) return;
    this.hasChanged = true;
    this.completeAll(state);
    this.onProtocolEnd(flow, state);
    state.original = state.protocol;
    const wanted = change.expected ?? change.name;
    state.expected = wanted === null ? UNKNOWN_PROTOCOL : (this.registry.named(wanted)?.id ?? 0);
    state.beginAgain(change.data);
    const named = change.name === null ? null : this.registry.named(change.name);
    if (named !== null && named.mode !== "no") {
      state.setDetected(TO_SERVER);
      state.setDetected(TO_CLIENT);
      this.adopt(state, named);
    }
  }

  private noteGap(flow: Flow, direction: number, byteLength: number): void {
    const state = applicationOf(flow);
    if (state === null || state.isOver) return;
    // Behind a hole after the end nothing goes on that was left over.
    if (state.hasEndedBoth) {
      this.stop(flow, state);
      return;
    }
    if (state.parser !== null || state.registered === null) state.setDetected(direction);
    if (state.parser === null) return;
    state.noteChange(direction);
    this.frames = this.frameRecorder?.begin(state, direction, 0, this.session) ?? null;
    if (state.parser.gap?.(direction, byteLength, this) !== true) {
      this.counts.of(this.isStream).errors[state.protocol]!++;
      this.stop(flow, state);
    }
  }

  /** Past the reassembly depth nothing comes any more: open files are cut. */
  private noteDepth(flow: Flow, session: TcpSession, direction: number): void {
    if (!(direction === TO_SERVER ? session.client : session.server).depthReached) return;
    const state = applicationOf(flow);
    if (state === null) return;
    if (!state.isOver) state.parser?.truncate?.(direction, this);
    cutDirection(state.transactions, direction, state.registered);
  }

  private end(state: ApplicationState, direction: number): void {
    const isFirst = !state.hasEnded(direction);
    state.noteEnd(direction);
    if (state.frames !== null) endStreamFrame(state.frames, direction, this.session);
    if (state.parser === null) return;
    this.frames = this.frameRecorder?.begin(state, direction, 0, this.session) ?? null;
    if (isFirst && !state.isOver) state.parser.end?.(direction, this);
    state.noteChanges();
    // Data that was left over may have made transactions after the first end.
    if (state.hasEndedBoth) this.completeAll(state);
  }

  /** Nothing more comes for the flow's transactions. */
  private completeAll(state: ApplicationState): void {
    const { registered } = state;
    for (const each of state.transactions) endTransaction(each, registered, this.isStream);
    state.noteChanges();
  }

  private stop(flow: Flow, state: ApplicationState): void {
    state.isOver = true;
    this.completeAll(state);
    this.giveUp(flow);
  }

  private fail(flow: Flow, state: ApplicationState): void {
    state.protocol = FAILED_PROTOCOL;
    state.isOver = true;
    this.counts.of(flow.protocol === TCP).failedFlows++;
    this.giveUp(flow);
  }

  /** No data is kept for parsers any more. */
  private giveUp({ tcp }: Flow): void {
    if (tcp !== null) tcp.client.appDone = tcp.server.appDone = true;
  }
}
