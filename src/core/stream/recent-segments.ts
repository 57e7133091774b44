/**
 * Where the segments that came last began and ended, so that an overlap is decided between segments, as the
 * receiving host does, and not between whatever they grew into. Only so many are remembered.
 *
 * @hotpath
 */
import { newDataWins } from "./overlap-policy.ts";

/** Numbers kept of the last 16 segments. */
const EDGES_MAX = 2 * 16;

export class RecentSegments {
  /** Start and end in turns; plain numbers, since most connections have few segments and there are many. */
  private readonly edges: number[] = [];
  private used = 0;
  private next = 0;

  /** Remembers a segment, [start, end) as stream offsets; forgets the oldest. */
  add(start: number, end: number): void {
    this.edges[this.next] = start;
    this.edges[this.next + 1] = end;
    this.next += 2;
    if (this.next > this.used) this.used = this.next;
    if (this.next === EDGES_MAX) this.next = 0;
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
    const { edges } = this;
    for (let i = 0; i < this.used; i += 2) {
      const start = edges[i]!;
      const end = edges[i + 1]!;
      if (offset < start || offset >= end) continue;
      if (!newDataWins(policy, newStart, newEnd, start, end)) return 0;
      decision = 1;
    }
    return decision;
  }

  /** Whether of the known segments just those with the same ends overlap [start, end). */
  isOnlyRepeated(start: number, end: number): boolean {
    let repeated = false;
    const { edges } = this;
    for (let i = 0; i < this.used; i += 2) {
      if (edges[i + 1]! <= start || edges[i]! >= end) continue;
      if (edges[i] !== start || edges[i + 1] !== end) return false;
      repeated = true;
    }
    return repeated;
  }

  reset(): void {
    this.used = this.next = 0;
  }
}
