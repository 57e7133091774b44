/**
 * The hash table of one class of patterns, in which the kernel (src/wasm/multi-pattern.ts) finds
 * the windows that window-choice.ts registered. Layout in words: README.md of this folder.
 */
import { windowAt } from "./rarity.ts";
import { type ClassShape, chooseWindows, type SearchPattern } from "./window-choice.ts";

export interface HashClass {
  /**
   * 16 bits for each slot, none set when no window has its hash. Eight bytes wide, the window sets
   * the bit that the next four bits of its hash name. Else the low half has a bit for each class of
   * the byte after a window, the high half one for each of the byte before: the class of a byte is
   * its lowest three bits, which letters of both cases share.
   */
  readonly filter: Uint16Array;
  /** Index of each slot's first entry, and the count of all entries. */
  readonly starts: Int32Array;
  /**
   * Pairs: [first 4 bytes of the pattern, folded, or 2 when it is shorter; place of the window
   * (bits 24-31), 1 when it is only 2 bytes (bit 23), index of the pattern (bits 0-22)].
   */
  readonly entries: Int32Array;
  /** Of the hash, to the number of a slot. */
  readonly shift: number;
  /** Place of the first window of each pattern, in the order of the indexes. */
  readonly firstPlaces: Uint8Array;
}

/** Small tables can afford to be emptier: 16 KB of filter. */
const SLOTS_PER_WINDOW = 4;
const SLOTS_PER_WINDOW_OF_FEW = 16;
const SLOTS_OF_FEW_MAX = 8192;
const SLOT_BITS_MIN = 8;
/** 64 KB of filter: more is slower to read than a fuller one is to refute. */
const SLOT_BITS_MAX = 15;
const SHORT_CHECK = 1 << 23;
const ANY_BYTE = 0xff;

/** Builds the table for the patterns at `indexes` of the whole set; all of them fit the shape. */
export function buildHashClass(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  shape: ClassShape,
): HashClass {
  const { hashes, places } = chooseWindows(patterns, indexes, shape);
  const shift = 32 - slotBitsFor(places.length);
  const filter = new Uint16Array(1 << (32 - shift));
  const starts = new Int32Array(filter.length + 1);
  const indexAt = (at: number): number => indexes[Math.floor(at / shape.stride)]!;
  for (let at = 0; at < places.length; at++) {
    const slot = hashes[at]! >>> shift;
    const { bytes } = patterns[indexAt(at)]!;
    filter[slot]! |=
      shape.width === 8
        ? 1 << ((hashes[at]! >>> (shift - 4)) & 15)
        : neighboursOf(bytes, places[at]!, shape.width);
    starts[slot + 1]!++;
  }
  for (let slot = 0; slot < filter.length; slot++) starts[slot + 1]! += starts[slot]!;
  const next = starts.slice();
  const entries = new Int32Array(2 * places.length);
  for (let at = 0; at < places.length; at++) {
    const { bytes } = patterns[indexAt(at)]!;
    const isShort = bytes.length < 4;
    const entry = 2 * next[hashes[at]! >>> shift]!++;
    entries[entry] = windowAt(bytes, 0, isShort ? 2 : 4);
    entries[entry + 1] = (places[at]! << 24) | (isShort ? SHORT_CHECK : 0) | indexAt(at);
  }
  const firstPlaces = places.filter((_, at) => at % shape.stride === 0);
  return { filter, starts, entries, shift, firstPlaces };
}

function slotBitsFor(windowCount: number): number {
  const few = Math.min(windowCount * SLOTS_PER_WINDOW_OF_FEW, SLOTS_OF_FEW_MAX);
  const wanted = 32 - Math.clz32(Math.max(windowCount * SLOTS_PER_WINDOW, few) - 1);
  return Math.min(Math.max(wanted, SLOT_BITS_MIN), SLOT_BITS_MAX);
}

/** Classes of the bytes after (bits 0-7) and before (bits 8-15) a window of the pattern. */
function neighboursOf(bytes: Uint8Array, place: number, width: number): number {
  const next = place + width;
  const after = next < bytes.length ? 1 << (bytes[next]! & 7) : ANY_BYTE;
  const before = place > 0 ? 1 << (bytes[place - 1]! & 7) : ANY_BYTE;
  return after | (before << 8);
}
