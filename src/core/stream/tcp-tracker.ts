/**
 * Follows TCP connections: gives each packet to its session, stores its data, and hands out what may be
 * inspected. Without inline mode that is what the receiver acknowledged, in inline mode everything at once.
 *
 * Invariant: a session in `spare` is reset and holds no block.
 *
 * @hotpath
 */
import type { BlockPool } from "../bytes/block-pool.ts";
import { type Flow, FlowState } from "../flow/flow.ts";
import { ChecksumState, Direction, type Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { InsertResult, type StreamBuffer } from "./stream-buffer.ts";
import { StreamCounter, streamCounterNames } from "./stream-counters.ts";
import type { StreamOptions } from "./stream-options.ts";
import { acceptSynAck, beginSession, inSynReceived, inSynSent, pickUp } from "./tcp-handshake.ts";
import { TcpSession, TcpState } from "./tcp-session.ts";
import { onData, onLateSyn, onReset } from "./tcp-states.ts";
import { timestampFits } from "./tcp-validation.ts";

/** What a session counts for against the memory limit. */
const SESSION_BYTES = 2560;

const FIN_SYN = streamEvent("fin_syn");
const FIN_NO_SESSION = streamEvent("fin_but_no_session");
const RST_NO_SESSION = streamEvent("rst_but_no_session");
const GAP = streamEvent("reassembly_seq_gap");
const DIFFERENT_DATA = streamEvent("reassembly_overlap_different_data");
const DEPTH_REACHED = streamEvent("reassembly_depth_reached");

export class TcpTracker {
  /** The last packet showed that its flow runs the other way: the client was taken for the server. */
  swapNeeded = false;
  /** Arena offsets and absolute offset of what `rawWindow` found. */
  rawStart = 0;
  rawEnd = 0;
  rawOffset = 0;
  /** Arena offsets of what `appWindow` found. */
  appStart = 0;
  appEnd = 0;
  /** Bytes before appStart that were lost: acknowledged, never seen. */
  appGapBytes = 0;

  readonly bytes: Uint8Array;
  private readonly pool: BlockPool;
  private readonly options: StreamOptions;
  private readonly counters = new Float64Array(streamCounterNames.length);
  private readonly spare: TcpSession[] = [];

  constructor(bytes: Uint8Array, pool: BlockPool, options: StreamOptions) {
    this.bytes = bytes;
    this.pool = pool;
    this.options = options;
  }

  handle(packet: Packet, flow: Flow): void {
    this.swapNeeded = false;
    if (this.options.checksumValidation && packet.transportChecksum === ChecksumState.invalid) {
      this.count(StreamCounter.invalidChecksum);
      return;
    }
    const both = TcpFlag.fin | TcpFlag.syn;
    if ((packet.tcpFlags & both) === both) packet.addEvent(FIN_SYN);
    const session = flow.tcp;
    const isNew = session === null;
    packet.established = session !== null && session.state >= TcpState.established;
    const current = isNew ? this.begin(packet, flow) : session;
    if (current === null) return;
    const toServer = packet.direction === Direction.toServer;
    if (toServer) current.flagsToServer |= packet.tcpFlags;
    else current.flagsToClient |= packet.tcpFlags;
    const fits = isNew ? this.first(packet, current) : this.follow(packet, current, toServer);
    if (fits) this.take(packet, current, toServer);
    else if (!isNew) this.noteGap(packet, current, toServer);
    packet.inConnection = current.state >= TcpState.established;
    updateFlowState(flow, current.state);
  }

  /** Whether data of the packet's direction is to be inspected now; sets rawStart, rawEnd, rawOffset. */
  rawWindow(packet: Packet, session: TcpSession): boolean {
    const toServer = packet.direction === Direction.toServer;
    const buffer = toServer ? session.client : session.server;
    const chunk = toServer ? this.options.toServerChunkBytes : this.options.toClientChunkBytes;
    if (buffer.rawDone) return false;
    if (this.options.inline && packet.inStream) return this.inlineWindow(packet, buffer, chunk);
    if (!this.options.inline) buffer.rawProgress = buffer.skipGap(buffer.rawProgress);
    const from = buffer.rawProgress;
    const end = packet.streamEnd
      ? buffer.contiguousEnd(from)
      : this.availableEnd(session, buffer, from);
    if (end <= from) return false;
    const triggered = toServer ? session.triggerRawToServer : session.triggerRawToClient;
    const flags = session.flagsToServer | session.flagsToClient;
    const closing =
      session.state > TcpState.established || (flags & (TcpFlag.fin | TcpFlag.rst)) !== 0;
    const due = triggered || closing || packet.streamEnd || buffer.depthReached;
    if (!due && end - from <= chunk) return false;
    this.setRaw(buffer, from, end);
    return true;
  }

  /** What `rawWindow` found was inspected. */
  rawConsume(packet: Packet, session: TcpSession): void {
    const toServer = packet.direction === Direction.toServer;
    const buffer = toServer ? session.client : session.server;
    const end = this.rawOffset + (this.rawEnd - this.rawStart);
    // In inline mode a segment after a hole is inspected before what is missing.
    buffer.rawProgress = buffer.skipGap(buffer.rawProgress);
    const reached = this.rawOffset <= buffer.rawProgress;
    if (reached && end > buffer.rawProgress) buffer.rawProgress = end;
    if (toServer) session.triggerRawToServer = false;
    else session.triggerRawToClient = false;
    buffer.slide(this.bytes, this.pool);
  }

  /** Whether the application layer has new data of a direction; sets appStart, appEnd. */
  appWindow(session: TcpSession, direction: number, isLast = false): boolean {
    const buffer = direction === Direction.toServer ? session.client : session.server;
    if (buffer.appDone) return false;
    const before = buffer.appProgress;
    buffer.appProgress = buffer.skipGap(before);
    this.appGapBytes = buffer.appProgress - before;
    const from = buffer.appProgress;
    const end = isLast ? buffer.contiguousEnd(from) : this.availableEnd(session, buffer, from);
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

  /** Stream contents of the direction are inspected with its next packet, however few they are. */
  triggerRaw(session: TcpSession, direction: number): void {
    if (direction === Direction.toServer) session.triggerRawToServer = true;
    else session.triggerRawToClient = true;
  }

  /** Directions with data that was not inspected: bit 1 to the server, bit 2 to the client. */
  needsFlush(session: TcpSession): number {
    const toServer = this.hasRaw(session.client) ? 1 : 0;
    return toServer | (this.hasRaw(session.server) ? 2 : 0);
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

  /** A session for the first packet of a connection, null when it cannot begin one. */
  private begin(packet: Packet, flow: Flow): TcpSession | null {
    const flags = packet.tcpFlags;
    if ((flags & TcpFlag.rst) !== 0) {
      packet.addEvent(RST_NO_SESSION);
      return null;
    }
    const opening = flags & (TcpFlag.syn | TcpFlag.ack);
    if ((flags & TcpFlag.fin) !== 0 && (flags & TcpFlag.syn) === 0) {
      packet.addEvent(FIN_NO_SESSION);
      return null;
    }
    const midstream = this.options.midstream || this.options.asyncOneSide;
    if (opening === 0 || (opening !== TcpFlag.syn && !midstream)) return null;
    const used = this.counters[StreamCounter.activeSessions]! * SESSION_BYTES;
    if (used + SESSION_BYTES > this.options.memoryLimitBytes) {
      this.count(StreamCounter.sessionMemoryCap);
      return null;
    }
    const session = this.spare.pop() ?? new TcpSession();
    const { inline, toServerChunkBytes, toClientChunkBytes } = this.options;
    session.client.rawKeep = inline ? toServerChunkBytes : 0;
    session.server.rawKeep = inline ? toClientChunkBytes : 0;
    this.count(StreamCounter.sessions);
    this.count(StreamCounter.activeSessions);
    if (opening !== TcpFlag.syn) this.count(StreamCounter.midstreamPickups);
    const isSynAck = opening === (TcpFlag.syn | TcpFlag.ack);
    if (isSynAck && packet.direction === Direction.toServer) {
      this.swapNeeded = true;
      packet.direction = Direction.toClient;
    } else if (opening === TcpFlag.syn && packet.direction === Direction.toClient) {
      this.swapNeeded = true;
      packet.direction = Direction.toServer;
    }
    flow.tcp = session;
    return session;
  }

  private first(packet: Packet, session: TcpSession): boolean {
    const toServer = packet.direction === Direction.toServer;
    timestampFits(packet, toServer ? session.client : session.server);
    const opening = packet.tcpFlags & (TcpFlag.syn | TcpFlag.ack);
    // Data on a SYN counts only with the Fast Open option (RFC 7413).
    if (opening === TcpFlag.syn) return beginSession(packet, session) && packet.fastOpenLength >= 0;
    pickUp(packet, session, toServer);
    if (opening !== TcpFlag.ack) {
      session.scaling = packet.windowScale >= 0;
      acceptSynAck(packet, session);
      return true;
    }
    session.asynchronous = this.options.asyncOneSide;
    return onData(packet, session, toServer);
  }

  private follow(packet: Packet, session: TcpSession, toServer: boolean): boolean {
    const flags = packet.tcpFlags;
    if (session.state === TcpState.closed) return false;
    const sender = toServer ? session.client : session.server;
    if ((flags & TcpFlag.rst) !== 0) return onReset(packet, session, toServer);
    if (!timestampFits(packet, sender)) return false;
    if (session.state === TcpState.synSent) {
      return inSynSent(packet, session, toServer, this.options);
    }
    if (session.state === TcpState.synRecv && (flags & TcpFlag.fin) === 0) {
      return inSynReceived(packet, session, toServer, this.options);
    }
    if ((flags & TcpFlag.syn) !== 0) return onLateSyn(packet, session, toServer);
    if (session.asynchronous && !toServer) session.asynchronous = false;
    return onData(packet, session, toServer);
  }

  /** Stores the data of an accepted packet and looks at what its acknowledgment means. */
  private take(packet: Packet, session: TcpSession, toServer: boolean): void {
    const buffer = toServer ? session.client : session.server;
    this.noteGap(packet, session, toServer);
    if (packet.payloadEnd <= packet.payloadStart || session.noReassembly) return;
    if ((packet.tcpFlags & TcpFlag.rst) !== 0 || buffer.depthReached) return;
    const isSyn = (packet.tcpFlags & TcpFlag.syn) !== 0;
    const offset = buffer.offsetOf((packet.sequenceNumber + (isSyn ? 1 : 0)) | 0);
    let end = packet.payloadEnd;
    const depth = this.options.depthBytes;
    if (depth > 0 && offset + (end - packet.payloadStart) >= depth) {
      end = Math.max(packet.payloadStart, packet.payloadStart + depth - offset);
      buffer.depthReached = true;
      packet.addEvent(DEPTH_REACHED);
      this.count(StreamCounter.depthReached);
      if (end === packet.payloadStart) return;
    }
    this.store(packet, buffer, end, offset);
  }

  private store(packet: Packet, buffer: StreamBuffer, end: number, offset: number): void {
    const { options, bytes, pool } = this;
    if (pool.usedBytes >= options.reassemblyMemoryLimitBytes) {
      this.count(StreamCounter.segmentMemoryCap);
      return;
    }
    const policy = options.policyFor(packet.ipVersion, packet.destinationWords);
    const start = packet.payloadStart;
    const result = buffer.insert(bytes, pool, start, end, offset, policy, options.maxRegions);
    if ((result & (InsertResult.noMemory | InsertResult.noRegion)) !== 0) {
      this.count(StreamCounter.segmentMemoryCap);
      return;
    }
    if ((result & InsertResult.stored) !== 0) packet.inStream = true;
    if ((result & InsertResult.overlap) !== 0) this.count(StreamCounter.overlap);
    if ((result & InsertResult.differentData) !== 0) {
      packet.addEvent(DIFFERENT_DATA);
      this.count(StreamCounter.overlapDifferentData);
    }
  }

  private noteGap(packet: Packet, session: TcpSession, toServer: boolean): void {
    const other = toServer ? session.server : session.client;
    if (session.midstream && other.regionCount === 0) return;
    if (session.noReassembly || other.depthReached || !other.noteGap()) return;
    packet.addEvent(GAP);
    this.count(StreamCounter.gap);
  }

  private inlineWindow(packet: Packet, buffer: StreamBuffer, chunk: number): boolean {
    const isSyn = (packet.tcpFlags & TcpFlag.syn) !== 0;
    const sequence = (packet.sequenceNumber + (isSyn ? 1 : 0)) | 0;
    const segment = Math.max(buffer.offsetOf(sequence), buffer.windowStart);
    const start = Math.max(buffer.contiguousStart(segment), segment - chunk);
    const end = buffer.contiguousEnd(segment);
    if (end <= segment) return false;
    this.setRaw(buffer, start, end);
    return true;
  }

  private setRaw(buffer: StreamBuffer, from: number, end: number): void {
    this.rawOffset = from;
    this.rawStart = buffer.arenaOf(from);
    this.rawEnd = buffer.arenaOf(end);
  }

  private hasRaw(buffer: StreamBuffer): boolean {
    if (buffer.rawDone) return false;
    return (
      buffer.contiguousEnd(buffer.skipGap(buffer.rawProgress)) > buffer.skipGap(buffer.rawProgress)
    );
  }

  private availableEnd(session: TcpSession, buffer: StreamBuffer, from: number): number {
    const end = buffer.contiguousEnd(from);
    if (this.options.inline || session.asynchronous) return end;
    return Math.min(end, buffer.acknowledgedEnd);
  }

  private count(counter: number): void {
    this.counters[counter]!++;
  }
}

function updateFlowState(flow: Flow, state: number): void {
  if (flow.state === FlowState.bypassed || state < TcpState.established) return;
  const over =
    state === TcpState.closed || state === TcpState.timeWait || state === TcpState.lastAck;
  flow.state = over ? FlowState.closed : FlowState.established;
}
