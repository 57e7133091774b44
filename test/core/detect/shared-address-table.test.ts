/** The table of addresses that threads share: exact sums, its limit, and a thread that dies with a lock. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createSharedAddresses,
  SharedAddressTable,
} from "../../../src/core/detect/shared-address-table.ts";
import { EngineThreads } from "../../support/threads/engine-threads.ts";

const THREADS = 4;
const ROUNDS = 400;
const KEYS = 60;

function setKey(table: SharedAddressTable, key: number): void {
  table.key.set(1, 7, Int32Array.of(key, 0, 0, 0));
}

function insert(table: SharedAddressTable, key: number, nowUs: number, expiresUs: number): boolean {
  setKey(table, key);
  if (!table.acquire()) return false;
  const slot = table.insert(nowUs);
  if (slot >= 0) table.expiresUs[slot] = expiresUs;
  table.release();
  return slot >= 0;
}

function amountOf(table: SharedAddressTable, key: number, nowUs = 0): number {
  setKey(table, key);
  expect(table.acquire()).toBe(true);
  const slot = table.find(nowUs);
  const amount = slot < 0 ? -1 : table.amount[slot]!;
  table.release();
  return amount;
}

describe("a shared table of addresses", () => {
  let threads: EngineThreads;

  beforeAll(async () => {
    threads = await EngineThreads.start(THREADS);
  });
  afterAll(async () => await threads.end());

  it("counts exactly while four threads count the same keys", async () => {
    const memory = createSharedAddresses(1000, 3);
    const answers = await threads.all((index) => ({
      kind: "count",
      memory,
      threadNumber: index + 1,
      rounds: ROUNDS,
      keys: KEYS,
    }));
    expect(answers.map(({ counts }) => counts[0])).toEqual([0, 0, 0, 0]);
    const table = new SharedAddressTable(memory, THREADS + 1);
    for (let key = 0; key < KEYS; key++) expect(amountOf(table, key)).toBe(THREADS * ROUNDS);
    expect(table.countOfAll).toBe(KEYS);
  });

  it("never holds more than its limit, and counts what it refuses", async () => {
    const memory = createSharedAddresses(100, 3);
    const answers = await threads.all((index) => ({
      kind: "count",
      memory,
      threadNumber: index + 1,
      rounds: 1,
      keys: 400,
    }));
    expect(new SharedAddressTable(memory, 9).countOfAll).toBe(100);
    const refused = answers.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0);
    expect(refused).toBe(THREADS * 400 - countAll(memory, 400));
  });

  it("closes the part of a thread that died with its lock; the others go on", async () => {
    const memory = createSharedAddresses(1000, 3);
    await threads.one(0, { kind: "die", memory, threadNumber: 1, key: 5 });
    const table = new SharedAddressTable(memory, 2);
    const startedMs = performance.now();
    expect(insert(table, 5, 0, 1)).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    const closedMs = performance.now();
    for (let again = 0; again < 100; again++) expect(insert(table, 5, 0, 1)).toBe(false);
    expect(performance.now() - closedMs).toBeLessThan(100);
    expect(table.closed).toBe(101);
    const others = Array.from({ length: 100 }, (_, key) => insert(table, key, 0, 1));
    expect(others.filter((isKept) => isKept).length).toBeGreaterThan(80);
  });

  it("opens a part again when the thread that was slow lets go", () => {
    const memory = createSharedAddresses(1000, 3);
    const slow = new SharedAddressTable(memory, 1);
    setKey(slow, 5);
    expect(slow.acquire()).toBe(true);
    const slot = slow.insert(0);
    slow.amount[slot] = 41;
    const other = new SharedAddressTable(memory, 2);
    expect(insert(other, 5, 0, 1)).toBe(false);
    slow.amount[slot]!++;
    slow.release();
    expect(amountOf(other, 5)).toBe(42);
  });

  it("makes room for new entries when old ones have expired", () => {
    const table = new SharedAddressTable(createSharedAddresses(64, 3), 1);
    for (let key = 0; key < 64; key++) expect(insert(table, key, 0, 10)).toBe(true);
    expect(insert(table, 99, 5, 10)).toBe(false);
    let kept = 0;
    for (let key = 100; key < 164; key++) if (insert(table, key, 11, 20)) kept++;
    expect(kept).toBeGreaterThan(40);
    expect(table.countOfAll).toBeLessThanOrEqual(64);
  });

  it("finds what is left after any removal", () => {
    const table = new SharedAddressTable(createSharedAddresses(256, 3), 1);
    for (let key = 0; key < 256; key++) insert(table, key, 0, 10);
    for (let key = 0; key < 256; key += 3) {
      setKey(table, key);
      table.acquire();
      table.remove(table.find(0));
      table.release();
    }
    for (let key = 0; key < 256; key++) expect(amountOf(table, key)).toBe(key % 3 === 0 ? -1 : 0);
    expect(table.count).toBe(table.countOfAll);
  });

  it("is empty after it was cleared", () => {
    const table = new SharedAddressTable(createSharedAddresses(64, 3), 1);
    for (let key = 0; key < 64; key++) insert(table, key, 0, Number.POSITIVE_INFINITY);
    table.clear();
    expect(table.countOfAll).toBe(0);
  });
});

/** Sum of the amounts of all keys below `keys`. */
function countAll(memory: SharedArrayBuffer, keys: number): number {
  const table = new SharedAddressTable(memory, 9);
  let sum = 0;
  for (let key = 0; key < keys; key++) sum += Math.max(0, amountOf(table, key));
  return sum;
}
