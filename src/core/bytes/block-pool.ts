/**
 * A pool of byte blocks inside the arena for data that traffic makes grow: out-of-order segments,
 * partial messages, normalised buffers. Blocks are powers of two from 256 bytes to 1 MiB; a larger
 * block is halved on demand and halves are joined again when both are free, so that no mix of sizes
 * wears the pool out.
 *
 * The region is reserved up front and touched block by block. SIMD reads past a block stay in the
 * arena.
 * @hotpath
 */
import type { Arena } from "./arena.ts";
import { assert } from "./assert.ts";

const UNIT_SHIFT = 8;
const ORDER_COUNT = 13;
const BLOCK_BYTES_MIN = 1 << UNIT_SHIFT;
const BLOCK_BYTES_MAX = BLOCK_BYTES_MIN << (ORDER_COUNT - 1);
const NONE = -1;

export class BlockPool {
  /** Size of the region in bytes: the limit, rounded down to whole units of 256. */
  readonly limitBytes: number;

  // 0 <= used <= carved <= limitBytes
  private used = 0;
  private carved = 0;
  private failed = 0;
  private readonly base: number;
  /** For each unit of 256 bytes: order + 1 of the free block that begins there, else 0. */
  private readonly freeOrder: Uint8Array;
  /**
   * Offset in the region of the first free block of each order; the links lie in the free blocks.
   */
  private readonly heads = new Int32Array(ORDER_COUNT).fill(NONE);
  /** The region as words; a free block holds the offsets of the [previous, next] of its order. */
  private readonly links: Int32Array;

  constructor(arena: Arena, limitBytes: number) {
    this.limitBytes = limitBytes - (limitBytes % BLOCK_BYTES_MIN);
    this.base = arena.allocate(this.limitBytes);
    this.links = new Int32Array(arena.memory.buffer, this.base, this.limitBytes >> 2);
    this.freeOrder = new Uint8Array(this.limitBytes >> UNIT_SHIFT);
  }

  /** Bytes of the blocks that are taken, at their full capacity. */
  get usedBytes(): number {
    return this.used;
  }

  /** How often `take` had no block to give. */
  get failures(): number {
    return this.failed;
  }

  /** Capacity of the block that `take(byteLength)` gives; 0 when it is longer than 1 MiB. */
  capacityFor(byteLength: number): number {
    if (byteLength > BLOCK_BYTES_MAX) return 0;
    return BLOCK_BYTES_MIN << orderOf(byteLength);
  }

  /**
   * Arena offset of a block of `capacityFor(byteLength)` bytes, not cleared; -1 when there is none.
   */
  take(byteLength: number): number {
    const order = byteLength > BLOCK_BYTES_MAX ? ORDER_COUNT : orderOf(byteLength);
    let found = order;
    while (found < ORDER_COUNT && this.heads[found] === NONE) found++;
    if (found >= ORDER_COUNT && order < ORDER_COUNT) found = this.carve(order);
    if (found >= ORDER_COUNT) {
      this.failed++;
      return NONE;
    }
    const block = this.heads[found]!;
    this.unlink(block, found);
    while (found > order) {
      found--;
      this.link(block + (BLOCK_BYTES_MIN << found), found);
    }
    this.used += BLOCK_BYTES_MIN << order;
    return this.base + block;
  }

  /**
   * Gives back the block at arena offset `offset`; `capacity` is what `capacityFor` said for it.
   */
  give(offset: number, capacity: number): void {
    let block = offset - this.base;
    let order = orderOf(capacity);
    assert(block >= 0 && block + capacity <= this.carved, "a block of another pool was given back");
    assert(this.freeOrder[block >> UNIT_SHIFT] === 0, "a block was given back twice");
    this.used -= capacity;
    while (order < ORDER_COUNT - 1) {
      const buddy = block ^ (BLOCK_BYTES_MIN << order);
      if (this.freeOrder[buddy >> UNIT_SHIFT] !== order + 1) break;
      this.unlink(buddy, order);
      block = Math.min(block, buddy);
      order++;
    }
    this.link(block, order);
  }

  /**
   * Frees untouched blocks until one holds `order`; returns its order, `ORDER_COUNT` when none is
   * left.
   */
  private carve(order: number): number {
    while (this.carved < this.limitBytes) {
      const left = this.limitBytes - this.carved;
      const top = Math.min(ORDER_COUNT - 1, 31 - Math.clz32(left >> UNIT_SHIFT));
      this.link(this.carved, top);
      this.carved += BLOCK_BYTES_MIN << top;
      if (top >= order) return top;
    }
    return ORDER_COUNT;
  }

  private link(block: number, order: number): void {
    const next = this.heads[order]!;
    this.links[block >> 2] = NONE;
    this.links[(block >> 2) + 1] = next;
    if (next !== NONE) this.links[next >> 2] = block;
    this.heads[order] = block;
    this.freeOrder[block >> UNIT_SHIFT] = order + 1;
  }

  private unlink(block: number, order: number): void {
    const previous = this.links[block >> 2]!;
    const next = this.links[(block >> 2) + 1]!;
    if (previous === NONE) this.heads[order] = next;
    else this.links[(previous >> 2) + 1] = next;
    if (next !== NONE) this.links[next >> 2] = previous;
    this.freeOrder[block >> UNIT_SHIFT] = 0;
  }
}

/**
 * Order of the smallest block that holds `byteLength` bytes: 0 for up to 256, 12 for up to 1 MiB.
 */
function orderOf(byteLength: number): number {
  if (byteLength <= BLOCK_BYTES_MIN) return 0;
  return 32 - Math.clz32((byteLength - 1) >> UNIT_SHIFT);
}
