/**
 * Search for many patterns at once: a set of (pattern, case, limits of place, id) is built into
 * tables in the arena; a search over a range adds the id of every pattern that occurs there to a
 * match set, each verified byte for byte. Positions are not reported: a prefilter only asks which
 * rules are worth a look.
 *
 * How it works: README.md of this folder. Knows no rules; ids are the caller's.
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import { assert } from "../bytes/assert.ts";
import { buildHashClass, type HashClass } from "./hash-class.ts";
import { FOREIGN_CHUNK_BYTES, type Kernels } from "./kernels.ts";
import { asciiLower } from "./lower-case.ts";
import {
  NATIVE_AFTER_SEARCHES,
  NATIVE_BYTES_MIN,
  NATIVE_LENGTH_MIN,
  NATIVE_NEAR_BYTES,
  NATIVE_NEVER,
  NATIVE_PATTERNS_MIN,
  type NativePatterns,
  type NativeSearch,
} from "./native-search.ts";
import { buildNibbles } from "./nibble-filter.ts";
import { writeSearch } from "./pattern-layout.ts";
import {
  type ClassShape,
  fitsClass,
  LONG_CLASS,
  MIDDLE_CLASS,
  type SearchPattern,
  SHORT_CLASS,
  WIDE_CLASS,
} from "./window-choice.ts";

/**
 * The ids that searches found, each once, in the order of discovery; reused from search to search.
 */
export class MatchSet {
  /** The first `count` are valid until the next `reset`. Replaced when the set outgrows it. */
  ids: Int32Array;
  count = 0;
  /** Generation in which an id was last added, by id. */
  private stamps: Int32Array;
  private generation = 1;

  /** `idLimit`: ids are expected below it; larger ones make the set grow. */
  constructor(idLimit = 256) {
    this.ids = new Int32Array(idLimit);
    this.stamps = new Int32Array(idLimit);
  }

  /** Empties the set. */
  reset(): void {
    this.count = 0;
    this.generation = (this.generation + 1) | 0;
    if (this.generation !== 0) return;
    this.stamps.fill(0);
    this.generation = 1;
  }

  /** Adds an id >= 0 unless it is there. */
  add(id: number): void {
    if (id >= this.stamps.length) this.grow(id);
    if (this.stamps[id] === this.generation) return;
    this.stamps[id] = this.generation;
    this.ids[this.count++] = id;
  }

  has(id: number): boolean {
    return id < this.stamps.length && this.stamps[id] === this.generation;
  }

  private grow(id: number): void {
    const length = Math.max(id + 1, 2 * this.stamps.length);
    const stamps = new Int32Array(length);
    stamps.set(this.stamps);
    const ids = new Int32Array(length);
    ids.set(this.ids);
    this.stamps = stamps;
    this.ids = ids;
  }
}

/** Where a pattern must lie, in bytes from the start of the searched range. */
export interface PatternLimits {
  /** The pattern begins at or after this place; default 0. */
  readonly offset?: number;
  /** The pattern ends at or before this place; default: the end of the range. */
  readonly depth?: number;
}

const PLACE_MAX = 0x7fffffff;
export const PATTERN_BYTES_MAX = 65_535;
/**
 * Up to this many patterns of a class are faster found one by one
 * (bench/kernels/multi-pattern.bench.ts).
 */
const SINGLES_PER_CLASS_MAX = 2;
/** The nibble filter beats two hashed passes for up to this many patterns (the same bench). */
const SHARED_FILTER_MAX = 16;
const SHORT_FILTER_MAX = 16;
/** Fewer patterns than this are not worth the pass of the wide class. */
const WIDE_MIN = 64;

export class MultiPatternBuilder {
  private readonly patterns: SearchPattern[] = [];

  get patternCount(): number {
    return this.patterns.length;
  }

