/**
 * The reassembled bytes of one direction of a TCP connection: a sliding window in the arena, addressed by
 * absolute stream offsets (0 is the first byte after the SYN).
 *
 * Invariants: windowStart <= rawProgress, appProgress, unless that consumer is done; regions are sorted, apart from
 * each other, and inside [windowStart, windowStart + capacity).
 *
 * Overlaps are resolved against the segments that came last (recent-segments.ts), else against whole regions.
 *
 * @hotpath
 */
import type { BlockPool } from "../bytes/block-pool.ts";
import { newDataWins } from "./overlap-policy.ts";
import { RecentSegments } from "./recent-segments.ts";
import { differs, groupsOf, isRoomFor } from "./region-groups.ts";

/** Bits that `insert` returns. */
export const InsertResult = {
  overlap: 1,
  differentData: 2,
  noMemory: 4,
  noRegion: 8,
  stored: 16,
  /** The same segment came before, and no other overlaps it. */
  repeated: 32,
} as const;

/** Separate pieces of data that one direction may hold at once: holes between them wait to be filled. */
export const STREAM_REGIONS_MAX = 256;
const WINDOW_BYTES_MAX = 1 << 20;
const NO_REGIONS: number[] = [];
/** Bytes kept to compare retransmissions with when nothing else needs them: the window, within these. */
const OVERLAP_BYTES_MAX = 65_536;
const OVERLAP_BYTES_UNKNOWN = 4096;

export class StreamBuffer {
  /** Sequence number of the SYN. */
  isnSequence = 0;
  /** Sequence number of the byte at windowStart. */
  baseSequence = 0;
  nextSequence = 0;
  /** Highest acknowledgment of this direction's data by the other side. */
  lastAck = 0;
  /** Window that the other side grants this direction's data, scaled, and its scale. */
  window = 0;
  windowScale = 0;
  /** End of the window that the other side granted, as a sequence number. */
  nextWindow = 0;
  lastTimestamp = 0;
  lastPacketSeconds = 0;
  /** The handshake had a timestamp of zero. */
  zeroTimestamp = false;
  hasTimestamp = false;
  /** The receiver of this direction's data sent a reset that it may not have meant. */
  resetReceived = false;
  /** The last packet of this direction was a keep-alive; a probe of a closed window. */
  keepAlive = false;
  windowProbe = false;
  /** Offset of the FIN, -1 until it was seen. */
  finOffset = -1;

  blockOffset = -1;
  capacity = 0;
  windowStart = 0;
  regionCount = 0;
  /** Largest number of groups of regions, far apart, at once. */
  maxRegions = 0;
  rawProgress = 0;
  appProgress = 0;
  /** Offset from which rules over frames still need data; infinite without frames. */
  frameKeep = Number.POSITIVE_INFINITY;
  /** The consumer wants no more: its progress holds nothing back. */
  rawDone = false;
  appDone = false;
  /** What is inspected next as contents of the stream is the last. */
  rawEnds = false;
  /** Bytes before rawProgress that are kept (inline inspection looks back); `reset` leaves it. */
  rawKeep = 0;
  /** Bytes that were inspected are kept for a window, to compare retransmissions with; `reset` leaves it. */
  keepsOverlaps = false;
  /** Bytes that were taken out of the stream as urgent, and the sequence number of the last. */
  urgentBytes = 0;
  urgentSequence = 0;
  depthReached = false;

  /** Made for the first data and grown when holes come: most connections have one region, or none. */
  private starts = NO_REGIONS;
  private ends = NO_REGIONS;
  private recent: RecentSegments | null = null;

  /** Begins at the sequence number of a SYN. */
  begin(isn: number): void {
    this.isnSequence = isn;
    this.baseSequence = this.nextSequence = this.lastAck = (isn + 1) | 0;
    this.nextWindow = this.nextSequence;
  }

  offsetOf(sequence: number): number {
    const offset = this.windowStart + ((sequence - this.baseSequence) | 0);
    if (this.urgentBytes === 0) return offset;
    const isAfter = ((sequence - this.urgentSequence) | 0) > 0;
    return offset - (isAfter ? this.urgentBytes : this.urgentBytes - 1);
  }

  /** Offset up to which the other side acknowledged data, the FIN not counted. */
  get acknowledgedEnd(): number {
    const end = Math.max(this.offsetOf(this.lastAck), 0);
    return this.finOffset >= 0 && end > this.finOffset ? this.finOffset : end;
  }

  /** Arena offset of the byte at an absolute offset inside the window. */
  arenaOf(offset: number): number {
    return this.blockOffset + (offset - this.windowStart);
  }

  /** End of the data without a hole from `from`; `from` itself when that byte is missing. */
  contiguousEnd(from: number): number {
    const region = this.regionAt(from);
    return region < 0 ? from : this.ends[region]!;
  }

  /** Start of the data without a hole that `offset` is in; `offset` itself when it is missing. */
  contiguousStart(offset: number): number {
    const region = this.regionAt(offset);
    return region < 0 ? offset : this.starts[region]!;
  }

