/**
 * The packet buffers of the packet under inspection (headers and what transforms make of them): each is found
 * at most once a packet, whatever the number of rules that look into it. Results of transforms lie in a scratch
 * region of the arena until the next packet; when it is full a buffer counts as absent and `refused` says so.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import type { Packet } from "../layers/packet.ts";
import type { BufferEntry } from "./buffer-table.ts";
import { ByteRange } from "./byte-range.ts";

/** Bytes that the transforms of one packet may write. */
export const TRANSFORM_BYTES_MAX = 524_288;
/** Below this a transform is not tried. */
const TRANSFORM_ROOM_MIN = 4096;

const ABSENT = 1;
const PRESENT = 2;

export class PacketBuffers {
  refused = 0;
  /** The range that the last `find` that was true set. */
  readonly range: ByteRange;
  private readonly entries: readonly BufferEntry[];
  private readonly output: ByteRange;
  private readonly states: Uint8Array;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private readonly bytes: Uint8Array;
  private readonly scratchStart: number;
  private readonly scratchEnd: number;
  private scratchNext: number;
  private usedCount = 0;

  constructor(entries: readonly BufferEntry[], arena: Arena) {
    this.entries = entries;
    this.bytes = arena.bytes;
    this.range = new ByteRange(arena.bytes);
    this.output = new ByteRange(arena.bytes);
    this.states = new Uint8Array(entries.length);
    this.starts = new Uint32Array(entries.length);
    this.ends = new Uint32Array(entries.length);
    const hasTransforms = entries.some(({ transforms }) => transforms.length > 0);
    this.scratchStart = hasTransforms ? arena.allocate(TRANSFORM_BYTES_MAX) : 0;
    this.scratchEnd = hasTransforms ? this.scratchStart + TRANSFORM_BYTES_MAX : 0;
    this.scratchNext = this.scratchStart;
  }

  /** Forgets the packet before. */
  reset(): void {
    if (this.usedCount === 0) return;
    this.states.fill(0);
    this.usedCount = 0;
    this.scratchNext = this.scratchStart;
  }

  /** Sets `range` to a buffer of the packet; false when the packet has none. */
  find(bufferId: number, packet: Packet): boolean {
    if (this.states[bufferId] === 0) this.make(bufferId, packet);
    if (this.states[bufferId] === ABSENT) return false;
    const { range } = this;
    range.bytes = this.bytes;
    range.start = this.starts[bufferId]!;
    range.end = this.ends[bufferId]!;
    return true;
  }

  private make(bufferId: number, packet: Packet): void {
    this.usedCount++;
    const { range } = this;
    const { declaration, transforms } = this.entries[bufferId]!;
    range.bytes = this.bytes;
    const { locate } = declaration;
    let isPresent = locate?.(packet, range) ?? false;
    for (let i = 0; isPresent && i < transforms.length; i++) {
      isPresent = this.transform(this.entries[bufferId]!, i);
    }
    this.states[bufferId] = isPresent ? PRESENT : ABSENT;
    if (!isPresent) return;
    this.starts[bufferId] = range.start;
    this.ends[bufferId] = range.end;
  }

  private transform(entry: BufferEntry, index: number): boolean {
    const { range, output, scratchNext, scratchEnd } = this;
    if (scratchEnd - scratchNext < TRANSFORM_ROOM_MIN) {
      this.refused++;
      return false;
    }
    output.bytes = this.bytes;
    output.start = output.end = scratchNext;
    if (!entry.transforms[index]!.apply(range, output, scratchEnd)) return false;
    if (output.start >= scratchNext && output.end <= scratchEnd) this.scratchNext = output.end;
    range.start = output.start;
    range.end = output.end;
    return true;
  }
}
