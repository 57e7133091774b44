/**
 * Counts of different values for the keys of a table: up to four values exactly, beside the key; from the fifth on in a
 * HyperLogLog sketch of a pool that all tables share. When the pool is empty sketches whose window is over are taken
 * back; when there are none the count stays at four, and that is counted.
 *
 * @hotpath
 */
import { addToSketch, estimateSketch, SKETCH_BYTES } from "./hyperloglog.ts";

export const EXACT_MAX = 4;
const NONE = -1;
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
    this.owners[sketch] = owner;
    this.slots[sketch] = slot;
    this.count++;
    return sketch;
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

/** The counts of one meter by slot. */
export class DistinctColumn {
  private readonly pool: SketchPool;
  /** By slot: the window of the count, and one. */
  private readonly windows: Int32Array;
  /** EXACT_MAX hashes a slot; 0 is free. */
  private readonly few: Int32Array;
  /** By slot: its sketch and one; 0 for none. */
  private readonly sketches: Int32Array;
  /** The estimate as of the last change. */
  private readonly counts: Float32Array;

  constructor(pool: SketchPool, slotCount: number, windows: Int32Array) {
    this.pool = pool;
    this.windows = windows;
    this.few = new Int32Array(slotCount * EXACT_MAX);
    this.sketches = new Int32Array(slotCount);
    this.counts = new Float32Array(slotCount);
  }

  countAt(slot: number): number {
    return this.counts[slot]!;
  }

  /** Adds a hashed value; true when the count changed. */
  add(slot: number, hash: number): boolean {
    const sketch = this.sketches[slot]! - 1;
    if (sketch !== NONE) return this.addToSketch(slot, sketch, hash);
    const value = hash === 0 ? 1 : hash | 0;
    const base = slot * EXACT_MAX;
    for (let i = base; i < base + EXACT_MAX; i++) {
      const known = this.few[i]!;
      if (known === value) return false;
      if (known !== 0) continue;
      this.few[i] = value;
      this.counts[slot]!++;
      return true;
    }
    return this.spill(slot, hash);
  }

  clear(slot: number): void {
    if (this.counts[slot] === 0) return;
    const sketch = this.sketches[slot]! - 1;
    if (sketch !== NONE) this.pool.release(sketch);
    this.sketches[slot] = 0;
    this.few.fill(0, slot * EXACT_MAX, (slot + 1) * EXACT_MAX);
    this.counts[slot] = 0;
  }

  isOver(slot: number, window: number): boolean {
    return this.windows[slot]! < window;
  }

  private spill(slot: number, hash: number): boolean {
    const sketch = this.pool.take(this, slot, this.windows[slot]!);
    if (sketch === NONE) return false;
    this.sketches[slot] = sketch + 1;
    const base = slot * EXACT_MAX;
    const { registers } = this.pool;
    for (let i = base; i < base + EXACT_MAX; i++) {
      addToSketch(registers, sketch * SKETCH_BYTES, this.few[i]!);
    }
    return this.addToSketch(slot, sketch, hash);
  }

  private addToSketch(slot: number, sketch: number, hash: number): boolean {
    const { registers } = this.pool;
    if (!addToSketch(registers, sketch * SKETCH_BYTES, hash)) return false;
    this.counts[slot] = estimateSketch(registers, sketch * SKETCH_BYTES);
    return true;
  }
}
