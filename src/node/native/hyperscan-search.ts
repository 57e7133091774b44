/** Hyperscan or Vectorscan through the native addon, as the matcher of long buffers. */
import type { NativePatterns, NativeSearch } from "../../core/match/native-search.ts";
import { findAddon, type HyperscanAddon, type HyperscanEngine } from "./native-addon.ts";

/** Patterns of one set at most; the results of a search have as many places. */
const PATTERNS_MAX = 65_536;
/** Longer patterns are refused by some versions: their sets stay without. */
const PATTERN_BYTES_MAX = 1024;
/** Sets compiled for one engine: each takes 1 to 10 MB. */
const SETS_MAX = 128;
const ROW_WIDTH = 6;

interface Pattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
  readonly id: number;
  readonly placeMin: number;
  readonly endMax: number;
}

export class HyperscanSearch implements NativeSearch {
  readonly name: string;
  readonly found = new Int32Array(PATTERNS_MAX);
  private readonly addon: HyperscanAddon;
  private readonly engine: HyperscanEngine;
  private setCount = 0;

  constructor(addon: HyperscanAddon, arena: Uint8Array) {
    this.addon = addon;
    this.engine = addon.hyperscanOpen(arena, this.found);
    this.name = `Hyperscan ${addon.hyperscanVersion()}`;
  }

  compile(patterns: readonly Pattern[]): NativePatterns | null {
    const isTooLong = patterns.some(({ bytes }) => bytes.length > PATTERN_BYTES_MAX);
    if (isTooLong || patterns.length > PATTERNS_MAX || this.setCount >= SETS_MAX) return null;
    this.setCount++;
    const { addon } = this;
    const { bytes, layout } = layOut(patterns);
    const set = addon.hyperscanCompile(this.engine, bytes, layout);
    return { search: (start, end) => addon.hyperscanSearch(set, start, end) };
  }
}

/** Null without the addon, or when it was built without Hyperscan. @param arena the bytes that are searched. */
export function findHyperscan(arena: Uint8Array): HyperscanSearch | null {
  const addon = findAddon();
  return addon?.hyperscanOpen === undefined
    ? null
    : new HyperscanSearch(addon as HyperscanAddon, arena);
}

/** All patterns one after the other, and a row for each. */
function layOut(patterns: readonly Pattern[]): { bytes: Uint8Array; layout: Int32Array } {
  const byteLength = patterns.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const bytes = new Uint8Array(byteLength);
  const layout = new Int32Array(patterns.length * ROW_WIDTH);
  let at = 0;
  patterns.forEach((pattern, i) => {
    const { length } = pattern.bytes;
    bytes.set(pattern.bytes, at);
    const { id, placeMin, endMax } = pattern;
    layout.set([at, length, pattern.nocase ? 1 : 0, id, placeMin, endMax], i * ROW_WIDTH);
    at += length;
  });
  return { bytes, layout };
}
