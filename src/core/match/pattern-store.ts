/**
 * The bytes of all patterns of an engine, each distinct pattern once, packed into a region of the
 * arena so that the kernels can compare text with them. Patterns are never removed.
 *
 * A table with open addressing finds equal patterns; it holds no strings and no views.
 */
import type { Arena } from "../bytes/arena.ts";

const CHUNK_BYTES = 16_384;
const SLOT_COUNT_MIN = 64;

export class PatternStore {
  private readonly arena: Arena;
  private next = 0;
  private chunkEnd = 0;
  // 2 * count <= slot count; a slot is [offset in the arena, or 0 when empty; length].
  private slots = new Int32Array(2 * SLOT_COUNT_MIN);
  private count = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** Number of distinct patterns. */
  get patternCount(): number {
    return this.count;
  }

  /**
   * Arena offset of bytes equal to `pattern`, which may not be empty; copies them if they are new.
   */
  intern(pattern: Uint8Array): number {
    if (4 * this.count >= this.slots.length) this.grow();
    const slot = this.slotOf(pattern);
    const known = this.slots[slot]!;
    if (known !== 0) return known >>> 0;
    const offset = this.append(pattern);
    this.slots[slot] = offset;
    this.slots[slot + 1] = pattern.length;
    this.count++;
    return offset;
  }

  private append(pattern: Uint8Array): number {
    if (this.next + pattern.length > this.chunkEnd) {
      const chunkBytes = Math.max(CHUNK_BYTES, pattern.length);
      this.next = this.arena.allocate(chunkBytes);
      this.chunkEnd = this.next + chunkBytes;
    }
    const offset = this.next;
    this.arena.bytes.set(pattern, offset);
    this.next += pattern.length;
    return offset;
  }

  /** Index of the slot that holds the pattern, or of the empty one where it belongs. */
  private slotOf(pattern: Uint8Array): number {
    const mask = this.slots.length - 2;
    let slot = (hashOf(pattern, 0, pattern.length) << 1) & mask;
    while (this.slots[slot] !== 0 && !this.isAt(slot, pattern)) slot = (slot + 2) & mask;
    return slot;
  }

  private isAt(slot: number, pattern: Uint8Array): boolean {
    if (this.slots[slot + 1] !== pattern.length) return false;
    const bytes = this.arena.bytes;
    const offset = this.slots[slot]! >>> 0;
    for (let index = 0; index < pattern.length; index++) {
      if (bytes[offset + index] !== pattern[index]) return false;
    }
    return true;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * old.length);
    const mask = this.slots.length - 2;
    for (let from = 0; from < old.length; from += 2) {
      const offset = old[from]! >>> 0;
      if (offset === 0) continue;
      let slot = (hashOf(this.arena.bytes, offset, offset + old[from + 1]!) << 1) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 2) & mask;
      this.slots[slot] = offset;
      this.slots[slot + 1] = old[from + 1]!;
    }
  }
}

/** FNV-1a with a last mix, because the low bits choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let offset = start; offset < end; offset++) {
    hash = Math.imul(hash ^ bytes[offset]!, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
