/**
 * The compact hash table of one class of patterns, in which the kernel (src/wasm/multi-pattern.ts)
 * finds the windows that window-choice.ts registered. Layout in words: README.md of this folder.
 */
import { windowAt } from "./rarity.ts";
import { type ClassShape, chooseWindows, hashWindow, type SearchPattern } from "./window-choice.ts";

export interface HashClass {
  /** A bit for each value of the hash: set when a registered window has it. */
  readonly bitmap: Int32Array;
  /**
   * For each 256 bits of the bitmap, how many bits before them are set: the number of their first
   * bucket.
   */
  readonly ranks: Int32Array;
  /** Index of each bucket's first entry, and the count of all entries. */
  readonly starts: Int32Array;
  /**
   * Pairs: [first 4 bytes of the pattern, folded, or 2 when it is shorter; place of the window
   * (bits 24-31), 1 when it is only 2 bytes (bit 23), index of the pattern (bits 0-22)].
   */
  readonly entries: Int32Array;
  readonly shift: number;
  /** Place of the first window of each pattern, in the order of the indexes. */
  readonly firstPlaces: Uint8Array;
}

/**
 * Bits of the bitmap for each registered window, so that text passes by chance once in 32 to 64
 * places.
 */
const BITS_PER_WINDOW = 32;
const HASH_BITS_MIN = 8;
const HASH_BITS_MAX = 20;
const WORDS_PER_RANK = 8;
const SHORT_CHECK = 1 << 23;

/** Builds the table for the patterns at `indexes` of the whole set; all of them fit the shape. */
export function buildHashClass(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): HashClass {
  const { windows, places } = chooseWindows(patterns, indexes, shape);
  const hashBits = hashBitsFor(windows.length, shape.width);
  const shift = 32 - hashBits;
  const hashes = windows.map((window) => hashWindow(window, shape.width) >>> shift);
  const bitmap = new Int32Array(1 << (hashBits - 5));
  for (const hash of hashes) bitmap[hash >> 5]! |= 1 << (hash & 31);
  const { ranks, bucketCount } = countRanks(bitmap);
  const buckets = hashes.map((hash) => bucketOf(hash, bitmap, ranks));
  const starts = new Int32Array(bucketCount + 1);
  for (const bucket of buckets) starts[bucket + 1]!++;
  for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  const entries = new Int32Array(2 * windows.length);
  for (let at = 0; at < windows.length; at++) {
    const index = indexes[Math.floor(at / shape.stride)]!;
    const { bytes } = patterns[index]!;
    const isShort = bytes.length < 4;
    const entry = 2 * next[buckets[at]!]!++;
    entries[entry] = windowAt(bytes, 0, isShort ? 2 : 4);
    entries[entry + 1] = (places[at]! << 24) | (isShort ? SHORT_CHECK : 0) | index;
  }
  const firstPlaces = places.filter((_, at) => at % shape.stride === 0);
  return { bitmap, ranks, starts, entries, shift, firstPlaces };
}

function hashBitsFor(windowCount: number, width: number): number {
  const wanted = 32 - Math.clz32(windowCount * BITS_PER_WINDOW - 1);
  return Math.min(Math.max(wanted, HASH_BITS_MIN), HASH_BITS_MAX, 8 * width);
}

function countRanks(bitmap: Int32Array): { ranks: Int32Array; bucketCount: number } {
  const ranks = new Int32Array(Math.ceil(bitmap.length / WORDS_PER_RANK));
  let bucketCount = 0;
  for (let word = 0; word < bitmap.length; word++) {
    if (word % WORDS_PER_RANK === 0) ranks[word / WORDS_PER_RANK] = bucketCount;
    bucketCount += popcount(bitmap[word]!);
  }
  return { ranks, bucketCount };
}

function bucketOf(hash: number, bitmap: Int32Array, ranks: Int32Array): number {
  const last = hash >> 5;
  let bucket = ranks[hash >> 8]!;
  for (let word = last & -WORDS_PER_RANK; word < last; word++) bucket += popcount(bitmap[word]!);
  return bucket + popcount(bitmap[last]! & ((1 << (hash & 31)) - 1));
}

function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}
