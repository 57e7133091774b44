/**
 * What of the streams rules inspect: data of a direction once there is enough of it, once something asked for it, or
 * when it ends. Without inline mode that is what the receiver acknowledged, in inline mode everything at once.
 *
 * @hotpath
 */
import type { BlockPool } from "../bytes/block-pool.ts";
import { Direction, type Packet } from "../layers/packet.ts";
import { TcpFlag } from "../layers/tcp.ts";
import type { StreamBuffer } from "./stream-buffer.ts";
import type { StreamOptions } from "./stream-options.ts";
import { type TcpSession, TcpState } from "./tcp-session.ts";

export class RawStreams {
  /** Arena offsets and absolute offset of what `rawWindow` found. */
  rawStart = 0;
  rawEnd = 0;
  rawOffset = 0;
  readonly options: StreamOptions;
  private readonly bytes: Uint8Array;
  private readonly pool: BlockPool;

  constructor(bytes: Uint8Array, pool: BlockPool, options: StreamOptions) {
    this.bytes = bytes;
    this.pool = pool;
    this.options = options;
  }

  /** Whether data of the packet's direction is to be inspected now; sets rawStart, rawEnd, rawOffset. */
  rawWindow(packet: Packet, session: TcpSession): boolean {
    const toServer = packet.direction === Direction.toServer;
    const buffer = toServer ? session.client : session.server;
    const chunk = toServer ? this.options.toServerChunkBytes : this.options.toClientChunkBytes;
    if (buffer.rawDone) return false;
    if (this.options.inline && packet.inStream && !packet.streamEnd) {
      return this.inlineWindow(packet, buffer, chunk);
    }
    if (!this.options.inline) buffer.rawProgress = buffer.skipGap(buffer.rawProgress);
    if (packet.streamEnd) buffer.rawProgress = buffer.nextDataStart(buffer.rawProgress);
    const from = buffer.rawProgress;
    const end = packet.streamEnd
      ? buffer.contiguousEnd(from)
      : availableEnd(session, buffer, from, this.options.inline);
    if (end <= from) return false;
    const triggered = toServer ? session.triggerRawToServer : session.triggerRawToClient;
    const flags = session.flagsToServer | session.flagsToClient;
    const closing =
      session.state > TcpState.established || (flags & (TcpFlag.fin | TcpFlag.rst)) !== 0;
    const isLast = packet.streamEnd || buffer.depthReached || buffer.rawEnds;
    if (!triggered && !closing && !isLast && end - from <= chunk) return false;
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
    if (buffer.rawEnds) buffer.rawDone = true;
    if (toServer) session.triggerRawToServer = false;
    else session.triggerRawToClient = false;
    // At the end all of it stays for the events of the last packets.
    if (!packet.streamEnd) buffer.slide(this.bytes, this.pool);
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
    const from = buffer.nextDataStart(buffer.rawProgress);
    return buffer.contiguousEnd(from) > from;
  }
}

/** Where what may be looked at ends: all of it inline, and when only one side is seen; else what was acknowledged. */
export function availableEnd(
  session: TcpSession,
  buffer: StreamBuffer,
  from: number,
  isInline: boolean,
): number {
  const end = buffer.contiguousEnd(from);
  if (isInline || session.asynchronous) return end;
  return Math.min(end, buffer.acknowledgedEnd);
}
