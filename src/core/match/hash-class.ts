/**
 * Tables for one class of patterns in a multi-pattern search: which windows of each pattern are registered, and
 * the compact hash table in which the kernel (src/wasm/multi-pattern.ts) finds them.
 *
 * With a stride of n only every n-th place of the text is hashed, so a pattern registers n windows, one for each
 * place modulo n; of those with the same remainder the rarest is taken. Layout: README.md of this folder.
 */
import { foldWindow, windowAt, windowCost } from "./rarity.ts";

/** A pattern as the search compares it: lower case when it ignores case. */
export interface SearchPattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
  readonly id: number;
  /** Where the pattern may begin and must end, in bytes from the start of the searched range. */
  readonly placeMin: number;
  readonly endMax: number;
}

export interface ClassShape {
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Bytes of a registered window. */
  readonly width: number;
  readonly stride: number;
}

export const LONG_CLASS: ClassShape = { lengthMin: 7, lengthMax: 65_535, width: 4, stride: 4 };
export const MIDDLE_CLASS: ClassShape = { lengthMin: 4, lengthMax: 6, width: 3, stride: 2 };
export const SHORT_CLASS: ClassShape = { lengthMin: 2, lengthMax: 3, width: 2, stride: 1 };

/** A bit for each hash value, the rank of each word's first bit, bucket starts by rank, and the entries. */
export interface HashClass {
  readonly bitmap: Int32Array;
  readonly ranks: Int32Array;
  readonly starts: Int32Array;
  /** Pairs: [first bytes of the pattern, folded; place of the window << 24 | index of the pattern]. */
  readonly entries: Int32Array;
  readonly shift: number;
}

const MULTIPLIER = 0x9e3779b1;
/** Bits of the bitmap for each registered window: one text window in sixteen passes by chance. */
const BITS_PER_WINDOW = 16;
const HASH_BITS_MIN = 8;
const HASH_BITS_MAX = 19;
/** Only this many places of a long pattern are considered; the place must fit eight bits. */
const PLACES_MAX = 64;
const COST_PER_CROWD_BIT = 6;

/** Builds the tables for patterns of the shape's lengths; `indexes` are their places in the whole set. */
export function buildHashClass(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): HashClass {
  const chosen = chooseWindows(patterns, indexes, shape);
  const hashBits = hashBitsFor(indexes.length * shape.stride, shape);
  const shift = 32 - hashBits;
  const count = chosen.places.length;
  const hashes = new Int32Array(count);
  const bitmap = new Int32Array(1 << (hashBits - 5));
  for (let at = 0; at < count; at++) {
    const hash = hashWindow(chosen.windows[at]!, shape.width) >>> shift;
    hashes[at] = hash;
    bitmap[hash >> 5]! |= 1 << (hash & 31);
  }
  const ranks = new Int32Array(bitmap.length);
  const bucketCount = countBits(bitmap, ranks);
  const starts = new Int32Array(bucketCount + 1);
  for (let at = 0; at < count; at++) starts[rankOf(hashes[at]!, bitmap, ranks) + 1]!++;
  for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  const entries = new Int32Array(2 * count);
  for (let at = 0; at < count; at++) {
    const index = indexes[Math.floor(at / shape.stride)]!;
    const bucket = rankOf(hashes[at]!, bitmap, ranks);
    const entry = 2 * next[bucket]!++;
    entries[entry] = windowAt(patterns[index]!.bytes, 0, Math.min(4, 2 * shape.width - 2));
    entries[entry + 1] = (chosen.places[at]! << 24) | index;
  }
  return { bitmap, ranks, starts, entries, shift };
}

interface ChosenWindows {
  /** For each pattern `stride` windows, folded, and their places in the pattern. */
  readonly windows: Int32Array;
  readonly places: Uint8Array;
}

function chooseWindows(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): ChosenWindows {
  const { width, stride } = shape;
  const crowd = new Crowd(patterns, indexes, width);
  const windows = new Int32Array(indexes.length * stride);
  const places = new Uint8Array(indexes.length * stride);
  const costs = new Int32Array(stride);
  for (let at = 0; at < indexes.length; at++) {
    const { bytes } = patterns[indexes[at]!]!;
    costs.fill(0x7fffffff);
    for (let place = 0, last = lastPlace(bytes, width); place <= last; place++) {
      const window = windowAt(bytes, place, width);
      const cost = windowCost(window, width) + crowd.cost(window);
      const slot = place % stride;
      if (cost >= costs[slot]!) continue;
      costs[slot] = cost;
      windows[at * stride + slot] = window;
      places[at * stride + slot] = place;
    }
  }
  return { windows, places };
}

