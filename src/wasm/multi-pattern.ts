/**
 * Search for many patterns at once. Patterns of 15 and more bytes are found through eight
 * registered 8-byte windows, one for each place modulo 8, so that only every eighth place of the
 * text is hashed; those of 7 to 14 through four 4-byte windows at every fourth place; those of 4 to
 * 6 through two 3-byte windows at every second place; patterns of 2 and 3 bytes, and those of small
 * sets, through a nibble filter over 16 places at once; single bytes, and classes of a few
 * patterns, by literal search.
 *
 * What a window proposes is confirmed here, byte for byte, and each pattern is written at most once
 * a search: its record is stamped with the search's generation. core/match/hash-class.ts and
 * pattern-layout.ts build the tables and draw their layout. A window may reach past the end of the
 * range, or its neighbour before its start: whatever lies there, the confirmation decides.
 */
import { isEqual } from "./compare";
import { findLiteral } from "./literal";

// Words of the search's descriptor, as byte offsets.
const GENERATION: usize = 0;
const RECORDS: usize = 4;
const OUT: usize = 8;
const SINGLES: usize = 12;
const SINGLE_COUNT: usize = 16;
const WIDE_CLASS: usize = 20;
const LONG_CLASS: usize = 36;
const MIDDLE_CLASS: usize = 52;
const SHORT_CLASS: usize = 68;
const NIBBLES: usize = 84;
const PATTERN_COUNT: usize = 88;

// Words of a class.
const FILTER: usize = 0;
const STARTS: usize = 4;
const ENTRIES: usize = 8;
const SHIFT: usize = 12;

// Words of a pattern's record.
const RECORD_SHIFT: usize = 5;
const BYTES: usize = 0;
const LENGTH: usize = 4;
const NOCASE: usize = 8;
const PLACE_MIN: usize = 12;
const END_MAX: usize = 16;
const STAMP: usize = 20;
const ID: usize = 24;
const PROBES: usize = 28;

// Parts of an entry's reference to a pattern; the place of the window is in bits 24-31.
const INDEX_MASK: u32 = 0x7fffff;
const SHORT_CHECK: u32 = 0x800000;

const MULTIPLIER: u32 = 0x9e3779b1;
const MULTIPLIER_OF_NEXT: u32 = 0x85ebca6b;

/**
 * Writes the ids of the patterns that occur in [start, end) to the descriptor's output and returns
 * their count. Patterns' own limits of place are relative to `base`.
 */
export function searchPatterns(search: usize, start: usize, end: usize, base: usize): u32 {
  startGeneration(search);
  const first = load<usize>(search, OUT);
  let out = first;
  if (load<u32>(search, SINGLE_COUNT) != 0) out = scanSingles(search, start, end, base, out);
  if (load<usize>(search, NIBBLES) != 0) out = scanShort(search, start, end, base, out);
  if (load<usize>(search, MIDDLE_CLASS) != 0) out = scanMiddle(search, start, end, base, out);
  if (load<usize>(search, LONG_CLASS) != 0) out = scanLong(search, start, end, base, out);
  if (load<usize>(search, WIDE_CLASS) != 0) out = scanWide(search, start, end, base, out);
  return <u32>(out - first) >> 2;
}

/** Makes all stamps old; when the counter has come round, by clearing them. */
@inline
function startGeneration(search: usize): void {
  let generation = load<u32>(search, GENERATION) + 1;
  if (generation == 0) {
    generation = 1;
    let record = load<usize>(search, RECORDS);
    const last = record + (<usize>load<u32>(search, PATTERN_COUNT) << RECORD_SHIFT);
    for (; record < last; record += 1 << RECORD_SHIFT) store<u32>(record, 0, STAMP);
  }
  store<u32>(search, generation, GENERATION);
}

/**
 * Folds case of four bytes so that only letters and a few signs of columns 4-5 and 6-7 coincide.
 */
@inline
function fold(window: u32): u32 {
  return window | ((window & 0x40404040) >> 1);
}

@inline
function foldLanes(windows: v128): v128 {
  return v128.or(
    windows,
    i32x4.shr_u(v128.and(windows, i32x4.splat(0x40404040)), 1),
  );
}

/** The bit of each byte's class, its lowest three bits, as the filters have it. */
@inline
function classBits(bytes: v128): v128 {
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  return i8x16.swizzle(bits, v128.and(bytes, i8x16.splat(15)));
}

@inline
function classBit(byte: u32): u32 {
  return (<u32>1) << (byte & 7);
}

