/**
 * What a native engine for many literals offers where the host has one (Hyperscan, Vectorscan): the core knows only
 * this shape. Sets may become ready later than they are asked for; the WebAssembly search serves until then.
 */
import type { SearchPattern } from "./window-choice.ts";

export interface NativePatterns {
  /**
   * Searches [start, end) of the arena. Returns how many ids were written to `found`, each once; negative when the
   * set is not ready, and `NATIVE_NEVER` when it never will be.
   */
  search(start: number, end: number): number;
}

export interface NativeSearch {
  /** Name and version, for people. */
  readonly name: string;
  /** Ids that the last search found. */
  readonly found: Int32Array;
  /** Begins to compile a set; null when this engine does not take it. */
  compile(patterns: readonly SearchPattern[]): NativePatterns | null;
}

export const NATIVE_NEVER = -2;

/**
 * Shorter ranges are searched faster without: the fixed cost of a native call and of its scan
 * (bench/kernels/multi-pattern.bench.ts).
 */
export const NATIVE_BYTES_MIN = 256;
/** A set is compiled once so many ranges of that length have been searched: rare sets are not worth it. */
export const NATIVE_AFTER_SEARCHES = 16;
/** Shorter patterns with limits of place occur too often for an engine that tells of every place. */
export const NATIVE_LENGTH_MIN = 4;
/** Patterns that the native engine is spared and that end within so many bytes are searched for only there. */
export const NATIVE_NEAR_BYTES = 4096;
/** Smaller sets are as fast without. */
export const NATIVE_PATTERNS_MIN = 16;
