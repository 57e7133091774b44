/**
 * The filter before the hash of two-byte windows: which of eight groups of patterns have a given
 * low half and a given high half in the window's first and second byte and in the byte after it. A
 * place whose six answers share a group is looked up.
 */
import type { SearchPattern } from "./window-choice.ts";

const TABLE_BYTES = 32;
export const NIBBLE_BYTES = 3 * TABLE_BYTES;

const GROUP_COUNT = 8;

/** Three tables of 2 * 16 bytes: by the low and the high half of a byte, a bit for each group. */
export function buildNibbles(
  patterns: readonly SearchPattern[],
  indexes: readonly number[],
  places: Uint8Array,
): Uint8Array {
  const nibbles = new Uint8Array(NIBBLE_BYTES);
  // Windows that end their pattern let any third byte pass: they are kept together. Neighbours in
  // the order of their first byte share its high half, which keeps the groups selective.
  const rankOf = (at: number): number => {
    const { bytes } = patterns[indexes[at]!]!;
    return bytes[places[at]!]! + (places[at]! + 2 < bytes.length ? 256 : 0);
  };
  const order = indexes.map((_, at) => at).sort((a, b) => rankOf(a) - rankOf(b));
  order.forEach((at, rank) => {
    const { bytes, nocase } = patterns[indexes[at]!]!;
    const place = places[at]!;
    const group = 1 << Math.floor((GROUP_COUNT * rank) / order.length);
    for (let table = 0; table < 3; table++) {
      const from = table * TABLE_BYTES;
      if (place + table < bytes.length)
        addByte(nibbles, from, bytes[place + table]!, nocase, group);
      else addAnyByte(nibbles, from, group);
    }
  });
  return nibbles;
}

function addAnyByte(nibbles: Uint8Array, from: number, group: number): void {
  for (let index = from; index < from + TABLE_BYTES; index++) nibbles[index]! |= group;
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