/** Eight bytes at every eighth place. */
function scanWide(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + WIDE_CLASS;
  const filter = load<usize>(table, FILTER);
  const shift = load<i32>(table, SHIFT) - 4;
  let out = to;
  for (let at = start; at + 8 <= end; at += 16) {
    const h0 = hashWide(at, shift);
    const h1 = hashWide(at + 8, shift);
    const t0 = <u32>load<u16>(filter + ((h0 >> 4) << 1)) >> (h0 & 15);
    const t1 = <u32>load<u16>(filter + ((h1 >> 4) << 1)) >> (h1 & 15);
    if (((t0 | t1) & 1) == 0) continue;
    if (t0 & 1) out = probe(search, table, h0 >> 4, at, start, end, base, out);
    if (t1 & 1) out = probe(search, table, h1 >> 4, at + 8, start, end, base, out);
  }
  return out;
}

@inline
function hashWide(at: usize, shift: i32): u32 {
  const window = load<u64>(at);
  const folded = window | ((window & 0x4040404040404040) >> 1);
  return (<u32>folded * MULTIPLIER + <u32>(folded >> 32) * MULTIPLIER_OF_NEXT) >> shift;
}

/** Four bytes at every fourth place, four places at once. */
function scanLong(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + LONG_CLASS;
  const filter = load<usize>(table, FILTER);
  const shift = load<i32>(table, SHIFT);
  const multiplier = i32x4.splat(MULTIPLIER);
  let out = to;
  for (let at = start; at + 4 <= end; at += 16) {
    const hashes = i32x4.shr_u(i32x4.mul(foldLanes(v128.load(at)), multiplier), shift);
    let masks = i32x4.splat(0);
    masks = v128.load16_lane(filter + (i32x4.extract_lane(hashes, 0) << 1), masks, 0);
    masks = v128.load16_lane(filter + (i32x4.extract_lane(hashes, 1) << 1), masks, 2);
    masks = v128.load16_lane(filter + (i32x4.extract_lane(hashes, 2) << 1), masks, 4);
    masks = v128.load16_lane(filter + (i32x4.extract_lane(hashes, 3) << 1), masks, 6);
    const after = v128.and(classBits(v128.load(at, 4)), i32x4.splat(0xff));
    const before = i32x4.shl(classBits(v128.load(at - 1)), 8);
    const passed = i8x16.ne(v128.and(masks, v128.or(after, before)), i8x16.splat(0));
    let lanes: u32 = i32x4.bitmask(i32x4.eq(passed, i32x4.splat(0xffff)));
    for (; lanes != 0; lanes &= lanes - 1) {
      const place = at + (<usize>ctz(lanes) << 2);
      const hash = (fold(load<u32>(place)) * MULTIPLIER) >> shift;
      out = probe(search, table, hash, place, start, end, base, out);
    }
  }
  return out;
}

/** Three bytes at every second place, hashed in 16 bits, eight places at once. */
function scanMiddle(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + MIDDLE_CLASS;
  const filter = load<usize>(table, FILTER);
  const shift = load<i32>(table, SHIFT) - 16;
  const multiplier = i16x8.splat(<i16>MULTIPLIER);
  const multiplierOfThird = i16x8.splat(<i16>(MULTIPLIER_OF_NEXT << 8));
  let out = to;
  for (let at = start; at + 3 <= end; at += 16) {
    const first = i16x8.mul(foldLanes(v128.load(at)), multiplier);
    const third = i16x8.mul(foldLanes(v128.load(at, 2)), multiplierOfThird);
    const hashes = i16x8.shr_u(i16x8.add(first, third), shift);
    let masks = i16x8.splat(0);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 0) << 1), masks, 0);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 1) << 1), masks, 1);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 2) << 1), masks, 2);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 3) << 1), masks, 3);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 4) << 1), masks, 4);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 5) << 1), masks, 5);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 6) << 1), masks, 6);
    masks = v128.load16_lane(filter + (<usize>i16x8.extract_lane_u(hashes, 7) << 1), masks, 7);
    const after = v128.and(classBits(v128.load(at, 3)), i16x8.splat(0xff));
    const before = i16x8.shl(classBits(v128.load(at - 1)), 8);
    const passed = i8x16.ne(v128.and(masks, v128.or(after, before)), i8x16.splat(0));
    let lanes: u32 = i16x8.bitmask(i16x8.eq(passed, i16x8.splat(-1)));
    for (; lanes != 0; lanes &= lanes - 1) {
      const place = at + (<usize>ctz(lanes) << 1);
      out = probe(search, table, hashMiddle(place, shift), place, start, end, base, out);
    }
  }
  return out;
}

@inline
function hashMiddle(at: usize, shift: i32): u32 {
  const folded = fold(load<u32>(at));
  return ((folded * MULTIPLIER + (folded >> 16) * (MULTIPLIER_OF_NEXT << 8)) & 0xffff) >> shift;
}

