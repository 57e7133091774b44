import { describe, expect, it } from "vitest";
import { ArrayPool } from "../../../src/core/bytes/array-pool.ts";
import { ByteSlab } from "../../../src/core/bytes/byte-slab.ts";
import { Random } from "../../support/random.ts";

describe("a slab", () => {
  it("keeps every copy as it was, whatever is copied later", () => {
    const random = new Random(11);
    const slab = new ByteSlab();
    const kept: { bytes: Uint8Array; at: number; wanted: Uint8Array }[] = [];
    for (let i = 0; i < 2000; i++) {
      const source = random.bytes(1 + random.below(i % 50 === 0 ? 5000 : 120));
      const start = random.below(source.length);
      const at = slab.keep(source, start, source.length);
      kept.push({ bytes: slab.bytes, at, wanted: source.slice(start) });
    }
    for (const { bytes, at, wanted } of kept) {
      expect(bytes.slice(at, at + wanted.length)).toEqual(wanted);
    }
  });

  it("puts short copies side by side in one array", () => {
    const slab = new ByteSlab();
    slab.keep(Uint8Array.of(1, 2, 3), 0, 3);
    const { bytes } = slab;
    slab.keep(Uint8Array.of(4, 5), 0, 2);
    expect(slab.bytes).toBe(bytes);
    expect([...bytes.slice(0, 5)]).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("a pool of arrays", () => {
  it("hands out what was given back, and never less than was asked for", () => {
    const pool = new ArrayPool();
    for (const size of [1, 1024, 1025, 100_000, 262_144, 262_145]) {
      expect(pool.take(size).length).toBeGreaterThanOrEqual(size);
    }
    const array = pool.take(3000);
    pool.give(array);
    expect(pool.take(2100)).toBe(array);
    expect(pool.take(2100)).not.toBe(array);
  });

  it("keeps no more than its limit", () => {
    const pool = new ArrayPool();
    const arrays = Array.from({ length: 80 }, () => pool.take(262_144));
    for (const array of arrays) pool.give(array);
    const again = new Set(Array.from({ length: 80 }, () => pool.take(262_144)));
    expect(arrays.filter((array) => again.has(array))).toHaveLength(64);
  });
});
