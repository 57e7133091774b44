/**
 * What lies where in the rows of a table of meters: marks of the key, its windows, counts of
 * different values, then values of 64 bits.
 */
import { DISTINCT_WORDS } from "./distinct-sketches.ts";
import type { KeyRows, RowMove } from "./key-rows.ts";
import type { Meter } from "./meter.ts";

/** Meters whose windows have one length: they begin and end together. */
export class WindowGroup {
  readonly windowSeconds: number;
  readonly meters: Meter[] = [];
  /** Word of a row that has the key's window and one; 0 before its first. */
  word = 0;

  constructor(windowSeconds: number) {
    this.windowSeconds = windowSeconds;
  }
}

/**
 * Gives everything its place and makes the rows, or makes them anew with what they hold when meters were added. Returns
 * the word with marks of the key.
 */
export function placeMeters(table: KeyRows, groups: readonly WindowGroup[]): number {
  const markWord = table.ownerStart;
  const moves: RowMove[] = [{ from: markWord, to: markWord, words: 1 }];
  let word = markWord + 1;
  /** 0 is where nothing of the owner's is: what had no place yet. */
  const place = (from: number, words: number): number => {
    const to = word;
    word += words;
    if (from > 0) moves.push({ from, to, words });
    return to;
  };
  for (const group of groups) group.word = place(group.word, 1);
  for (const group of groups) {
    for (const meter of group.meters) {
      const { distinct } = meter;
      if (distinct === null) continue;
      distinct.place(place(distinct.cellWord, DISTINCT_WORDS), group.word);
      meter.countWord = distinct.countWord;
    }
  }
  word += word & 1;
  for (const group of groups) {
    for (const meter of group.meters) {
      if (meter.distinct === null) meter.cell = place(2 * meter.cell, meter.isRatio ? 4 : 2) / 2;
    }
  }
  if (table.stride === 0) table.open(word - markWord);
  else table.reopen(word - markWord, moves);
  return markWord;
}
