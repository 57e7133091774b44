/**
 * The Internet checksum (RFC 1071), 16 bytes at a step: little-endian halves are added pairwise
 * into 32-bit lanes, and the bytes of the folded sum are swapped at the end, which the one's
 * complement sum allows.
 */

/**
 * A lane gains at most 2 * 0xffff a step, so it holds this many bytes without carry out of 32 bits.
 */
const BLOCK_BYTES: usize = 1 << 18;

/** One's complement of the sum of [start, end) and `initial`, as bytes/checksum.ts defines it. */
export function checksum(start: usize, end: usize, initial: u32): u32 {
  let sum: u64 = 0;
  let offset = start;
  while (end - offset >= 16) {
    const blockEnd = end - offset > BLOCK_BYTES ? offset + BLOCK_BYTES : end;
    let lanes = i32x4.splat(0);
    for (; offset + 16 <= blockEnd; offset += 16) {
      lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_u(v128.load(offset)));
    }
    sum += <u64>(<u32>i32x4.extract_lane(lanes, 0)) + <u64>(<u32>i32x4.extract_lane(lanes, 1));
    sum += <u64>(<u32>i32x4.extract_lane(lanes, 2)) + <u64>(<u32>i32x4.extract_lane(lanes, 3));
  }
  for (; offset + 2 <= end; offset += 2) sum += <u64>load<u16>(offset);
  if (offset < end) sum += <u64>load<u8>(offset);
  const folded = fold(sum);
  const swapped = ((folded & 0xff) << 8) | (folded >> 8);
  return ~fold(<u64>swapped + <u64>initial) & 0xffff;
}

@inline
function fold(sum: u64): u32 {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return <u32>sum;
}