/** Counts how many windows of the set are alike, so that patterns choose what tells them apart. */
class Crowd {
  private readonly counts: Uint32Array;
  private readonly shift: number;
  private readonly width: number;

  constructor(patterns: readonly SearchPattern[], indexes: readonly number[], width: number) {
    let total = 0;
    for (const index of indexes) total += lastPlace(patterns[index]!.bytes, width) + 1;
    const bits = Math.min(Math.max(32 - Math.clz32(2 * total), 4), 17);
    this.counts = new Uint32Array(1 << bits);
    this.shift = 32 - bits;
    this.width = width;
    for (const index of indexes) this.count(patterns[index]!.bytes);
  }

  cost(window: number): number {
    const count = this.counts[this.slot(window)]!;
    return COST_PER_CROWD_BIT * (31 - Math.clz32(count));
  }

  private count(bytes: Uint8Array): void {
    for (let place = 0, last = lastPlace(bytes, this.width); place <= last; place++) {
      this.counts[this.slot(windowAt(bytes, place, this.width))]!++;
    }
  }

  private slot(window: number): number {
    return hashWindow(window, this.width) >>> this.shift;
  }
}

function lastPlace(bytes: Uint8Array, width: number): number {
  return Math.min(bytes.length - width, PLACES_MAX - 1);
}

/** The kernel's hash: bytes of a window past its width are multiplied out of the word. */
function hashWindow(window: number, width: number): number {
  return Math.imul(foldWindow(window), MULTIPLIER << (32 - 8 * width));
}

function hashBitsFor(windowCount: number, shape: ClassShape): number {
  const wanted = 32 - Math.clz32(windowCount * BITS_PER_WINDOW - 1);
  return Math.min(Math.max(wanted, HASH_BITS_MIN), HASH_BITS_MAX, 8 * shape.width);
}

/** Fills `ranks` with the count of bits before each word; returns the count of all. */
function countBits(bitmap: Int32Array, ranks: Int32Array): number {
  let count = 0;
  for (let word = 0; word < bitmap.length; word++) {
    ranks[word] = count;
    count += popcount(bitmap[word]!);
  }
  return count;
}

function rankOf(hash: number, bitmap: Int32Array, ranks: Int32Array): number {
  const word = hash >> 5;
  return ranks[word]! + popcount(bitmap[word]! & ((1 << (hash & 31)) - 1));
}

function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

/**
 * Nibble tables of the filter for short patterns: for the low and the high half of the first and of the second
 * byte of a window, which of eight groups of patterns hold it. 4 * 16 bytes.
 */
export function buildNibbles(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  short: HashClass,
): Uint8Array {
  const nibbles = new Uint8Array(64);
  const places = new Map<number, number>();
  for (let entry = 0; entry < short.entries.length; entry += 2) {
    const reference = short.entries[entry + 1]!;
    places.set(reference & 0xffffff, reference >>> 24);
  }
  const order = [...indexes].sort((a, b) => firstByte(a) - firstByte(b));
  for (let at = 0; at < order.length; at++) {
    const { bytes, nocase } = patterns[order[at]!]!;
    const place = places.get(order[at]!)!;
    const group = 1 << Math.floor((8 * at) / order.length);
    addToNibbles(nibbles, 0, bytes[place]!, nocase, group);
    addToNibbles(nibbles, 32, bytes[place + 1]!, nocase, group);
  }
  return nibbles;

  function firstByte(index: number): number {
    return patterns[index]!.bytes[places.get(index)!]!;
  }
}

function addToNibbles(
  nibbles: Uint8Array,
  from: number,
  byte: number,
  nocase: boolean,
  group: number,
): void {
  nibbles[from + (byte & 15)]! |= group;
  nibbles[from + 16 + (byte >> 4)]! |= group;
  if (nocase && byte >= 97 && byte <= 122) nibbles[from + 16 + ((byte - 32) >> 4)]! |= group;
}
