/** Keeps what a parser tells of frames, with places in the stream. */
import type { FrameSink } from "../../src/core/protocols/frame.ts";

interface ToldFrame {
  readonly direction: number;
  readonly type: number;
  readonly offset: number;
  length: number;
  transactionId: number;
}

export class RecordingFrames implements FrameSink {
  readonly told: ToldFrame[] = [];
  /** Offset in the stream of place 0 of the bytes, by direction. */
  readonly base: [number, number] = [0, 0];

  add(
    direction: number,
    type: number,
    at: number,
    lengthBytes: number,
    transactionId = -1,
  ): number {
    const offset = at + this.base[direction]!;
    return this.told.push({ direction, type, offset, length: lengthBytes, transactionId });
  }

  endAt(direction: number, id: number, at: number): void {
    const frame = this.told[id - 1];
    if (frame !== undefined) frame.length = at + this.base[direction]! - frame.offset;
  }

  setTransaction(_direction: number, id: number, transactionId: number): void {
    const frame = this.told[id - 1];
    if (frame !== undefined) frame.transactionId = transactionId;
  }
}
