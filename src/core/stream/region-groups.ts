/**
 * Regions of a stream that lie far apart count as separate groups, of which a stream may have only so many; and
 * the comparison of bytes that overlap.
 *
 * @hotpath
 */

/** Pieces that lie further apart than this are separate. */
const FAR_APART_BYTES = 262_144;

export function groupsOf(
  starts: readonly number[],
  ends: readonly number[],
  count: number,
): number {
  let groups = 1;
  for (let i = 1; i < count; i++) if (starts[i]! - ends[i - 1]! >= FAR_APART_BYTES) groups++;
  return groups;
}

/** Whether one more region, [start, end), may begin before the one at `index`. */
export function isRoomFor(
  starts: readonly number[],
  ends: readonly number[],
  count: number,
  index: number,
  start: number,
  end: number,
  groupLimit: number,
): boolean {
  if (count === 0) return true;
  const isNear =
    (index > 0 && start - ends[index - 1]! < FAR_APART_BYTES) ||
    (index < count && starts[index]! - end < FAR_APART_BYTES);
  return isNear || groupsOf(starts, ends, count) < groupLimit;
}

export function differs(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return true;
  return false;
}
