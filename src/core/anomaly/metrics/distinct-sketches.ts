/**
 * Counts of different values for the keys of a table: up to four values exactly, beside the key; from the fifth on in a
 * HyperLogLog sketch of a pool that all tables share. When the pool is empty sketches whose window is over are taken
 * back; when there are none the count stays at four, and that is counted.
 *
 * @hotpath
 */

import { estimateCount, rankOf, registerOf, SKETCH_BYTES, shareOf } from "./hyperloglog.ts";
import type { KeyRows } from "./key-rows.ts";

export const EXACT_MAX = 4;
const NONE = -1;
/** Words of a count. */
export const DISTINCT_WORDS = 6;
const SKETCH = 4;
const COUNT = 5;
/** Sketches that are looked at for one to take back. */
const SEARCH_MAX = 64;

/** The sketches of one engine. */
export class SketchPool {
  readonly limitCount: number;
  readonly registers: Uint8Array;
  /** Sketches in use. */
  count = 0;
  /** Values that found no sketch. */
  refused = 0;
  /** By sketch: the sum of its registers' shares, and how many are empty. */
  private readonly sums: Float64Array;
  private readonly empties: Int32Array;
  /** By sketch: who has it, and the slot there. */
  private readonly owners: (DistinctColumn | null)[];
  private readonly slots: Int32Array;
  private readonly free: Int32Array;
  private freeCount: number;
  private hand = 0;

  constructor(limitCount: number) {
    this.limitCount = limitCount;
    this.registers = new Uint8Array(limitCount * SKETCH_BYTES);
    this.owners = new Array<DistinctColumn | null>(limitCount).fill(null);
    this.slots = new Int32Array(limitCount);
    this.sums = new Float64Array(limitCount);
    this.empties = new Int32Array(limitCount);
    this.free = Int32Array.from({ length: limitCount }, (_, index) => limitCount - 1 - index);
    this.freeCount = limitCount;
  }

  /** A sketch with nothing in it, or -1. */
  take(owner: DistinctColumn, slot: number, window: number): number {
    if (this.freeCount === 0) this.takeBack(window);
    if (this.freeCount === 0) {
      this.refused++;
      return NONE;
    }
    const sketch = this.free[--this.freeCount]!;
    this.registers.fill(0, sketch * SKETCH_BYTES, (sketch + 1) * SKETCH_BYTES);
    this.sums[sketch] = this.empties[sketch] = SKETCH_BYTES;
    this.owners[sketch] = owner;
    this.slots[sketch] = slot;
    this.count++;
    return sketch;
  }

  /** Adds a hashed value; true when the sketch changed. */
  add(sketch: number, hash: number): boolean {
    const { registers } = this;
    const at = sketch * SKETCH_BYTES + registerOf(hash);
    const rank = rankOf(hash);
    const known = registers[at]!;
    if (rank <= known) return false;
    registers[at] = rank;
    this.sums[sketch]! += shareOf(rank) - shareOf(known);
    if (known === 0) this.empties[sketch]!--;
    return true;
  }

  estimate(sketch: number): number {
    return Math.round(estimateCount(this.sums[sketch]!, this.empties[sketch]!));
  }

  release(sketch: number): void {
    this.owners[sketch] = null;
    this.free[this.freeCount++] = sketch;
    this.count--;
  }

  private takeBack(window: number): void {
    for (let i = 0; i < SEARCH_MAX; i++) {
      const sketch = this.hand;
      this.hand = (this.hand + 1) % this.limitCount;
      const owner = this.owners[sketch];
      if (owner?.isOver(this.slots[sketch]!, window) === true) owner.clear(this.slots[sketch]!);
    }
  }
}

/** The counts of one meter, in the rows of its table. */
export class DistinctColumn {
  private readonly pool: SketchPool;
  private readonly table: KeyRows;
  /**
   * Word of a row where the count begins: EXACT_MAX hashes (0 is free), its sketch and one (0 for none), the count; and
   * the word with its window and one.
   */
  cellWord = 0;
  private windowWord = 0;

  constructor(pool: SketchPool, table: KeyRows) {
    this.pool = pool;
    this.table = table;
  }

  /** Where in a row it is; before the first key. */
  place(cellWord: number, windowWord: number): void {
    this.cellWord = cellWord;
    this.windowWord = windowWord;
  }

  /** Word of a row with the count. */
  get countWord(): number {
    return this.cellWord + COUNT;
  }

  countAt(slot: number): number {
    return this.table.rows[this.baseOf(slot) + COUNT]!;
  }

  /** Adds a hashed value. */
  add(slot: number, hash: number): void {
    const { rows } = this.table;
    const base = this.baseOf(slot);
    const sketch = rows[base + SKETCH]! - 1;
    if (sketch !== NONE) {
      this.addToSketch(base, sketch, hash);
      return;
    }
    const value = hash === 0 ? 1 : hash | 0;
    for (let i = base; i < base + EXACT_MAX; i++) {
      const known = rows[i]!;
      if (known === value) return;
      if (known !== 0) continue;
      rows[i] = value;
      rows[base + COUNT]!++;
      return;
    }
    this.spill(slot, hash);
  }

  clear(slot: number): void {
    const { rows } = this.table;
    const base = this.baseOf(slot);
    if (rows[base + COUNT] === 0) return;
    const sketch = rows[base + SKETCH]! - 1;
    if (sketch !== NONE) this.pool.release(sketch);
    for (let i = base; i < base + DISTINCT_WORDS; i++) rows[i] = 0;
  }

  isOver(slot: number, window: number): boolean {
    return this.windowAt(slot) < window;
  }

  private baseOf(slot: number): number {
    return slot * this.table.stride + this.cellWord;
  }

  private windowAt(slot: number): number {
    return this.table.rows[slot * this.table.stride + this.windowWord]!;
  }

  private spill(slot: number, hash: number): void {
    const { rows } = this.table;
    const base = this.baseOf(slot);
    const sketch = this.pool.take(this, slot, this.windowAt(slot));
    if (sketch === NONE) return;
    rows[base + SKETCH] = sketch + 1;
    for (let i = base; i < base + EXACT_MAX; i++) this.pool.add(sketch, rows[i]!);
    this.addToSketch(base, sketch, hash);
  }

  private addToSketch(base: number, sketch: number, hash: number): void {
    const { pool } = this;
    if (pool.add(sketch, hash)) this.table.rows[base + COUNT] = pool.estimate(sketch);
  }
}
