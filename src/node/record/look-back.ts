/**
 * The last packets of each flow, in a ring of bytes of fixed size: when a flow raises an alert, what came before can
 * still be recorded. Packets of one flow are linked backwards; the ring's oldest packets are overwritten, whoever they
 * belong to.
 */
import type { RecordedPacket } from "./recorded-packet.ts";

/** Packets for each mebibyte of the ring; more of the small ones are not kept. */
const PACKETS_PER_MEBIBYTE = 4096;
const NONE = -1;

export class LookBack {
  readonly bytes: Uint8Array;
  /** Packets that were asked for and were overwritten already. */
  lost = 0;
  private readonly packetsPerFlow: number;
  private readonly slotCount: number;
  private readonly starts: Float64Array;
  private readonly lengths: Int32Array;
  private readonly times: Float64Array;
  private readonly wireLengths: Int32Array;
  private readonly linkTypes: Int32Array;
  private readonly interfaceIndexes: Int32Array;
  /** Number of the flow's packet before, or NONE. */
  private readonly before: Float64Array;
  /** Packets seen: numbers of those that are still there are >= `oldest`. */
  private next = 0;
  private oldest = 0;
  private writeAt = 0;
  /** Flow id to the number of its last packet; swept as the ring turns. */
  private readonly lastOfFlow = new Map<number, number>();
  private sweepAt: number;

  constructor(limitBytes: number, packetsPerFlow: number) {
    this.bytes = new Uint8Array(limitBytes);
    this.packetsPerFlow = packetsPerFlow;
    this.slotCount = Math.max(64, Math.ceil((limitBytes / 1024 ** 2) * PACKETS_PER_MEBIBYTE));
    this.starts = new Float64Array(this.slotCount);
    this.lengths = new Int32Array(this.slotCount);
    this.times = new Float64Array(this.slotCount);
    this.wireLengths = new Int32Array(this.slotCount);
    this.linkTypes = new Int32Array(this.slotCount);
    this.interfaceIndexes = new Int32Array(this.slotCount);
    this.before = new Float64Array(this.slotCount);
    this.sweepAt = this.slotCount;
  }

  /** Keeps a packet of a flow; one that is longer than the ring is not kept. */
  keep(flowId: number, source: Uint8Array, packet: RecordedPacket): void {
    const length = packet.end - packet.start;
    if (length > this.bytes.length) return;
    const at = this.makeRoom(length);
    this.bytes.set(source.subarray(packet.start, packet.end), at);
    const slot = this.next % this.slotCount;
    this.starts[slot] = at;
    this.lengths[slot] = length;
    this.times[slot] = packet.timeUs;
    this.wireLengths[slot] = packet.wireLength;
    this.linkTypes[slot] = packet.linkType;
    this.interfaceIndexes[slot] = packet.interfaceIndex;
    this.before[slot] = this.lastOfFlow.get(flowId) ?? NONE;
    this.lastOfFlow.set(flowId, this.next++);
    if (this.next >= this.sweepAt) this.sweep();
  }

  /** The kept packets of a flow, the oldest first; they are forgotten. Ranges are of `bytes`. */
  take(flowId: number): readonly RecordedPacket[] {
    const found: RecordedPacket[] = [];
    let number = this.lastOfFlow.get(flowId) ?? NONE;
    this.lastOfFlow.delete(flowId);
    while (number >= this.oldest && found.length < this.packetsPerFlow) {
      const slot = number % this.slotCount;
      const start = this.starts[slot]!;
      found.push({
        start,
        end: start + this.lengths[slot]!,
        wireLength: this.wireLengths[slot]!,
        timeUs: this.times[slot]!,
        linkType: this.linkTypes[slot]!,
        interfaceIndex: this.interfaceIndexes[slot]!,
      });
      number = this.before[slot]!;
    }
    if (number >= 0 && number < this.oldest && found.length < this.packetsPerFlow) this.lost++;
    return found.reverse();
  }

  /** The flow is over: nobody will ask. */
  forget(flowId: number): void {
    this.lastOfFlow.delete(flowId);
  }

  /** Where `length` bytes in a row can be written; packets in the way are given up. */
  private makeRoom(length: number): number {
    if (this.next - this.oldest >= this.slotCount) this.oldest++;
    let at = this.writeAt;
    if (at + length > this.bytes.length) {
      // The rest at the end stays unused: give up what lies there, then begin anew.
      this.giveUp(at, this.bytes.length);
      at = 0;
    }
    this.giveUp(at, at + length);
    this.writeAt = at + length;
    return at;
  }

  private giveUp(start: number, end: number): void {
    while (this.oldest < this.next) {
      const slot = this.oldest % this.slotCount;
      const from = this.starts[slot]!;
      if (from >= end || from + this.lengths[slot]! <= start) return;
      this.oldest++;
    }
  }

  private sweep(): void {
    this.sweepAt = this.next + this.slotCount;
    for (const [flowId, number] of this.lastOfFlow) {
      if (number < this.oldest) this.lastOfFlow.delete(flowId);
    }
  }
}
