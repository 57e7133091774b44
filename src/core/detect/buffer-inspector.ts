/**
 * Runs the chains of a rule over its buffers: payload and stream as the rule demands, headers, and what the
 * rule itself decoded.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import type { Packet } from "../layers/packet.ts";
import { ByteRange } from "./byte-range.ts";
import { BufferInspection } from "./chain.ts";
import type { CompiledBuffer, CompiledRule } from "./compiled-rule.ts";
import type { DetectionContext } from "./detection-context.ts";

/** Bytes that a transform may write. */
export const TRANSFORM_BYTES_MAX = 131_072;

export class BufferInspector {
  /** The packet makes stream data available. */
  hasStream = false;
  streamStart = 0;
  streamEnd = 0;
  /** The last rule matched in the stream. */
  fromStream = false;
  private streamOffset = 0;
  private readonly inspection: BufferInspection;
  private readonly range: ByteRange;
  private readonly output: ByteRange;
  private readonly scratch: readonly [number, number];

  constructor(context: DetectionContext, arena: Arena) {
    this.inspection = new BufferInspection(context);
    this.range = new ByteRange(context.bytes);
    this.output = new ByteRange(context.bytes);
    this.scratch = [arena.allocate(TRANSFORM_BYTES_MAX), arena.allocate(TRANSFORM_BYTES_MAX)];
  }

  setStream(start: number, end: number, offset: number): void {
    this.streamStart = start;
    this.streamEnd = end;
    this.streamOffset = offset;
  }

  /** True when all buffers of the rule match. */
  matches(rule: CompiledRule, packet: Packet): boolean {
    const { buffers } = rule;
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
        return false;
    }
  }

  private matchesPayload(buffer: CompiledBuffer, rule: CompiledRule, packet: Packet): boolean {
    const { payloadStart, payloadEnd } = packet;
    const hasPayload = payloadEnd > payloadStart && !packet.noPayloadInspection;
    const inPacket = rule.inspectPacket || (rule.inspectStream && !packet.inStream);
    if (inPacket && hasPayload && this.run(buffer, payloadStart, payloadEnd, 0)) return true;
    if (!rule.inspectStream || !this.hasStream) return false;
    if (!this.run(buffer, this.streamStart, this.streamEnd, this.streamOffset)) return false;
    this.fromStream = true;
    return true;
  }

  private matchesDerived(buffer: CompiledBuffer): boolean {
    const { base64Start, base64End } = this.inspection;
    if (base64End <= base64Start) return false;
    return this.run(buffer, base64Start, base64End, 0);
  }

  private matchesPacketBuffer(buffer: CompiledBuffer, packet: Packet): boolean {
    const { locate } = buffer.declaration;
    const { range } = this;
    range.bytes = this.inspection.context.bytes;
    if (locate === undefined || !locate(packet, range) || !this.transform(buffer)) {
      return buffer.absent !== null;
    }
    if (buffer.absent === "only") return false;
    return this.run(buffer, range.start, range.end, 0);
  }

  /** Applies the transforms to `range` in place; two scratch regions take turns. */
  private transform(buffer: CompiledBuffer): boolean {
    const { transforms } = buffer;
    const { range, output } = this;
    for (let i = 0; i < transforms.length; i++) {
      const target = this.scratch[i & 1]!;
      output.bytes = range.bytes;
      output.start = output.end = target;
      if (!transforms[i]!.apply(range, output, target + TRANSFORM_BYTES_MAX)) return false;
      range.bytes = output.bytes;
      range.start = output.start;
      range.end = output.end;
    }
    return true;
  }

  private run(buffer: CompiledBuffer, start: number, end: number, offset: number): boolean {
    const { inspection } = this;
    inspection.start = inspection.cursor = start;
    inspection.end = end;
    inspection.offset = offset;
    inspection.isFirst = offset === 0;
    inspection.steps = 0;
    inspection.stop = false;
    return buffer.chain.match(inspection, 0);
  }
}