function scanShort(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + SHORT_CLASS;
  const filter = load<usize>(table, FILTER);
  const shift = load<i32>(table, SHIFT);
  const nibbles = load<usize>(search, NIBBLES);
  const lowA = v128.load(nibbles);
  const highA = v128.load(nibbles, 16);
  const lowB = v128.load(nibbles, 32);
  const highB = v128.load(nibbles, 48);
  const lowC = v128.load(nibbles, 64);
  const highC = v128.load(nibbles, 80);
  let out = to;
  for (let block = start; block + 2 <= end; block += 16) {
    const groups = v128.and(
      groupsOf(v128.load(block), lowA, highA),
      v128.and(
        groupsOf(v128.load(block, 1), lowB, highB),
        groupsOf(v128.load(block, 2), lowC, highC),
      ),
    );
    const isNone = i8x16.eq(groups, i8x16.splat(0));
    let places: u32 = i8x16.bitmask(isNone) ^ 0xffff;
    for (; places != 0; places &= places - 1) {
      const at = block + <usize>ctz(places);
      const hash = (fold(load<u32>(at)) * (MULTIPLIER << 16)) >> shift;
      const mask: u32 = load<u16>(filter + (<usize>hash << 1));
      const after = mask & classBit(load<u8>(at, 2));
      const before = (mask >> 8) & classBit(load<u8>(at - 1));
      if (after != 0 && before != 0) out = probe(search, table, hash, at, start, end, base, out);
    }
  }
  return out;
}

/** The groups of patterns that each of 16 bytes may belong to, from its low and its high half. */
@inline
function groupsOf(bytes: v128, low: v128, high: v128): v128 {
  return v128.and(
    i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15))),
    i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
  );
}

/** Patterns that are searched one by one, within their own limits. */
function scanSingles(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const generation = load<u32>(search, GENERATION);
  let next = load<usize>(search, SINGLES);
  const last = next + (<usize>load<u32>(search, SINGLE_COUNT) << 2);
  let out = to;
  for (; next < last; next += 4) {
    const record = load<usize>(next);
    const placeMin = load<i32>(record, PLACE_MIN);
    const room = <i32>(end - base);
    const endMax = min(load<i32>(record, END_MAX), room);
    const from = max(placeMin, <i32>(start - base));
    if (endMax - from < load<i32>(record, LENGTH)) continue;
    const found = findLiteral(
      base + from,
      base + endMax,
      load<usize>(record, BYTES),
      load<u32>(record, LENGTH),
      load<u32>(record, NOCASE) != 0,
      load<u32>(record, PROBES),
    );
    if (found == -1) continue;
    store<u32>(record, generation, STAMP);
    store<u32>(out, load<u32>(record, ID));
    out += 4;
  }
  return out;
}

/** Confirms the patterns of the windows with this hash, the window being at `at` in the text. */
function probe(
  search: usize,
  table: usize,
  hash: u32,
  at: usize,
  start: usize,
  end: usize,
  base: usize,
  to: usize,
): usize {
  const slot = load<usize>(table, STARTS) + (<usize>hash << 2);
  const entries = load<usize>(table, ENTRIES);
  const last = entries + (<usize>load<u32>(slot, 4) << 3);
  let out = to;
  for (let entry = entries + (<usize>load<u32>(slot) << 3); entry < last; entry += 8) {
    const reference = load<u32>(entry, 4);
    const place = at - <usize>(reference >> 24);
    if (place < start || place >= end) continue;
    const mask: u32 = (reference & SHORT_CHECK) != 0 ? 0xffff : 0xffffffff;
    if ((fold(load<u32>(place)) & mask) != load<u32>(entry)) continue;
    const record = load<usize>(search, RECORDS) + (<usize>(reference & INDEX_MASK) << RECORD_SHIFT);
    if (!isConfirmed(search, record, place, end, base)) continue;
    store<u32>(out, load<u32>(record, ID));
    out += 4;
  }
  return out;
}

/**
 * Tells whether the pattern is at `place`, within its limits, for the first time in this search.
 */
@inline
function isConfirmed(search: usize, record: usize, place: usize, end: usize, base: usize): bool {
  const generation = load<u32>(search, GENERATION);
  if (load<u32>(record, STAMP) == generation) return false;
  const length = load<u32>(record, LENGTH);
  if (place + <usize>length > end) return false;
  const relative = <i32>(place - base);
  if (relative < load<i32>(record, PLACE_MIN)) return false;
  if (relative + <i32>length > load<i32>(record, END_MAX)) return false;
  const nocase = load<u32>(record, NOCASE) != 0;
  if (!isEqual(place, load<usize>(record, BYTES), length, nocase)) return false;
  store<u32>(record, generation, STAMP);
  return true;
}
