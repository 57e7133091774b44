/**
 * One literal and the search for it: the SIMD kernel for ranges of the arena, a plain loop over the
 * pattern's rarest byte for short ranges and for bytes outside the arena (measured: below 24 bytes
 * the loop wins).
 *
 * A literal holds numbers only; its bytes lie in the engine's pattern store, equal ones once.
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import { assert } from "../bytes/assert.ts";
import type { Kernels } from "./kernels.ts";
import { asciiLower, lowerByte } from "./lower-case.ts";
import { choosePlaces } from "./rarity.ts";

const LOOP_BYTES_MAX = 24;

export class Literal {
  /** Length of the pattern in bytes, at least 1. */
  readonly length: number;
  private readonly kernels: Kernels;
  private readonly offset: number;
  private readonly nocase: number;
  private readonly probes: number;

  /** With `nocase` the letters A-Z of ASCII match in either case. The pattern is copied. */
  constructor(kernels: Kernels, arena: Arena, pattern: Uint8Array, nocase: boolean) {
    assert(pattern.length > 0, "an empty literal");
    assert(arena === kernels.arena, "a literal of another arena");
    const stored = nocase ? asciiLower(pattern) : pattern;
    this.kernels = kernels;
    this.length = pattern.length;
    this.offset = kernels.patterns.intern(stored);
    this.nocase = nocase ? 1 : 0;
    this.probes = choosePlaces(stored);
  }

  /** First offset in [start, end) where the whole literal lies in the range, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length < this.length) return -1;
    if (length < LOOP_BYTES_MAX || bytes !== this.kernels.arena.bytes) {
      return this.findInLoop(bytes, start, end - this.length);
    }
    const { offset, nocase, probes } = this;
    const found = this.kernels.findLiteral(start, end, offset, this.length, nocase, probes);
    return found === -1 ? -1 : found >>> 0;
  }

  private findInLoop(bytes: Uint8Array, start: number, last: number): number {
    const stored = this.kernels.arena.bytes;
    const place = this.probes & 0xffff;
    const rare = stored[this.offset + place]!;
    const fold = this.nocase === 1 && rare >= 97 && rare <= 122 ? 32 : 0;
    for (let at = start; at <= last; at++) {
      if ((bytes[at + place]! | fold) === rare && this.isAt(bytes, at)) return at;
    }
    return -1;
  }

  private isAt(bytes: Uint8Array, at: number): boolean {
    const stored = this.kernels.arena.bytes;
    const { offset, length } = this;
    if (this.nocase === 0) {
      for (let index = 0; index < length; index++) {
        if (bytes[at + index] !== stored[offset + index]) return false;
      }
      return true;
    }
    for (let index = 0; index < length; index++) {
      if (lowerByte(bytes[at + index]!) !== stored[offset + index]) return false;
    }
    return true;
  }
}
