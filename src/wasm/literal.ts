/**
 * Search for one literal: 16 places a step are tested for the two rarest bytes of the pattern, and
 * places where both are right are compared in full. Case is folded for the two bytes by an OR that
 * is exact for letters: 0x20 where the pattern byte is a letter without case, else 0.
 */
import { isEqual } from "./compare";

/**
 * First offset in [start, end) where the `length` >= 1 bytes at `pattern` occur, or -1. `probes`
 * holds the places of the two rare bytes in the pattern: bits 0-15 and 16-31.
 */
export function findLiteral(
  start: usize,
  end: usize,
  pattern: usize,
  length: u32,
  nocase: bool,
  probes: u32,
): i32 {
  if (end - start < <usize>length) return -1;
  const probeA = <usize>(probes & 0xffff);
  const probeB = <usize>(probes >> 16);
  const byteA = load<u8>(pattern + probeA);
  const byteB = load<u8>(pattern + probeB);
  const wantedA = i8x16.splat(byteA);
  const wantedB = i8x16.splat(byteB);
  const foldA = i8x16.splat(foldOf(byteA, nocase));
  const foldB = i8x16.splat(foldOf(byteB, nocase));
  const last = end - <usize>length;
  for (let at = start; at <= last; at += 16) {
    const a = i8x16.eq(v128.or(v128.load(at + probeA), foldA), wantedA);
    const b = i8x16.eq(v128.or(v128.load(at + probeB), foldB), wantedB);
    let places = i8x16.bitmask(v128.and(a, b));
    while (places != 0) {
      const place = at + <usize>ctz(places);
      if (place > last) return -1;
      if (isEqual(place, pattern, length, nocase)) return <i32>place;
      places &= places - 1;
    }
  }
  return -1;
}

@inline
function foldOf(byte: u8, nocase: bool): i8 {
  return nocase && byte >= 0x61 && byte <= 0x7a ? 0x20 : 0;
}