  /** End of the last data that came, holes before it or not. */
  get dataEnd(): number {
    const { regionCount } = this;
    return Math.max(regionCount === 0 ? 0 : this.ends[regionCount - 1]!, this.appProgress);
  }

  /** Arena offsets of the first contiguous data in the window; equal when there is none. */
  get bufferedStart(): number {
    return this.regionCount === 0 ? this.blockOffset : this.arenaOf(this.starts[0]!);
  }

  get bufferedEnd(): number {
    return this.regionCount === 0 ? this.blockOffset : this.arenaOf(this.ends[0]!);
  }

  /**
   * Where reading goes on from `progress`: past a hole that was acknowledged, else `progress`. With nothing
   * behind the hole, an acknowledgment of what was never seen is not believed.
   */
  skipGap(progress: number): number {
    const acknowledged = this.acknowledgedEnd;
    if (acknowledged <= progress || this.regionAt(progress) >= 0) return progress;
    for (let i = 0; i < this.regionCount; i++) {
      const start = this.starts[i]!;
      if (start > progress) return Math.min(start, acknowledged);
    }
    return ((this.lastAck - this.nextSequence) | 0) > 0 ? progress : acknowledged;
  }

  /** Start of the data at or after an offset, acknowledged or not; `offset` itself when there is none. */
  nextDataStart(offset: number): number {
    for (let i = 0; i < this.regionCount; i++) {
      if (this.ends[i]! > offset) return Math.max(offset, this.starts[i]!);
    }
    return offset;
  }

  /** Offset up to which nothing is needed any more. */
  get leftEdge(): number {
    return Math.max(this.windowStart, this.keepFrom(true));
  }

  /** Start and end offset of a region, for those who print the whole buffer. */
  regionStart(index: number): number {
    return this.starts[index]!;
  }

  regionEnd(index: number): number {
    return this.ends[index]!;
  }

  /** Stores a segment; `offset` is the absolute offset of its first byte. Returns InsertResult bits. */
  insert(
    bytes: Uint8Array,
    pool: BlockPool,
    payloadStart: number,
    payloadEnd: number,
    offset: number,
    policy: number,
    groupLimit: number,
  ): number {
    let from = payloadStart;
    let start = offset;
    const end = offset + (payloadEnd - payloadStart);
    if (start < this.windowStart) {
      from += this.windowStart - start;
      start = this.windowStart;
    }
    if (start >= end) return 0;
    if (!this.reserve(bytes, pool, end)) return InsertResult.noMemory;
    const first = this.firstTouching(start);
    let last = first;
    while (last < this.regionCount && this.starts[last]! <= end) last++;
    if (last === first) {
      const { starts, ends, regionCount } = this;
      const isFull = regionCount >= STREAM_REGIONS_MAX;
      if (isFull || !isRoomFor(starts, ends, regionCount, first, start, end, groupLimit)) {
        return InsertResult.noRegion;
      }
    }
    this.recent ??= new RecentSegments();
    let result = this.copy(bytes, from, start, end, first, last, policy);
    const overlaps = (result & InsertResult.overlap) !== 0;
    if (overlaps && this.recent.isOnlyRepeated(start, end)) result |= InsertResult.repeated;
    this.recent.add(start, end);
    this.join(first, last, start, end);
    return result | InsertResult.stored;
  }

  private copy(
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    first: number,
    last: number,
    policy: number,
  ): number {
    const shift = from - start;
    let result = 0;
    let at = start;
    for (let i = first; i < last; i++) {
      const oldStart = this.starts[i]!;
      const oldEnd = this.ends[i]!;
      if (oldStart > at) {
        bytes.copyWithin(this.arenaOf(at), at + shift, oldStart + shift);
        at = oldStart;
      }
      const until = Math.min(end, oldEnd);
      if (until <= at) continue;
      result |= InsertResult.overlap;
      if (differs(bytes, this.arenaOf(at), at + shift, until - at)) {
        result |= InsertResult.differentData;
        const byRegion = newDataWins(policy, start, end, oldStart, oldEnd);
        const toArena = this.arenaOf(0);
        this.recent?.resolve(bytes, toArena, shift, at, until, policy, start, end, byRegion);
      }
      at = until;
    }
    if (at < end) bytes.copyWithin(this.arenaOf(at), at + shift, end + shift);
    return result;
  }

  /** Replaces the regions [first, last) by one that also spans [start, end). */
  private join(first: number, last: number, start: number, end: number): void {
    // Plain numbers: typed arrays would cost each connection some 400 bytes more.
    if (this.starts === NO_REGIONS) {
      this.starts = [0];
      this.ends = [0];
    }
    const { starts, ends } = this;
    if (last === first) {
      for (let i = this.regionCount; i > first; i--) {
        starts[i] = starts[i - 1]!;
        ends[i] = ends[i - 1]!;
      }
      starts[first] = start;
      ends[first] = end;
      this.regionCount++;
    } else {
      const joinedEnd = Math.max(end, ends[last - 1]!);
      starts[first] = Math.min(start, starts[first]!);
      ends[first] = joinedEnd;
      this.removeRegions(first + 1, last);
    }
    if (this.maxRegions === 0) this.maxRegions = 1;
    if (this.regionCount > 1) {
      const groups = groupsOf(this.starts, this.ends, this.regionCount);
      this.maxRegions = Math.max(this.maxRegions, groups);
    }
  }

