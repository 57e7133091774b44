/**
 * Whatever is taken and given, blocks never overlap, counts are right, and an empty pool is whole
 * again.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/core/bytes/arena.ts";
import { BlockPool } from "../../src/core/bytes/block-pool.ts";

const step = fc.oneof(
  fc.record({ take: fc.oneof(fc.nat(600), fc.nat(20_000), fc.nat(1_100_000)) }),
  fc.record({ give: fc.nat() }),
);

interface Block {
  readonly offset: number;
  readonly capacity: number;
  readonly mark: number;
}

describe("block pool", () => {
  it("gives disjoint blocks within its limit and takes everything back", () => {
    const limits = fc.constantFrom(4096, 5000, 1 << 20, (2 << 20) + 768);
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 120, size: "max" }), (limitBytes, steps) => {
        const arena = new Arena(4 << 20);
        const pool = new BlockPool(arena, limitBytes);
        const taken: Block[] = [];
        let failures = 0;
        let used = 0;
        let mark = 0;
        const give = (block: Block): void => {
          expect(arena.bytes[block.offset]).toBe(block.mark);
          expect(arena.bytes[block.offset + block.capacity - 1]).toBe(block.mark);
          pool.give(block.offset, block.capacity);
          used -= block.capacity;
        };
        for (const each of steps) {
          if ("take" in each) {
            const offset = pool.take(each.take);
            if (offset === -1) {
              failures++;
              continue;
            }
            const capacity = pool.capacityFor(each.take);
            expect(capacity).toBeGreaterThanOrEqual(each.take);
            mark = (mark + 1) & 255;
            arena.bytes.fill(mark, offset, offset + capacity);
            taken.push({ offset, capacity, mark });
            used += capacity;
          } else if (taken.length > 0) {
            give(...(taken.splice(each.give % taken.length, 1) as [Block]));
          }
          expect(pool.usedBytes).toBe(used);
          expect(used).toBeLessThanOrEqual(pool.limitBytes);
        }
        expect(pool.failures).toBe(failures);
        for (const block of taken) give(block);
        expect(pool.usedBytes).toBe(0);
        const whole = 2 ** Math.floor(Math.log2(Math.min(limitBytes, 1 << 20)));
        expect(pool.take(whole)).not.toBe(-1);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses and counts what is over the largest block or the limit", () => {
    const pool = new BlockPool(new Arena(4 << 20), 2048);
    expect(pool.take(4096)).toBe(-1);
    expect(pool.take((1 << 20) + 1)).toBe(-1);
    expect(pool.capacityFor((1 << 20) + 1)).toBe(0);
    expect(pool.failures).toBe(2);
    expect(pool.take(2048)).not.toBe(-1);
    expect(pool.take(0)).toBe(-1);
  });

  it("a block that is given back twice is our bug", () => {
    const pool = new BlockPool(new Arena(4 << 20), 4096);
    const offset = pool.take(256);
    pool.give(offset, 256);
    expect(() => pool.give(offset, 256)).toThrow("assertion");
  });
});
