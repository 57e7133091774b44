/**
 * Where the segments that came last began and ended, so that an overlap is decided between segments, as the
 * receiving host does, and not between whatever they grew into. Only so many are remembered.
 *
 * @hotpath
 */
import { newDataWins } from "./overlap-policy.ts";

const SEGMENTS_MAX = 16;

export class RecentSegments {
  private readonly starts = new Float64Array(SEGMENTS_MAX);
  private readonly ends = new Float64Array(SEGMENTS_MAX);
  private next = 0;

  /** Remembers a segment, [start, end) as stream offsets; forgets the oldest. */
  add(start: number, end: number): void {
    this.starts[this.next] = start;
    this.ends[this.next] = end;
    this.next = (this.next + 1) % SEGMENTS_MAX;
  }

  /**
   * Writes the bytes of [from, until) that the new segment, [newStart, newEnd), wins. An offset lies at `toArena`
   * more in the arena, its new byte at `toNew` more.
   *
   * @param otherwise whether it wins bytes that no known segment has.
   */
  resolve(
    bytes: Uint8Array,
    toArena: number,
    toNew: number,
    from: number,
    until: number,
    policy: number,
    newStart: number,
    newEnd: number,
    otherwise: boolean,
  ): void {
    for (let at = from; at < until; at++) {
      const known = this.decide(at, policy, newStart, newEnd);
      const wins = known < 0 ? otherwise : known === 1;
      if (wins) bytes[at + toArena] = bytes[at + toNew]!;
    }
  }

  /** 1 when the new segment wins the byte over all known segments that have it, 0 when not, -1 if none has. */
  private decide(offset: number, policy: number, newStart: number, newEnd: number): number {
    let decision = -1;
    for (let i = 0; i < SEGMENTS_MAX; i++) {
      const start = this.starts[i]!;
      const end = this.ends[i]!;
      if (offset < start || offset >= end) continue;
      if (!newDataWins(policy, newStart, newEnd, start, end)) return 0;
      decision = 1;
    }
    return decision;
  }

  /** Whether of the known segments just those with the same ends overlap [start, end). */
  isOnlyRepeated(start: number, end: number): boolean {
    let repeated = false;
    for (let i = 0; i < SEGMENTS_MAX; i++) {
      if (this.ends[i]! <= start || this.starts[i]! >= end) continue;
      if (this.starts[i] !== start || this.ends[i] !== end) return false;
      repeated = true;
    }
    return repeated;
  }

  reset(): void {
    this.ends.fill(0);
    this.starts.fill(0);
    this.next = 0;
  }
}
