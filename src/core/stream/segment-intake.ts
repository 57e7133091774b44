/**
 * The data of accepted packets on its way into the buffers: the depth limit, urgent bytes, memory limits, and
 * what overlaps say. Inline, a packet whose data differs from what the stream already has is rewritten, so that
 * the receiver sees what was inspected.
 *
 * @hotpath
 */
import type { BlockPool } from "../bytes/block-pool.ts";
import { readUint16 } from "../bytes/endian.ts";
import { ExceptionTarget } from "../flow/exception-policy.ts";
import { ChecksumState, type Packet } from "../layers/packet.ts";
import { streamEvent } from "../layers/packet-events.ts";
import { TcpFlag } from "../layers/tcp.ts";
import { InsertResult, type StreamBuffer } from "./stream-buffer.ts";
import { StreamCounter } from "./stream-counters.ts";
import { type StreamOptions, UrgentPolicy } from "./stream-options.ts";
import type { TcpSession } from "./tcp-session.ts";

const DIFFERENT_DATA = streamEvent("reassembly_overlap_different_data");
const DEPTH_REACHED = streamEvent("reassembly_depth_reached");
const INSERT_MEMCAP = streamEvent("reassembly_insert_memcap");
const INSERT_LIMIT = streamEvent("reassembly_insert_limit");
const URGENT_LIMIT = streamEvent("reassembly_urgent_oob_limit_reached");
/** Urgent bytes that one direction may have out of band. */
const URGENT_BYTES_MAX = 65_535;
const CHECKSUM_OFFSET = 16;

export class SegmentIntake {
  /** Value of ExceptionTarget when memory was short for the last packet, else 0. */
  exception = 0;
  /** The last packet is to be dropped for its urgent data. */
  urgentDrop = false;
  private readonly bytes: Uint8Array;
  private readonly pool: BlockPool;
  private readonly options: StreamOptions;
  private readonly counters: Float64Array;

  constructor(bytes: Uint8Array, pool: BlockPool, options: StreamOptions, counters: Float64Array) {
    this.bytes = bytes;
    this.pool = pool;
    this.options = options;
    this.counters = counters;
  }

  /** Stores the data of a packet. @param policy OverlapPolicy of the packet's receiver. */
  take(packet: Packet, session: TcpSession, toServer: boolean, policy: number): void {
    const buffer = toServer ? session.client : session.server;
    const { payloadStart, payloadEnd } = packet;
    if (payloadEnd <= payloadStart || session.noReassembly || buffer.depthReached) return;
    const isSyn = (packet.tcpFlags & TcpFlag.syn) !== 0;
    const sequence = (packet.sequenceNumber + (isSyn ? 1 : 0)) | 0;
    const urgent = (packet.tcpFlags & TcpFlag.urg) !== 0 ? this.urgentByte(packet, buffer) : -1;
    if (this.urgentDrop) return;
    const offset = buffer.offsetOf(sequence);
    const { deeperBytes } = session;
    const depthBytes = deeperBytes >= 0 ? deeperBytes : this.options.depthBytes;
    if (depthBytes > 0 && offset + (payloadEnd - payloadStart) > depthBytes) {
      buffer.depthReached = true;
      packet.addEvent(DEPTH_REACHED);
      this.count(StreamCounter.depthReached);
      return;
    }
    if (urgent < 0) {
      this.store(packet, buffer, payloadStart, payloadEnd, offset, policy);
      return;
    }
    if (urgent > payloadStart) this.store(packet, buffer, payloadStart, urgent, offset, policy);
    if (urgent + 1 >= payloadEnd) return;
    const rest = buffer.offsetOf((sequence + (urgent + 1 - payloadStart)) | 0);
    this.store(packet, buffer, urgent + 1, payloadEnd, rest, policy);
  }

