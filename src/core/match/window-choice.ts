/**
 * Which windows of a pattern a multi-pattern search registers. With a stride of n only every n-th
 * place of the text is hashed, so a pattern registers n windows, one for each place modulo n: of
 * those with the same remainder the one that is rarest in traffic and shared by the fewest patterns
 * of the set. The wider the window, the less text has it by chance: of eight bytes nearly none.
 *
 * A window of zeros is never registered, because runs of zeros are all over binary traffic
 * (measured: it was half of the time of a search in payloads). A pattern that cannot do without
 * goes to the next narrower class.
 */
import { byteCost, windowAt, windowCost } from "./rarity.ts";

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
  /** Bytes of a registered window. */
  readonly width: number;
  readonly stride: number;
}

export const WIDE_CLASS: ClassShape = { lengthMin: 15, width: 8, stride: 8 };
export const LONG_CLASS: ClassShape = { lengthMin: 7, width: 4, stride: 4 };
export const MIDDLE_CLASS: ClassShape = { lengthMin: 4, width: 3, stride: 2 };
export const SHORT_CLASS: ClassShape = { lengthMin: 2, width: 2, stride: 1 };

export interface ChosenWindows {
  /** For each pattern the hashes of `stride` windows before their shift, and their places. */
  readonly hashes: Uint32Array;
  readonly places: Uint8Array;
}

const MULTIPLIER = 0x9e3779b1;
const MULTIPLIER_OF_NEXT = 0x85ebca6b;
/** Only this many places of a long pattern are considered; the place must fit eight bits. */
const PLACES_MAX = 64;
const COST_PER_CROWD_BIT = 6;
const COST_OF_ANY_BYTE = 16;
const COST_OF_NO_NEIGHBOUR = 4;
const COST_NONE = 0x7fffffff;

/**
 * Tells whether the pattern is long enough for the class and has a window without zeros for each
 * remainder.
 */
export function fitsClass(bytes: Uint8Array, shape: ClassShape): boolean {
  if (bytes.length < shape.lengthMin) return false;
  let remainders = 0;
  for (let place = 0, last = lastPlace(bytes, shape.width); place <= last; place++) {
    if (!isZeroAt(bytes, place, shape.width)) remainders |= 1 << (place % shape.stride);
  }
  return remainders === (1 << shape.stride) - 1;
}

/** Chooses the windows of the patterns at `indexes`, all of which fit the class. */
export function chooseWindows(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): ChosenWindows {
  const { width, stride } = shape;
  const crowd = new Crowd(patterns, indexes, width);
  const hashes = new Uint32Array(indexes.length * stride);
  const places = new Uint8Array(indexes.length * stride);
  const costs = new Int32Array(stride);
  for (let at = 0; at < indexes.length; at++) {
    const { bytes } = patterns[indexes[at]!]!;
    costs.fill(COST_NONE);
    for (let place = 0, last = lastPlace(bytes, width); place <= last; place++) {
      if (isZeroAt(bytes, place, width)) continue;
      const hash = hashAt(bytes, place, width);
      const cost = costAt(bytes, place, shape) + crowd.cost(hash);
      const slot = place % stride;
      if (cost >= costs[slot]!) continue;
      costs[slot] = cost;
      hashes[at * stride + slot] = hash;
      places[at * stride + slot] = place;
    }
  }
  return { hashes, places };
}

/** A byte beside the window narrows the filter of its hash, where the pattern has one. */
function costAt(bytes: Uint8Array, place: number, { width }: ClassShape): number {
  if (width === 8) {
    return windowCost(windowAt(bytes, place, 4), 4) + windowCost(windowAt(bytes, place + 4, 4), 4);
  }
  const next = place + width;
  let cost = windowCost(windowAt(bytes, place, width), width);
  if (place === 0) cost += COST_OF_NO_NEIGHBOUR;
  if (next === bytes.length) cost += COST_OF_NO_NEIGHBOUR;
  if (width > 2) return cost;
  // The nibble filter looks at the byte after the window too.
  return cost + (next < bytes.length ? byteCost(bytes[next]!) : COST_OF_ANY_BYTE);
}

/**
 * The kernel's hash of a window before its shift, the high bits being the ones that count: of two
 * and four bytes a product, of eight the sum of two, of three a sum in 16 bits.
 */
function hashAt(bytes: Uint8Array, place: number, width: number): number {
  if (width === 8) {
    const next = Math.imul(windowAt(bytes, place + 4, 4), MULTIPLIER_OF_NEXT);
    return (Math.imul(windowAt(bytes, place, 4), MULTIPLIER) + next) >>> 0;
  }
  const window = windowAt(bytes, place, width);
  if (width !== 3) return Math.imul(window, MULTIPLIER << (32 - 8 * width)) >>> 0;
  const first = Math.imul(window & 0xffff, MULTIPLIER);
  const third = Math.imul(window >>> 16, MULTIPLIER_OF_NEXT << 8);
  return ((first + third) << 16) >>> 0;
}

function isZeroAt(bytes: Uint8Array, place: number, width: number): boolean {
  for (let index = place; index < place + width; index++) if (bytes[index] !== 0) return false;
  return true;
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

  cost(hash: number): number {
    return COST_PER_CROWD_BIT * (31 - Math.clz32(this.counts[hash >>> this.shift]!));
  }

  private count(bytes: Uint8Array): void {
    for (let place = 0, last = lastPlace(bytes, this.width); place <= last; place++) {
      this.counts[hashAt(bytes, place, this.width) >>> this.shift]!++;
    }
  }
}

function lastPlace(bytes: Uint8Array, width: number): number {
  return Math.min(bytes.length - width, PLACES_MAX - 1);
}
