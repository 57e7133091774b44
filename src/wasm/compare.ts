/**
 * Comparison of text with a pattern of the store, 16 bytes at a time. Patterns without case are
 * stored in lower case. Reads up to 15 bytes past both.
 */

/** Lower case of the ASCII letters in 16 bytes; all other bytes stay. */
@inline
export function toLower(text: v128): v128 {
  const isUpper = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x41)), i8x16.splat(26));
  return v128.or(text, v128.and(isUpper, i8x16.splat(0x20)));
}

/** Tells whether the `length` bytes at `text` are those at `pattern`. */
@inline
export function isEqual(text: usize, pattern: usize, length: u32, nocase: bool): bool {
  let at: u32 = 0;
  for (; at + 16 < length; at += 16) {
    if (mismatches(text + at, pattern + at, nocase) != 0) return false;
  }
  return mismatches(text + at, pattern + at, nocase) << (32 - (length - at)) == 0;
}

/** A bit for each of 16 bytes that differs. */
@inline
function mismatches(text: usize, pattern: usize, nocase: bool): u32 {
  let bytes = v128.load(text);
  if (nocase) bytes = toLower(bytes);
  return i8x16.bitmask(i8x16.ne(bytes, v128.load(pattern)));
}