  /** Arena offset of the byte that is not to be stored; -1 when all of the payload is. */
  private urgentByte(packet: Packet, buffer: StreamBuffer): number {
    const pointer = packet.urgentPointer;
    if (pointer === 0 || pointer > packet.payloadEnd - packet.payloadStart) return -1;
    const at = packet.payloadStart + pointer - 1;
    let policy = this.options.urgentPolicy;
    if (policy === UrgentPolicy.outOfBand) {
      const sequence = (packet.sequenceNumber + pointer - 1) | 0;
      const isKnown = buffer.urgentBytes > 0 && ((sequence - buffer.urgentSequence) | 0) <= 0;
      if (isKnown) return at;
      if (buffer.urgentBytes < URGENT_BYTES_MAX) {
        buffer.urgentBytes++;
        buffer.urgentSequence = sequence;
        this.count(StreamCounter.urgentOutOfBand);
        return at;
      }
      packet.addEvent(URGENT_LIMIT);
      policy = this.options.urgentLimitPolicy;
      this.urgentDrop = policy === UrgentPolicy.drop && this.options.inline;
    }
    return policy === UrgentPolicy.gap ? at : -1;
  }

  private store(
    packet: Packet,
    buffer: StreamBuffer,
    start: number,
    end: number,
    offset: number,
    policy: number,
  ): void {
    const { options, bytes, pool } = this;
    if (pool.usedBytes >= options.reassemblyMemoryLimitBytes) {
      this.outOfMemory(packet);
      return;
    }
    const result = buffer.insert(bytes, pool, start, end, offset, policy, options.maxRegions);
    if ((result & InsertResult.noMemory) !== 0) this.outOfMemory(packet);
    else if ((result & InsertResult.noRegion) !== 0) {
      packet.addEvent(INSERT_LIMIT);
      this.count(StreamCounter.segmentMemoryCap);
      this.count(StreamCounter.insertFailed);
    }
    if ((result & InsertResult.stored) === 0) return;
    packet.inStream = true;
    if ((result & InsertResult.overlap) !== 0) this.count(StreamCounter.overlap);
    if ((result & InsertResult.differentData) === 0) return;
    if ((result & InsertResult.repeated) === 0) {
      packet.addEvent(DIFFERENT_DATA);
      this.count(StreamCounter.overlapDifferentData);
    }
    if (options.inline) this.rewrite(packet, buffer, start, end, offset);
  }

  private outOfMemory(packet: Packet): void {
    packet.addEvent(INSERT_MEMCAP);
    this.count(StreamCounter.segmentMemoryCap);
    this.exception = ExceptionTarget.reassemblyMemcap;
  }

  /** Puts the stream's bytes into the packet and mends its checksum. */
  private rewrite(
    packet: Packet,
    buffer: StreamBuffer,
    start: number,
    end: number,
    offset: number,
  ): void {
    const skipped = Math.max(buffer.windowStart - offset, 0);
    if (start + skipped >= end) return;
    const { bytes } = this;
    const before = wordSum(bytes, packet.payloadStart, packet.payloadEnd);
    const from = buffer.arenaOf(offset + skipped);
    bytes.copyWithin(start + skipped, from, from + (end - start - skipped));
    const after = wordSum(bytes, packet.payloadStart, packet.payloadEnd);
    if (packet.transportStart < 0 || packet.transportChecksum === ChecksumState.invalid) return;
    const at = packet.transportStart + CHECKSUM_OFFSET;
    const old = ~readUint16(bytes, at) & 0xffff;
    const sum = folded(old + (~before & 0xffff) + after);
    const checksum = ~sum & 0xffff;
    bytes[at] = checksum >> 8;
    bytes[at + 1] = checksum & 0xff;
  }

  private count(counter: number): void {
    this.counters[counter]!++;
  }
}

/** Ones' complement sum of 16-bit words; a TCP payload begins at an even offset of its segment. */
function wordSum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  for (; at + 1 < end; at += 2) sum += readUint16(bytes, at);
  if (at < end) sum += bytes[at]! << 8;
  return folded(sum);
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 65_536);
  return rest;
}
