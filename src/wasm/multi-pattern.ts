/**
 * Search for many patterns at once. Patterns of 7 and more bytes are found through four registered
 * 4-byte windows, one for each place modulo 4, so that only every fourth place of the text is
 * hashed; patterns of 4 to 6 bytes through two 3-byte windows at every second place; patterns of 2
 * and 3 bytes, and those of small sets, through a nibble filter over 16 places at once; single
 * bytes, and classes of a few patterns, by literal search.
 *
 * What a window proposes is confirmed here, byte for byte, and each pattern is written at most once
 * a search: its record is stamped with the search's generation. core/match/hash-class.ts and
 * pattern-layout.ts build the tables and draw their layout.
 */
import { isEqual } from "./compare";
import { findLiteral } from "./literal";

// Words of the search's descriptor, as byte offsets.
const GENERATION: usize = 0;
const RECORDS: usize = 4;
const OUT: usize = 8;
const SINGLES: usize = 12;
const SINGLE_COUNT: usize = 16;
const LONG_CLASS: usize = 20;
const MIDDLE_CLASS: usize = 40;
const SHORT_CLASS: usize = 60;
const NIBBLES: usize = 80;
const PATTERN_COUNT: usize = 84;

// Words of a class.
const BITMAP: usize = 0;
const RANKS: usize = 4;
const STARTS: usize = 8;
const ENTRIES: usize = 12;
const SHIFT: usize = 16;

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

/** 1 when a registered window has this hash, else 0; higher bits are noise. */
@inline
function test(bitmap: usize, hash: u32): u32 {
  return load<u32>(bitmap + ((hash >> 5) << 2)) >> (hash & 31);
}

function scanLong(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + LONG_CLASS;
  const bitmap = load<usize>(table, BITMAP);
  const shift = load<i32>(table, SHIFT);
  const multiplier = i32x4.splat(MULTIPLIER);
  let out = to;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    const hashes = i32x4.shr_u(i32x4.mul(foldLanes(v128.load(at)), multiplier), shift);
    const h0 = i32x4.extract_lane(hashes, 0);
    const h1 = i32x4.extract_lane(hashes, 1);
    const h2 = i32x4.extract_lane(hashes, 2);
    const h3 = i32x4.extract_lane(hashes, 3);
    const t0 = test(bitmap, h0);
    const t1 = test(bitmap, h1);
    const t2 = test(bitmap, h2);
    const t3 = test(bitmap, h3);
    if (((t0 | t1 | t2 | t3) & 1) == 0) continue;
    if (t0 & 1) out = probe(search, table, h0, at, start, end, base, out);
    if (t1 & 1) out = probe(search, table, h1, at + 4, start, end, base, out);
    if (t2 & 1) out = probe(search, table, h2, at + 8, start, end, base, out);
    if (t3 & 1) out = probe(search, table, h3, at + 12, start, end, base, out);
  }
  for (; at + 4 <= end; at += 4) {
    const hash = (fold(load<u32>(at)) * MULTIPLIER) >> shift;
    if (test(bitmap, hash) & 1) out = probe(search, table, hash, at, start, end, base, out);
  }
  return out;
}

function scanMiddle(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + MIDDLE_CLASS;
  const bitmap = load<usize>(table, BITMAP);
  const shift = load<i32>(table, SHIFT);
  const multiplier = i32x4.splat(MULTIPLIER << 8);
  let out = to;
  let at = start;
  for (; at + 10 <= end; at += 8) {
    // Places at, at + 2, at + 4, at + 6; the multiplier drops the fourth byte of each window.
    const text = v128.load(at);
    const windows = i8x16.shuffle(text, text, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9);
    const hashes = i32x4.shr_u(i32x4.mul(foldLanes(windows), multiplier), shift);
    const h0 = i32x4.extract_lane(hashes, 0);
    const h1 = i32x4.extract_lane(hashes, 1);
    const h2 = i32x4.extract_lane(hashes, 2);
    const h3 = i32x4.extract_lane(hashes, 3);
    const t0 = test(bitmap, h0);
    const t1 = test(bitmap, h1);
    const t2 = test(bitmap, h2);
    const t3 = test(bitmap, h3);
    if (((t0 | t1 | t2 | t3) & 1) == 0) continue;
    if (t0 & 1) out = probe(search, table, h0, at, start, end, base, out);
    if (t1 & 1) out = probe(search, table, h1, at + 2, start, end, base, out);
    if (t2 & 1) out = probe(search, table, h2, at + 4, start, end, base, out);
    if (t3 & 1) out = probe(search, table, h3, at + 6, start, end, base, out);
  }
  for (; at + 3 <= end; at += 2) {
    const hash = (fold(load<u32>(at)) * (MULTIPLIER << 8)) >> shift;
    if (test(bitmap, hash) & 1) out = probe(search, table, hash, at, start, end, base, out);
  }
  return out;
}

function scanShort(search: usize, start: usize, end: usize, base: usize, to: usize): usize {
  const table = search + SHORT_CLASS;
  const bitmap = load<usize>(table, BITMAP);
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
      if (test(bitmap, hash) & 1) out = probe(search, table, hash, at, start, end, base, out);
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
  const bucket = load<usize>(table, STARTS) + (<usize>bucketOf(table, hash) << 2);
  const entries = load<usize>(table, ENTRIES);
  const last = entries + (<usize>load<u32>(bucket, 4) << 3);
  let out = to;
  for (let entry = entries + (<usize>load<u32>(bucket) << 3); entry < last; entry += 8) {
    const reference = load<u32>(entry, 4);
    const place = at - <usize>(reference >> 24);
    if (place < start) continue;
    const mask: u32 = (reference & SHORT_CHECK) != 0 ? 0xffff : 0xffffffff;
    if ((fold(load<u32>(place)) & mask) != load<u32>(entry)) continue;
    const record = load<usize>(search, RECORDS) + (<usize>(reference & INDEX_MASK) << RECORD_SHIFT);
    if (!isConfirmed(search, record, place, end, base)) continue;
    store<u32>(out, load<u32>(record, ID));
    out += 4;
  }
  return out;
}

/** Number of the bucket of a hash whose bit is set: the count of set bits before it. */
@inline
function bucketOf(table: usize, hash: u32): u32 {
  const bitmap = load<usize>(table, BITMAP);
  let bucket = load<u32>(load<usize>(table, RANKS) + ((hash >> 8) << 2));
  let word = bitmap + ((hash >> 8) << 5);
  const last = bitmap + ((hash >> 6) << 3);
  for (; word < last; word += 8) bucket += <u32>popcnt(load<u64>(word));
  return bucket + <u32>popcnt(load<u64>(last) & ((<u64>1 << (hash & 63)) - 1));
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
