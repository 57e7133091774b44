/**
 * A capture played back as if it came from an interface: for tests of everything live that need no privileges. The
 * packets lie in memory; they come as fast as they are taken, or at a given rate, once or several times over.
 */
import type { LiveRecord, LiveSource, LiveSourceCounts } from "./live-source.ts";

/** One packet of the capture; its bytes are those of `bytes`. */
export interface PlaybackPacket {
  readonly start: number;
  readonly end: number;
  readonly wireLength: number;
  readonly timeUs: number;
  readonly linkType: number;
}

export interface PlaybackOptions {
  readonly name: string;
  readonly interfaceIndex: number;
  readonly arena: Uint8Array;
  /** Where a packet is copied to before it is handed over: PLAYBACK_REGION_BYTES from here. */
  readonly regionStart: number;
  /** Bytes that the packets' offsets are of. */
  readonly bytes: Uint8Array;
  readonly packets: readonly PlaybackPacket[];
  /** Packets a second; 0 for as fast as they are taken. */
  readonly packetsPerSecond: number;
  /** How often the capture is played; times go on from round to round. */
  readonly rounds: number;
  /** Called once, when the last packet was handed over. */
  readonly onEnd?: () => void;
}

/** The longest record of a capture. */
export const PLAYBACK_REGION_BYTES = 262_144 + 65_536;

interface ReusedRecord {
  start: number;
  end: number;
  wireLength: number;
  timeUs: number;
  linkType: number;
  readonly interfaceIndex: number;
}

export class CapturePlayback implements LiveSource {
  readonly name: string;
  readonly driver = "capture";
  private readonly options: PlaybackOptions;
  private readonly record: ReusedRecord;
  /** Microseconds from the start of one round to the start of the next. */
  private readonly roundUs: number;
  private count = 0;
  private startMs = -1;
  private isEnded = false;

  constructor(options: PlaybackOptions) {
    this.options = options;
    this.name = options.name;
    const { interfaceIndex, packets } = options;
    this.record = { start: 0, end: 0, wireLength: 0, timeUs: 0, linkType: 0, interfaceIndex };
    const firstUs = packets[0]?.timeUs ?? 0;
    this.roundUs = (packets.at(-1)?.timeUs ?? 0) - firstUs + 1_000_000;
  }

  poll(onRecord: (record: LiveRecord) => void, limitPackets: number): number {
    const { packets, rounds } = this.options;
    const total = packets.length * rounds;
    const due = Math.min(this.due(total), this.count + limitPackets);
    const before = this.count;
    while (this.count < due) this.hand(onRecord);
    if (this.count === total && !this.isEnded) {
      this.isEnded = true;
      this.options.onEnd?.();
    }
    return this.count - before;
  }

  async wait(timeoutMs: number): Promise<boolean> {
    const isDone = this.count >= this.options.packets.length * this.options.rounds;
    const waitMs = isDone ? timeoutMs : 1;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return !isDone;
  }

  counts(): LiveSourceCounts {
    return { packets: this.count, kernelDrops: 0, interfaceDrops: 0 };
  }

  close(): void {
    this.isEnded = true;
  }

  private due(total: number): number {
    const { packetsPerSecond } = this.options;
    if (packetsPerSecond === 0) return total;
    if (this.startMs < 0) this.startMs = performance.now();
    const passedMs = performance.now() - this.startMs;
    return Math.min(total, Math.floor((passedMs / 1000) * packetsPerSecond));
  }

  private hand(onRecord: (record: LiveRecord) => void): void {
    const { packets, bytes, arena, regionStart } = this.options;
    const round = Math.floor(this.count / packets.length);
    const packet = packets[this.count % packets.length];
    this.count++;
    if (packet === undefined) return;
    const { record } = this;
    const length = packet.end - packet.start;
    for (let i = 0; i < length; i++) arena[regionStart + i] = bytes[packet.start + i]!;
    record.start = regionStart;
    record.end = regionStart + length;
    record.wireLength = packet.wireLength;
    record.timeUs = packet.timeUs + round * this.roundUs;
    record.linkType = packet.linkType;
    onRecord(record);
  }
}
