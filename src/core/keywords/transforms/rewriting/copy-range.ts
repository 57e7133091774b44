/**
 * Copies of ranges, for transforms.
 *
 * @hotpath
 */
import type { ByteRange } from "../../../detect/byte-range.ts";

/** Copies [start, end) to the output, cut at `limit`. */
export function copyRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  output: ByteRange,
  limit: number,
): void {
  const count = Math.max(0, Math.min(end - start, limit - output.start));
  const { bytes: target, start: next } = output;
  for (let index = 0; index < count; index++) target[next + index] = bytes[start + index]!;
  output.end = next + count;
}

/** White space as C's isspace sees it. */
export function isWhitespace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