  /** Adds a pattern of 1 to 65,535 bytes; several patterns may share an id, and ids a pattern. */
  add(pattern: Uint8Array, nocase: boolean, id: number, limits?: PatternLimits): void {
    assert(pattern.length > 0 && pattern.length <= PATTERN_BYTES_MAX, "length of a pattern");
    assert(id >= 0, "a negative pattern id");
    this.patterns.push({
      bytes: nocase ? asciiLower(pattern) : pattern,
      nocase,
      id,
      placeMin: Math.min(limits?.offset ?? 0, PLACE_MAX),
      endMax: Math.min(limits?.depth ?? PLACE_MAX, PLACE_MAX),
    });
  }

  /** Builds the search; its tables stay in the arena for good. About 1 ms for 500 patterns. */
  build(kernels: Kernels, arena: Arena): MultiPatternMatcher {
    assert(arena === kernels.arena, "a search in another arena");
    return buildMatcher(this.patterns, kernels);
  }
}

function buildMatcher(patterns: readonly SearchPattern[], kernels: Kernels): MultiPatternMatcher {
  const { singles, short, middle, long, wide } = divide(patterns);
  const shortClass = classOf(patterns, short, SHORT_CLASS);
  const written = writeSearch(kernels, {
    patterns,
    singles,
    wide: classOf(patterns, wide, WIDE_CLASS),
    long: classOf(patterns, long, LONG_CLASS),
    middle: classOf(patterns, middle, MIDDLE_CLASS),
    short: shortClass,
    nibbles: shortClass && buildNibbles(patterns, short, shortClass.firstPlaces),
  });
  let longest = 0;
  for (const pattern of patterns) longest = Math.max(longest, pattern.bytes.length);
  return new MultiPatternMatcher(kernels, written, patterns, longest);
}

/**
 * Whether a native engine searches for the pattern: not for those that occur all the time and of which it would have
 * to tell each time, because their place counts.
 */
function isForNative({ bytes, placeMin, endMax }: SearchPattern): boolean {
  const isFree = placeMin === 0 && endMax === PLACE_MAX;
  const isVaried = bytes.some((byte) => byte !== bytes[0]);
  if (isFree)
    return isVaried ? bytes.length > 1 : bytes.length >= NATIVE_LENGTH_MIN && bytes[0]! > 0;
  return isVaried && bytes.length >= NATIVE_LENGTH_MIN;
}

interface Division {
  readonly singles: number[];
  readonly short: number[];
  readonly middle: number[];
  readonly long: number[];
  readonly wide: number[];
}

/**
 * Indexes of the patterns by class. Few patterns share the filter of the short ones: one pass for
 * all.
 */
function divide(patterns: readonly SearchPattern[]): Division {
  const division: Division = { singles: [], short: [], middle: [], long: [], wide: [] };
  const { singles, short, middle, long, wide } = division;
  for (let index = 0; index < patterns.length; index++) {
    const { bytes } = patterns[index]!;
    if (fitsClass(bytes, WIDE_CLASS)) wide.push(index);
    else if (fitsClass(bytes, LONG_CLASS)) long.push(index);
    else if (fitsClass(bytes, MIDDLE_CLASS)) middle.push(index);
    else if (fitsClass(bytes, SHORT_CLASS)) short.push(index);
    else singles.push(index);
  }
  if (wide.length < WIDE_MIN) long.push(...wide.splice(0));
  if (short.length + middle.length + long.length <= SHARED_FILTER_MAX)
    short.push(...long.splice(0));
  if (short.length + middle.length <= SHORT_FILTER_MAX) short.push(...middle.splice(0));
  for (const indexes of [long, middle, short]) {
    if (indexes.length <= SINGLES_PER_CLASS_MAX) singles.push(...indexes.splice(0));
  }
  return division;
}

function classOf(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): HashClass | null {
  return indexes.length === 0 ? null : buildHashClass(patterns, indexes, shape);
}

