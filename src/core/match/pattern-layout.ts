/**
 * Writes the tables of a multi-pattern search into one block of the arena, in the layout that the
 * kernel (src/wasm/multi-pattern.ts) reads. All words are 32 bits, all pointers are offsets into
 * the arena.
 *
 *   descriptor  generation, records, out, singles, count of singles, classes, nibbles,
 *               count of patterns
 *   class       filter (0: no such patterns), starts, entries, shift of the hash
 *   classes     wide, long, middle and short, four words each
 *   record      bytes, length, nocase, placeMin, endMax, stamp (generation of its last match), id,
 *               probes
 *   singles     pointers to the records that are searched one by one
 *   out         ids that the last search found, at most one for each record
 */
import type { HashClass } from "./hash-class.ts";
import type { Kernels } from "./kernels.ts";
import { NIBBLE_BYTES } from "./nibble-filter.ts";
import { choosePlaces } from "./rarity.ts";
import type { SearchPattern } from "./window-choice.ts";

export interface SearchPlan {
  readonly patterns: readonly SearchPattern[];
  /** Indexes of the patterns that are searched one by one. */
  readonly singles: readonly number[];
  readonly wide: HashClass | null;
  readonly long: HashClass | null;
  readonly middle: HashClass | null;
  readonly short: HashClass | null;
  /** Present when `short` is. */
  readonly nibbles: Uint8Array | null;
}

export interface WrittenSearch {
  /** Arena offset of the descriptor, and of the ids that a search writes. */
  readonly descriptor: number;
  readonly out: number;
  readonly byteLength: number;
}

const DESCRIPTOR_WORDS = 24;
const RECORD_WORDS = 8;
const NIBBLE_WORDS = NIBBLE_BYTES / 4;

/**
 * Allocates and writes the search; its size is proportional to the patterns, about 200 bytes for
 * each.
 */
export function writeSearch(kernels: Kernels, plan: SearchPlan): WrittenSearch {
  const recordWords = plan.patterns.length * RECORD_WORDS;
  const outWords = plan.patterns.length;
  const wordCount =
    DESCRIPTOR_WORDS +
    NIBBLE_WORDS +
    recordWords +
    outWords +
    plan.singles.length +
    wordsOf(plan.wide) +
    wordsOf(plan.long) +
    wordsOf(plan.middle) +
    wordsOf(plan.short);
  const descriptor = kernels.arena.allocate(4 * wordCount);
  const region = new Region(kernels.words, descriptor >>> 2);
  const head = region.take(DESCRIPTOR_WORDS);
  const nibbles = region.take(NIBBLE_WORDS);
  const records = region.take(recordWords);
  const out = region.take(outWords);
  const singles = region.take(plan.singles.length);
  writeRecords(kernels, plan.patterns, records);
  for (let at = 0; at < plan.singles.length; at++) {
    region.words[singles + at] = 4 * (records + plan.singles[at]! * RECORD_WORDS);
  }
  const classes = [plan.wide, plan.long, plan.middle, plan.short].flatMap((each) =>
    region.putClass(each),
  );
  if (plan.nibbles !== null) kernels.arena.bytes.set(plan.nibbles, 4 * nibbles);
  region.words.set(
    [
      0,
      4 * records,
      4 * out,
      4 * singles,
      plan.singles.length,
      ...classes,
      plan.nibbles === null ? 0 : 4 * nibbles,
      plan.patterns.length,
    ],
    head,
  );
  return { descriptor, out: 4 * out, byteLength: 4 * wordCount };
}

function wordsOf(table: HashClass | null): number {
  if (table === null) return 0;
  return table.filter.length / 2 + table.starts.length + table.entries.length;
}

function writeRecords(kernels: Kernels, patterns: readonly SearchPattern[], records: number): void {
  const words = kernels.words;
  let record = records;
  for (const pattern of patterns) {
    words[record] = kernels.patterns.intern(pattern.bytes);
    words[record + 1] = pattern.bytes.length;
    words[record + 2] = pattern.nocase ? 1 : 0;
    words[record + 3] = pattern.placeMin;
    words[record + 4] = pattern.endMax;
    words[record + 5] = 0;
    words[record + 6] = pattern.id;
    words[record + 7] = choosePlaces(pattern.bytes);
    record += RECORD_WORDS;
  }
}

/** The words of the block, handed out from the front. Places are indexes of words in the arena. */
class Region {
  readonly words: Int32Array;
  private next: number;

  constructor(words: Int32Array, start: number) {
    this.words = words;
    this.next = start;
  }

  take(wordCount: number): number {
    const place = this.next;
    this.next += wordCount;
    return place;
  }

  /** The four words of a class, its tables written. */
  putClass(table: HashClass | null): number[] {
    if (table === null) return [0, 0, 0, 0];
    const tables = [new Int32Array(table.filter.buffer), table.starts, table.entries];
    return [...tables.map((each) => this.put(each)), table.shift];
  }

  private put(table: Int32Array): number {
    const place = this.take(table.length);
    this.words.set(table, place);
    return 4 * place;
  }
}
