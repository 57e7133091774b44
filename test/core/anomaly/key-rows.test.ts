/** The table of keys and rows against a plain map: what is found, what goes when it is full. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyRows } from "../../../src/core/anomaly/metrics/key-rows.ts";

const IDLE_SECONDS = 3600;

function createTable(limit: number, seed = 1): KeyRows {
  const table = new KeyRows(limit, 2, seed, IDLE_SECONDS);
  table.open(3);
  return table;
}

function take(table: KeyRows, one: number, other: number, seconds: number, likely = -1): number {
  table.key[0] = one;
  table.key[1] = other;
  return table.take(seconds * 1e6, likely);
}

describe("KeyRows", () => {
  it("has all that it reads in memory that was told of before its use", () => {
    const told: ArrayBufferLike[] = [];
    const pages = ({ buffer }: Uint8Array) => void told.push(buffer);
    const table = new KeyRows(1024, 2, 1, IDLE_SECONDS, pages);
    expect(told).toEqual([]);
    table.open(3);
    const bytes = told.reduce((sum, { byteLength }) => sum + byteLength, 0);
    // Rows of 32 bytes, two places of an index of 8 bytes, and the worth.
    expect(bytes).toBe(1024 * (32 + 2 * 8 + 8));
    expect(told).toContain(table.rows.buffer);
  });

  it("finds what is in it and nothing else, through any evictions", () => {
    const keys = fc.array(fc.tuple(fc.nat(40), fc.nat(1)), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(keys, fc.nat(1000), (pairs, seed) => {
        const table = createTable(16, seed);
        const rows = new Map<number, string>();
        pairs.forEach(([one, other], i) => {
          const row = take(table, one, other, 100 + i);
          if (!table.isNew) expect(rows.get(row)).toBe(`${one} ${other}`);
          rows.set(row, `${one} ${other}`);
          expect([table.keyWord(row, 0), table.keyWord(row, 1)]).toEqual([one, other]);
          expect(table.lastSeconds(row)).toBe(100 + i);
        });
        expect(table.count).toBe(rows.size);
        for (const [row, text] of rows) {
          const [one = 0, other = 0] = text.split(" ").map(Number);
          table.key.set([one, other]);
          expect(table.find()).toBe(row);
          expect(table.guess(row)).toBe(row);
          expect(take(table, one, other, 1000, row)).toBe(row);
        }
        for (let one = 0; one <= 40; one++) {
          if ([...rows.values()].includes(`${one} 0`)) continue;
          table.key.set([one, 0]);
          expect(table.find()).toBe(-1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("takes no hint that is wrong", () => {
    const table = createTable(16);
    const first = take(table, 1, 1, 5);
    const second = take(table, 2, 2, 5);
    expect(take(table, 2, 2, 6, first)).toBe(second);
    expect(table.isNew).toBe(false);
  });

  it("gives up what is idle, then what is least active", () => {
    const table = createTable(8);
    for (let one = 0; one < 8; one++) {
      const row = take(table, one, 0, 10);
      for (let i = 0; i < one; i++) table.addActivity(row);
    }
    take(table, 100, 0, 20);
    table.key.set([0, 0]);
    expect(table.find()).toBe(-1);
    for (let one = 1; one < 8; one++) take(table, one, 0, one === 5 ? 30 : 20 + IDLE_SECONDS);
    table.key.set([100, 0]);
    take(table, 100, 0, 20 + IDLE_SECONDS);
    take(table, 101, 0, 40 + IDLE_SECONDS);
    table.key.set([5, 0]);
    expect(table.find()).toBe(-1);
    expect(table.evicted).toBe(2);
  });
});