  private removeRegions(first: number, last: number): void {
    const { starts, ends } = this;
    const gone = last - first;
    for (let i = last; i < this.regionCount; i++) {
      starts[i - gone] = starts[i]!;
      ends[i - gone] = ends[i]!;
    }
    this.regionCount -= gone;
  }

  /** Makes room for the bytes before `end`. */
  private reserve(bytes: Uint8Array, pool: BlockPool, end: number): boolean {
    if (end - this.windowStart <= this.capacity) return true;
    this.drop(bytes);
    const needed = end - this.windowStart;
    if (needed <= this.capacity) return true;
    if (needed > WINDOW_BYTES_MAX) {
      if (!this.keepsOverlaps || this.keepFrom(false) <= this.windowStart) return false;
      this.keepsOverlaps = false;
      return this.reserve(bytes, pool, end);
    }
    const block = pool.take(needed);
    if (block < 0) return false;
    const held = this.regionCount === 0 ? 0 : this.ends[this.regionCount - 1]! - this.windowStart;
    if (this.blockOffset >= 0) {
      bytes.copyWithin(block, this.blockOffset, this.blockOffset + held);
      pool.give(this.blockOffset, this.capacity);
    }
    this.blockOffset = block;
    this.capacity = pool.capacityFor(needed);
    return true;
  }

  /** Forgets what both consumers are done with; gives the block back when nothing is left. */
  slide(bytes: Uint8Array, pool: BlockPool): void {
    const keep = this.keepFrom(this.keepsOverlaps);
    if (keep <= this.windowStart) return;
    if (this.regionCount === 0 || keep >= this.ends[this.regionCount - 1]!) {
      this.giveBlock(pool);
      this.regionCount = 0;
      this.moveStart(keep);
    } else if (keep - this.windowStart >= this.capacity >> 1) {
      this.drop(bytes);
    }
  }

  /** Returns the block to the pool; the buffer can be used anew after `reset`. */
  release(pool: BlockPool): void {
    this.giveBlock(pool);
    this.regionCount = 0;
  }

  reset(): void {
    this.isnSequence = this.baseSequence = this.nextSequence = this.lastAck = 0;
    this.window = this.windowScale = this.nextWindow = 0;
    this.lastTimestamp = this.lastPacketSeconds = this.urgentBytes = 0;
    this.hasTimestamp = this.zeroTimestamp = this.resetReceived = false;
    this.keepAlive = this.windowProbe = false;
    this.recent?.reset();
    this.finOffset = -1;
    this.windowStart = this.regionCount = this.maxRegions = 0;
    this.rawProgress = this.appProgress = 0;
    this.frameKeep = Number.POSITIVE_INFINITY;
    this.rawDone = this.appDone = this.rawEnds = this.depthReached = false;
  }

  private keepFrom(forOverlaps: boolean): number {
    const highest = this.regionCount === 0 ? 0 : this.ends[this.regionCount - 1]!;
    const raw = this.rawDone ? highest : this.rawProgress - this.rawKeep;
    const app = this.appDone ? highest : this.appProgress;
    // Numbers stay small integers where there are no frames.
    const needed = this.frameKeep < app ? Math.min(raw, this.frameKeep) : Math.min(raw, app);
    if (!forOverlaps || !this.keepsOverlaps) return needed;
    return (
      needed - Math.min(this.window === 0 ? OVERLAP_BYTES_UNKNOWN : this.window, OVERLAP_BYTES_MAX)
    );
  }

  /** Moves the kept bytes to the start of the block. */
  private drop(bytes: Uint8Array): void {
    const keep = this.keepFrom(this.keepsOverlaps);
    if (keep <= this.windowStart) return;
    const { starts, ends } = this;
    let gone = 0;
    while (gone < this.regionCount && ends[gone]! <= keep) gone++;
    this.removeRegions(0, gone);
    if (this.regionCount > 0) {
      if (starts[0]! < keep) starts[0] = keep;
      const from = this.arenaOf(keep);
      bytes.copyWithin(this.blockOffset, from, this.arenaOf(ends[this.regionCount - 1]!));
    }
    this.moveStart(keep);
  }

  private moveStart(offset: number): void {
    this.baseSequence = (this.baseSequence + (offset - this.windowStart)) | 0;
    this.windowStart = offset;
  }

  private giveBlock(pool: BlockPool): void {
    if (this.blockOffset >= 0) pool.give(this.blockOffset, this.capacity);
    this.blockOffset = -1;
    this.capacity = 0;
  }

  /** Index of the first region that ends at or after `start`. */
  private firstTouching(start: number): number {
    let i = 0;
    while (i < this.regionCount && this.ends[i]! < start) i++;
    return i;
  }

  private regionAt(offset: number): number {
    for (let i = 0; i < this.regionCount; i++) {
      if (offset < this.starts[i]!) return -1;
      if (offset < this.ends[i]!) return i;
    }
    return -1;
  }
}
