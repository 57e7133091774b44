import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import type { TransactionFile } from "../../../../src/core/protocols/file.ts";
import {
  defaultFilePolicy,
  TransactionFile as File,
  FileDigest,
  FileFate,
  FileState,
} from "../../../../src/core/protocols/file.ts";
import { parseContentRange } from "../../../../src/core/protocols/files/content-range.ts";
import { PartialFiles } from "../../../../src/core/protocols/files/partial-files.ts";

const SECOND_US = 1_000_000;
const policy = { ...defaultFilePolicy, digests: FileDigest.sha256, keepsUndecided: true };
const name = latin1ToBytes("/big.iso");

function content(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

function digestOf(bytes: Uint8Array): Uint8Array | null {
  const file = new File(name, 1, policy);
  file.append(bytes, 0, bytes.length);
  file.close();
  return file.sha256;
}

/** One part after the other, each from `start` up to `end`; the whole files that came of it. */
function join(
  files: PartialFiles,
  bytes: Uint8Array,
  parts: readonly (readonly [start: number, end: number])[],
): TransactionFile[] {
  const whole: TransactionFile[] = [];
  for (const [start, end] of parts) {
    const range = { start, end: end - 1, size: bytes.length };
    const part = files.open("host/big.iso", range, { name, direction: 1, timeUs: SECOND_US });
    part?.append(bytes, start, end, SECOND_US);
    const file = part?.close(FileState.closed) ?? null;
    if (file !== null) whole.push(file);
  }
  return whole;
}

describe("parts of a file", () => {
  it("give the whole file whatever their order, and hold nothing afterwards", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (found, random) => {
        const bytes = content(1000);
        const edges = [0, ...found.toSorted((a, b) => a - b), 1000];
        const parts = edges.slice(1).map((end, i) => [edges[i]!, end] as const);
        const shuffled = parts
          .map((part) => ({ part, key: random.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ part }) => part);
        const files = new PartialFiles(policy);
        const whole = join(files, bytes, shuffled);
        expect(whole.map(({ sizeBytes, state }) => [sizeBytes, state])).toEqual([
          [1000, FileState.closed],
        ]);
        expect(whole[0]?.sha256).toEqual(digestOf(bytes));
        expect(files.heldBytes).toBe(0);
      }),
    );
  });

  it("that overlap are taken once", () => {
    const bytes = content(300);
    const parts = [
      [200, 300],
      [0, 100],
      [50, 150],
      [20, 90],
      [140, 250],
    ] as const;
    const [whole] = join(new PartialFiles(policy), bytes, parts);
    expect(whole?.sha256).toEqual(digestOf(bytes));
  });

  it("beyond the memory that may wait are left out, and counted", () => {
    const files = new PartialFiles({ ...policy, partialMemoryBytes: 1500 });
    const bytes = content(4000);
    expect(join(files, bytes, [[2000, 4000]])).toEqual([]);
    expect(files.refused).toBe(1);
    expect(files.heldBytes).toBeLessThanOrEqual(1500);
  });

  it("that nobody adds to are forgotten in time", () => {
    const files = new PartialFiles({ ...policy, partialTimeoutSeconds: 60 });
    const bytes = content(100);
    join(files, bytes, [[50, 100]]);
    expect(files.heldBytes).toBeGreaterThan(0);
    const range = { start: 0, end: 9, size: 20 };
    files.open("other", range, { name, direction: 1, timeUs: 62 * SECOND_US })?.close(0);
    expect(join(files, bytes, [[0, 50]])).toEqual([]);
  });

  it("keep no content of files that cannot be stored", () => {
    const files = new PartialFiles({ ...policy, keepsUndecided: false });
    const bytes = content(5000);
    const [whole] = join(files, bytes, [
      [0, 2500],
      [2500, 5000],
    ]);
    expect(whole?.fate).toBe(FileFate.refused);
    expect(whole?.body.windowBytes).toBe(0);
    expect(whole?.sha256).toEqual(digestOf(bytes));
  });

  it("with a hole give a file that is cut", () => {
    const files = new PartialFiles(policy);
    const bytes = content(100);
    const range = { start: 0, end: 49, size: 100 };
    const part = files.open("host/big.iso", range, { name, direction: 1, timeUs: SECOND_US });
    part?.append(bytes, 0, 20, SECOND_US);
    part?.gap(30);
    expect(part?.close(FileState.closed)).toBe(null);
    const [whole] = join(files, bytes, [[50, 100]]);
    expect(whole).toMatchObject({ hasGaps: true, sizeBytes: 100, state: FileState.truncated });
  });
});

describe("Content-Range", () => {
  it.each([
    ["bytes 10-20/69", { start: 10, end: 20, size: 69 }],
    ["bytes 0-0/1", "unusable"],
    ["bytes 0-68/69", "unusable"],
    ["bytes 0-68/*", "unusable"],
    ["bytes */69", "unusable"],
    ["bytes 30-20/69", "invalid"],
    ["bytes 10-69/69", "invalid"],
    ["lines 1-2/3", "invalid"],
    ["bytes */*", "invalid"],
    ["", "invalid"],
  ] as const)("%s", (text, expected) => {
    expect(parseContentRange(text)).toEqual(expected);
  });
});
