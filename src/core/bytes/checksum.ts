/**
 * The Internet checksum of RFC 1071 in plain TypeScript: the reference that the kernel is tested
 * against, and the way out where there is no kernel. See match/kernels.ts for the fast one.
 */

/**
 * Returns the 16-bit one's complement of the one's complement sum of [start, end) and `initial`, an
 * unfolded sum of big-endian 16-bit words below 2^32 (the pseudo header's, or 0). An odd last byte
 * is padded with a zero. Over a range that includes a correct checksum field the result is 0.
 */
export function internetChecksum(
  bytes: Uint8Array,
  start: number,
  end: number,
  initial: number,
): number {
  let sum = initial;
  let offset = start;
  for (; offset + 1 < end; offset += 2) sum += (bytes[offset]! << 8) | bytes[offset + 1]!;
  if (offset < end) sum += bytes[offset]! << 8;
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
