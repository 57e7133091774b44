/**
 * The filter before the hash for two-byte windows: which of eight groups of patterns have a given low half and a
 * given high half in the window's first and second byte. A place whose four answers share a group is looked up.
 */
import type { SearchPattern } from "./window-choice.ts";

export const NIBBLE_BYTES = 64;

const GROUP_COUNT = 8;

/** Four tables of 16 bytes: low and high half of the first byte, then of the second; a bit for each group. */
export function buildNibbles(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  places: Uint8Array,
): Uint8Array {
  const nibbles = new Uint8Array(NIBBLE_BYTES);
  const firstByte = (at: number): number => patterns[indexes[at]!]!.bytes[places[at]!]!;
  // Neighbours in the order of their first byte share its high half, which keeps the groups selective.
  const order = indexes.map((_, at) => at).sort((a, b) => firstByte(a) - firstByte(b));
  order.forEach((at, rank) => {
    const { bytes, nocase } = patterns[indexes[at]!]!;
    const place = places[at]!;
    const group = 1 << Math.floor((GROUP_COUNT * rank) / order.length);
    addByte(nibbles, 0, bytes[place]!, nocase, group);
    addByte(nibbles, 32, bytes[place + 1]!, nocase, group);
  });
  return nibbles;
}

function addByte(
  nibbles: Uint8Array,
  from: number,
  byte: number,
  nocase: boolean,
  group: number,
): void {
  nibbles[from + (byte & 15)]! |= group;
  nibbles[from + 16 + (byte >> 4)]! |= group;
  if (nocase && byte >= 97 && byte <= 122) nibbles[from + 16 + ((byte - 32) >> 4)]! |= group;
}