export class MultiPatternMatcher {
  readonly patternCount: number;
  /** Bytes of the arena that the tables take, the patterns' own bytes left out. */
  readonly byteLength: number;
  private readonly kernels: Kernels;
  private readonly descriptor: number;
  private readonly outIndex: number;
  private readonly longest: number;
  private readonly patterns: readonly SearchPattern[];
  /** Long ranges searched before the native set was asked for. */
  private longSearches = 0;
  private native: NativePatterns | null = null;
  /** Searches for the patterns that the native set leaves out; null when there are none. */
  private rest: MultiPatternMatcher | null = null;
  /** The same for those of them that end within `nearBytes` of the start of a range. */
  private near: MultiPatternMatcher | null = null;
  private nearBytes = 0;

  constructor(
    kernels: Kernels,
    written: { readonly descriptor: number; readonly out: number; readonly byteLength: number },
    patterns: readonly SearchPattern[],
    longest: number,
  ) {
    this.kernels = kernels;
    this.patterns = patterns;
    this.patternCount = patterns.length;
    this.byteLength = written.byteLength;
    this.descriptor = written.descriptor;
    this.outIndex = written.out >>> 2;
    this.longest = longest;
  }

  /**
   * Adds the ids of all patterns that lie in [start, end) to `out`, which is not emptied before.
   */
  search(bytes: Uint8Array, start: number, end: number, out: MatchSet): void {
    if (this.patternCount === 0 || start >= end) return;
    const { kernels } = this;
    if (bytes === kernels.arena.bytes) {
      const { native } = kernels;
      const isLong = native !== null && end - start >= NATIVE_BYTES_MIN;
      if (isLong && this.searchNative(native, start, end, out)) return;
      this.searchPiece(start, end, start, out);
    } else this.searchForeign(bytes, start, end, out);
  }

  /** False when the native search did not do it. */
  private searchNative(native: NativeSearch, start: number, end: number, out: MatchSet): boolean {
    if (this.native === null) {
      if (++this.longSearches === NATIVE_AFTER_SEARCHES) this.compileNative(native);
      return false;
    }
    const count = this.native.search(start, end);
    if (count < 0) {
      if (count === NATIVE_NEVER) this.native = null;
      return false;
    }
    this.kernels.nativeSearches++;
    const { found } = native;
    for (let i = 0; i < count; i++) out.add(found[i]!);
    if (this.rest !== null) this.rest.searchPiece(start, end, start, out);
    if (this.near !== null) {
      this.near.searchPiece(start, Math.min(end, start + this.nearBytes), start, out);
    }
    return true;
  }

  /** Patterns that occur all the time stay here. */
  private compileNative(native: NativeSearch): void {
    const rare = this.patterns.filter(isForNative);
    if (rare.length < NATIVE_PATTERNS_MIN) return;
    this.native = native.compile(rare);
    if (this.native === null) return;
    const common = this.patterns.filter((pattern) => !isForNative(pattern));
    const near = common.filter(({ endMax }) => endMax <= NATIVE_NEAR_BYTES);
    const rest = common.filter(({ endMax }) => endMax > NATIVE_NEAR_BYTES);
    const { kernels } = this;
    if (rest.length > 0) this.rest = buildMatcher(rest, kernels);
    if (near.length === 0) return;
    this.near = buildMatcher(near, kernels);
    for (const { endMax } of near) this.nearBytes = Math.max(this.nearBytes, endMax);
  }

  private searchPiece(start: number, end: number, base: number, out: MatchSet): void {
    const { words } = this.kernels;
    const count = this.kernels.searchPatterns(this.descriptor, start, end, base);
    const first = this.outIndex;
    for (let index = first; index < first + count; index++) out.add(words[index]!);
  }

  /** Bytes outside the arena are copied in, in pieces that overlap by the longest pattern. */
  private searchForeign(bytes: Uint8Array, start: number, end: number, out: MatchSet): void {
    const step = FOREIGN_CHUNK_BYTES - (this.longest - 1);
    for (let piece = start; piece < end; piece += step) {
      const pieceEnd = Math.min(end, piece + FOREIGN_CHUNK_BYTES);
      const copy = this.kernels.copyForeign(bytes, piece, pieceEnd);
      this.searchPiece(copy, copy + (pieceEnd - piece), copy - (piece - start), out);
      if (pieceEnd === end) return;
    }
  }
}
