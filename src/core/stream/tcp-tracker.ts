/**
 * Follows TCP connections: gives each packet to its session, stores its data, and hands it to the application
 * layer; what rules inspect of it is raw-streams.ts.
 *
 * Invariant: a session in `spare` is reset and holds no block.
 *
 * @hotpath
 */
import type { BlockPool } from "../bytes/block-pool.ts";
import { ExceptionTarget } from "../flow/exception-policy.ts";
import { type Flow, FlowState } from "../flow/flow.ts";
import { ChecksumState, Direction, type Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { availableEnd, RawStreams } from "./raw-streams.ts";
import { SegmentIntake } from "./segment-intake.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import { StreamCounter, streamCounterNames } from "./stream-counters.ts";
import { type StreamOptions, UrgentPolicy } from "./stream-options.ts";
import { dispatch } from "./tcp-dispatch.ts";
import { isOddity } from "./tcp-oddities.ts";
import { beginSession, pickUp, pickUpSynAck } from "./tcp-opening.ts";
import { Outcome } from "./tcp-outcome.ts";
import { TcpSession, TcpState } from "./tcp-session.ts";
import { endOf, sequenceDistance } from "./tcp-validation.ts";

/** What a session counts for against the memory limit. */
const SESSION_BYTES = 2560;

const FIN_NO_SESSION = streamEvent("fin_but_no_session");
const RST_NO_SESSION = streamEvent("rst_but_no_session");
const BROKEN_ACK = streamEvent("pkt_broken_ack");
const GAP = streamEvent("reassembly_seq_gap");
const SPURIOUS_RETRANSMISSION = streamEvent("pkt_spurious_retransmission");
const SUSPECTED_RESET = streamEvent("suspected_rst_inject");

export class TcpTracker {
  /** The last packet showed that its flow runs the other way: the client was taken for the server. */
  swapNeeded = false;
  /** The last packet does not fit its connection; its urgent data is not wanted: inline it is dropped. */
  refused = false;
  urgentDrop = false;
  /** Value of ExceptionTarget that the last packet ran into; 0 for none. */
  exception = 0;
  /** Data that was inspected is kept for a window: a rule looks for retransmissions that differ. */
  keepsOverlaps = false;
  /** Arena offsets of what `appWindow` found. */
  appStart = 0;
  appEnd = 0;
  /** Bytes before appStart that were lost: acknowledged, never seen. */
  appGapBytes = 0;

  /** The packet being worked on: gaps that are found meanwhile are its events. */
  packet: Packet | null = null;

  readonly bytes: Uint8Array;
  private readonly pool: BlockPool;
  readonly options: StreamOptions;
  /** What of the streams is to be inspected by rules. */
  readonly raw: RawStreams;
  private readonly counters = new Float64Array(streamCounterNames.length);
  private readonly intake: SegmentIntake;
  private readonly spare: TcpSession[] = [];

  constructor(bytes: Uint8Array, pool: BlockPool, options: StreamOptions) {
    this.bytes = bytes;
    this.pool = pool;
    this.options = options;
    this.raw = new RawStreams(bytes, pool, options);
    this.intake = new SegmentIntake(bytes, pool, options, this.counters);
  }

  handle(packet: Packet, flow: Flow): void {
    this.swapNeeded = this.refused = this.urgentDrop = false;
    this.exception = 0;
    this.packet = packet;
    const { options } = this;
    const session = flow.tcp;
    packet.established = session !== null && session.state >= TcpState.established;
    if (options.checksumValidation && packet.transportChecksum === ChecksumState.invalid) {
      this.count(StreamCounter.invalidChecksum);
      return;
    }
    if (session !== null) noteFlags(packet, session);
    const flags = packet.tcpFlags;
    if ((flags & TcpFlag.ack) === 0 && packet.acknowledgmentNumber !== 0)
      packet.addEvent(BROKEN_ACK);
    if ((flags & TcpFlag.urg) !== 0 && this.dropsUrgent()) return;
    if (session === null) this.begin(packet, flow);
    else this.follow(packet, session);
    const current = flow.tcp;
    if (current === null) return;
    packet.inConnection = current.state >= TcpState.established;
    updateFlowState(flow, current.state);
  }

  /** Whether reassembly stopped at the depth limit in either direction. */
  reachedDepth(session: TcpSession): boolean {
    return session.client.depthReached || session.server.depthReached;
  }

  /** Whether the application layer has new data of a direction; sets appStart, appEnd. */
  appWindow(session: TcpSession, direction: number, isLast = false): boolean {
    const buffer = direction === Direction.toServer ? session.client : session.server;
    if (buffer.appDone) return false;
    const before = buffer.appProgress;
    const skipped = buffer.skipGap(before);
    // At the end of the flow holes that nobody acknowledged are passed as well.
    const next = isLast && this.packet?.streamEnd ? buffer.nextDataStart(skipped) : skipped;
    // Past the depth limit nothing is kept, so nothing is lost there.
    if (!buffer.depthReached || buffer.contiguousEnd(next) > next) buffer.appProgress = next;
    this.appGapBytes = buffer.appProgress - before;
    if (skipped > before) this.noteGap(session, buffer);
    const from = buffer.appProgress;
    const end = isLast
      ? buffer.contiguousEnd(from)
      : availableEnd(session, buffer, from, this.options.inline);
    if (end <= from) return false;
    this.appStart = buffer.arenaOf(from);
    this.appEnd = buffer.arenaOf(end);
    return true;
  }

  appConsume(session: TcpSession, direction: number, byteCount: number): void {
    const buffer = direction === Direction.toServer ? session.client : session.server;
    buffer.appProgress += byteCount;
    buffer.slide(this.bytes, this.pool);
  }

  /** Counts a pseudo packet that the engine made to flush a stream. */
  notePseudo(): void {
    this.count(StreamCounter.pseudo);
  }

  release(flow: Flow): void {
    const session = flow.tcp;
    if (session === null) return;
    flow.tcp = null;
    session.client.release(this.pool);
    session.server.release(this.pool);
    session.reset();
    this.spare.push(session);
    this.counters[StreamCounter.activeSessions]!--;
  }

  entries(): [string, number][] {
    const { counters } = this;
    counters[StreamCounter.memoryUse] = counters[StreamCounter.activeSessions]! * SESSION_BYTES;
    counters[StreamCounter.reassemblyMemoryUse] = this.pool.usedBytes;
    return streamCounterNames.map((name, i) => [name, counters[i]!]);
  }

  /** The first packet of a connection begins a session, or tells why not. */
  private begin(packet: Packet, flow: Flow): void {
    const flags = packet.tcpFlags;
    if ((flags & TcpFlag.rst) !== 0) {
      packet.addEvent(RST_NO_SESSION);
      this.refused = true;
      return;
    }
    const isFin = (flags & TcpFlag.fin) !== 0;
    const opening = flags & (TcpFlag.syn | TcpFlag.ack);
    if (!isFin && opening === TcpFlag.syn) {
      this.beginWithSyn(packet, flow);
      return;
    }
    if (!isFin && opening === 0) return;
    this.exception = ExceptionTarget.midstream;
    const isSynAck = !isFin && opening === (TcpFlag.syn | TcpFlag.ack);
    if (!this.mayPickUp(packet, isFin, isSynAck)) {
      if (!isFin) return;
      packet.addEvent(FIN_NO_SESSION);
      this.refused = true;
      return;
    }
    this.beginMidstream(packet, flow, isFin, isSynAck);
  }

  private mayPickUp(packet: Packet, isFin: boolean, isSynAck: boolean): boolean {
    const { midstream, midstreamPickup, asyncOneSide } = this.options;
    if (!midstreamPickup) return false;
    if (isFin && packet.payloadEnd <= packet.payloadStart) return false;
    return midstream || (isSynAck && asyncOneSide);
  }

  private beginWithSyn(packet: Packet, flow: Flow): void {
    const session = this.openSession(flow);
    if (session === null) return;
    if (packet.direction === Direction.toClient) {
      this.swapNeeded = true;
      packet.direction = Direction.toServer;
    }
    session.asynchronous = this.options.asyncOneSide;
    noteFlags(packet, session);
    if (beginSession(packet, session)) this.take(packet, session, true);
  }

  private beginMidstream(packet: Packet, flow: Flow, isFin: boolean, isSynAck: boolean): void {
    const session = this.openSession(flow);
    if (session === null) return;
    this.count(StreamCounter.midstreamPickups);
    const isToServer = packet.direction === Direction.toServer;
    if (isSynAck === isToServer) {
      this.swapNeeded = true;
      packet.direction = isSynAck ? Direction.toClient : Direction.toServer;
    }
    session.asynchronous = this.options.asyncOneSide;
    noteFlags(packet, session);
    if (isSynAck) {
      pickUpSynAck(packet, session);
      return;
    }
    pickUp(packet, session, isFin);
    this.take(packet, session, true);
  }

  /** A new session of the flow; null when memory is short. */
  private openSession(flow: Flow): TcpSession | null {
    const used = this.counters[StreamCounter.activeSessions]! * SESSION_BYTES;
    if (used + SESSION_BYTES > this.options.memoryLimitBytes) {
      this.count(StreamCounter.sessionMemoryCap);
      this.exception = ExceptionTarget.sessionMemcap;
      this.refused = true;
      return null;
    }
    const session = this.spare.pop() ?? new TcpSession();
    const { inline, toServerChunkBytes, toClientChunkBytes } = this.options;
    const { client, server } = session;
    client.rawKeep = inline ? toServerChunkBytes : 0;
    server.rawKeep = inline ? toClientChunkBytes : 0;
    client.keepsOverlaps = server.keepsOverlaps = this.keepsOverlaps;
    this.count(StreamCounter.sessions);
    this.count(StreamCounter.activeSessions);
    flow.tcp = session;
    return session;
  }

  /** A packet of a connection that is known. */
  private follow(packet: Packet, session: TcpSession): void {
    const toServer = packet.direction === Direction.toServer;
    const sender = toServer ? session.client : session.server;
    const receiver = toServer ? session.server : session.client;
    const { bytes } = this;
    const isOdd = isOddity(packet, session, sender, receiver, bytes);
    if (!isOdd && !this.isSpurious(packet, session, sender)) {
      const policy = this.options.policyFor(packet.ipVersion, packet.destinationWords);
      const outcome = dispatch(packet, session, toServer, this.options, policy, bytes);
      if (outcome === Outcome.refused) this.refused = true;
      this.noteUnseen(session, receiver);
      if (outcome === Outcome.accepted) this.take(packet, session, toServer, policy);
    }
    if ((packet.tcpFlags & TcpFlag.rst) === 0 && receiver.resetReceived) {
      // The sender goes on after its reset: it was somebody else's.
      receiver.resetReceived = session.closedByReset = false;
      packet.addEvent(SUSPECTED_RESET);
    }
  }

  /** Data that was acknowledged before; true when it is of no use at all any more. */
  private isSpurious(packet: Packet, session: TcpSession, sender: StreamBuffer): boolean {
    if (packet.payloadEnd <= packet.payloadStart) return false;
    const end = endOf(packet);
    const isGone = !session.noReassembly && sender.offsetOf(end) <= sender.leftEdge;
    // Suricata compares with zero as long as nobody answered.
    const acknowledged = session.state === TcpState.synSent ? 0 : sender.lastAck;
    if (!isGone && sequenceDistance(end, acknowledged) > 0) return false;
    packet.addEvent(SPURIOUS_RETRANSMISSION);
    return isGone;
  }

  private take(packet: Packet, session: TcpSession, toServer: boolean, policy?: number): void {
    const { intake, options } = this;
    if ((packet.tcpFlags & TcpFlag.rst) !== 0) return;
    intake.exception = 0;
    intake.urgentDrop = false;
    const host = policy ?? options.policyFor(packet.ipVersion, packet.destinationWords);
    intake.take(packet, session, toServer, host);
    if (intake.exception !== 0) this.exception = intake.exception;
    if (intake.urgentDrop) this.urgentDrop = true;
  }

  private dropsUrgent(): boolean {
    this.count(StreamCounter.urgent);
    this.urgentDrop = this.options.inline && this.options.urgentPolicy === UrgentPolicy.drop;
    return this.urgentDrop;
  }

  private noteUnseen(session: TcpSession, receiver: StreamBuffer): void {
    if (session.asynchronous || session.state < TcpState.established) return;
    if (sequenceDistance(receiver.lastAck, receiver.nextSequence) > 0) {
      this.count(StreamCounter.ackUnseenData);
    }
  }

  private noteGap(session: TcpSession, buffer: StreamBuffer): void {
    if (session.noReassembly || buffer.depthReached) return;
    this.packet?.addEvent(GAP);
    this.count(StreamCounter.gap);
  }

  private count(counter: number): void {
    this.counters[counter]!++;
  }
}

/** Keeps the flags of each direction; with both seen the connection is not one-sided. */
function noteFlags(packet: Packet, session: TcpSession): void {
  if (packet.direction === Direction.toServer) session.flagsToServer |= packet.tcpFlags;
  else session.flagsToClient |= packet.tcpFlags;
  if (session.flagsToServer !== 0 && session.flagsToClient !== 0) session.asynchronous = false;
}

function updateFlowState(flow: Flow, state: number): void {
  if (flow.state === FlowState.bypassed || state < TcpState.established) return;
  const over =
    state === TcpState.closed || state === TcpState.timeWait || state === TcpState.lastAck;
  flow.state = over ? FlowState.closed : FlowState.established;
}
