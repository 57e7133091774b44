/**
 * What lies where in the rows of a table of meters: marks of the key, its windows, counts of
 * different values, then values of 64 bits.
 */
import { DISTINCT_WORDS } from "./distinct-sketches.ts";
import type { KeyRows } from "./key-rows.ts";
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

/** Gives everything its place and makes the rows; returns the word with marks of the key. */
export function placeMeters(table: KeyRows, groups: readonly WindowGroup[]): number {
  const markWord = table.ownerStart;
  let word = markWord + 1;
  for (const group of groups) group.word = word++;
  for (const group of groups) {
    for (const { distinct } of group.meters) {
      if (distinct === null) continue;
      distinct.place(word, group.word);
      word += DISTINCT_WORDS;
    }
  }
  word += word & 1;
  for (const group of groups) {
    for (const meter of group.meters) {
      if (meter.distinct !== null) continue;
      meter.cell = word / 2;
      word += meter.isRatio ? 4 : 2;
    }
  }
  table.open(word - table.ownerStart);
  return markWord;
}
