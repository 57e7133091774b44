/**
 * Runs the chains of a rule over its buffers: payload and stream as the rule demands, headers, and what the
 * rule itself decoded. The stream comes before the packet's payload, which is looked into when the rule asks
 * for packets, or when its bytes were not given to the stream.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import { Packet } from "../layers/packet.ts";
import type { BufferEntry } from "./buffer-table.ts";
import { BufferInspection, type Chain } from "./chain.ts";
import type { CompiledBuffer, CompiledRule } from "./compiled-rule.ts";
import type { DetectionContext } from "./detection-context.ts";
import { PacketBuffers } from "./packet-buffers.ts";

export class BufferInspector {
  readonly packetBuffers: PacketBuffers;
  /** The packet has payload that may be looked into. */
  hasPayload = false;
  /** The packet makes stream data available, at these places of the arena. */
  hasStream = false;
  streamStart = 0;
  streamEnd = 0;
  /** Absolute offset of `streamStart`. */
  private streamOffset = 0;
  /** The last rule matched in the stream. */
  fromStream = false;
  /** The arena. */
  readonly bytes: Uint8Array;
  private packet = new Packet();
  private isStreamStart = false;
  private isStreamEnd = false;
  private readonly inspection: BufferInspection;

  constructor(context: DetectionContext, buffers: readonly BufferEntry[], arena: Arena) {
    this.inspection = new BufferInspection(context);
    this.bytes = context.bytes;
    this.packetBuffers = new PacketBuffers(buffers, arena);
  }

  /** Begins with a packet; without stream data until `setStream`. */
  begin(packet: Packet): void {
    this.packet = packet;
    this.hasPayload = packet.payloadEnd > packet.payloadStart && !packet.noPayloadInspection;
    this.hasStream = false;
    this.packetBuffers.reset();
  }

  setStream(start: number, end: number, offset: number, isLast: boolean): void {
    this.hasStream = true;
    this.streamStart = start;
    this.streamEnd = end;
    this.streamOffset = offset;
    this.isStreamStart = offset === 0;
    this.isStreamEnd = isLast;
  }

  /** Forgets what the rule before found. */
  beginRule(): void {
    this.fromStream = false;
    this.inspection.base64Start = this.inspection.base64End = 0;
    this.inspection.isLittleEndian = false;
  }

  /** One buffer of a rule over transactions that is not a transaction's field. */
  matchesPart(buffer: CompiledBuffer, rule: CompiledRule): boolean {
    return this.matchesBuffer(buffer, rule, this.packet);
  }

  /** The transaction whose fields come now; -1 when it is the packet's turn again. */
  setTransaction(id: number): void {
    this.inspection.transactionId = id;
  }

  /** The byte order of the field that the next chain runs over. */
  setByteOrder(isLittleEndian: boolean): void {
    this.inspection.isLittleEndian = isLittleEndian;
  }

  /** Runs a chain over a field of a transaction: bytes [start, end) of the arena, `offset` bytes into a body. */
  runChain(chain: Chain, start: number, end: number, offset: number, isLast: boolean): boolean {
    const { inspection } = this;
    inspection.isFirst = offset === 0;
    inspection.isLast = isLast;
    inspection.start = inspection.cursor = start;
    inspection.end = end;
    inspection.offset = offset;
    inspection.streamOffset = 0;
    inspection.steps = 0;
    inspection.stop = false;
    return chain.match(inspection, 0);
  }

  /** True when all buffers of the rule match. */
  matches(rule: CompiledRule, packet: Packet): boolean {
    const { buffers } = rule;
    this.beginRule();
    for (let i = 0; i < buffers.length; i++) {
      if (!this.matchesBuffer(buffers[i]!, rule, packet)) return false;
    }
    return true;
  }

  private matchesBuffer(buffer: CompiledBuffer, rule: CompiledRule, packet: Packet): boolean {
    switch (buffer.declaration.scope) {
      case "payload":
        return this.matchesPayload(buffer, rule, packet);
      case "derived":
        return this.matchesDerived(buffer);
      case "packet":
        return this.matchesPacketBuffer(buffer, packet);
      default:
        return false; // fields of transactions are in no list of this
    }
  }

  private matchesPayload(buffer: CompiledBuffer, rule: CompiledRule, packet: Packet): boolean {
    const { inspection } = this;
    if (rule.inspectStream) {
      if (this.hasStream) {
        inspection.isFirst = this.isStreamStart;
        inspection.isLast = this.isStreamEnd;
        inspection.streamOffset = this.streamOffset;
        if (this.run(buffer, this.streamStart, this.streamEnd)) {
          this.fromStream = true;
          return true;
        }
      }
      if (!rule.inspectPacket && packet.inStream) return false;
    }
    if (!this.hasPayload) return false;
    inspection.isFirst = inspection.isLast = true;
    inspection.streamOffset = 0;
    return this.run(buffer, packet.payloadStart, packet.payloadEnd);
  }

  private matchesDerived(buffer: CompiledBuffer): boolean {
    const { base64Start, base64End } = this.inspection;
    if (base64End <= base64Start) return false;
    this.inspection.isFirst = this.inspection.isLast = true;
    this.inspection.streamOffset = 0;
    return this.run(buffer, base64Start, base64End);
  }

  private matchesPacketBuffer(buffer: CompiledBuffer, packet: Packet): boolean {
    const { packetBuffers, inspection } = this;
    if (!packetBuffers.find(buffer.bufferId, packet)) return buffer.absent !== null;
    if (buffer.absent === "only") return false;
    inspection.isFirst = inspection.isLast = true;
    inspection.streamOffset = 0;
    return this.run(buffer, packetBuffers.range.start, packetBuffers.range.end);
  }

  /** As in Suricata, places in the stream count from the start of what is inspected now. */
  private run(buffer: CompiledBuffer, start: number, end: number): boolean {
    const { inspection } = this;
    inspection.start = inspection.cursor = start;
    inspection.end = end;
    inspection.offset = 0;
    inspection.steps = 0;
    inspection.stop = false;
    return buffer.chain.match(inspection, 0);
  }
}
