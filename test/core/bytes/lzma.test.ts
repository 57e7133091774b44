import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { InflateStatus } from "../../../src/core/bytes/inflate.ts";
import { LzmaDecoder } from "../../../src/core/bytes/lzma.ts";

const MEBIBYTE = 1 << 20;

/** Decodes with input in pieces of `inBytes`, output in pieces of `outBytes`. */
function decode(packed: Uint8Array, inBytes: number, outBytes: number, limit = 8 * MEBIBYTE) {
  const decoder = new LzmaDecoder(limit);
  const output = new Uint8Array(outBytes);
  const parts: Uint8Array[] = [];
  let status: number = InflateStatus.needsInput;
  for (let at = 0; at < packed.length && status <= InflateStatus.outputFull; at += inBytes) {
    const end = Math.min(at + inBytes, packed.length);
    status = decoder.push(packed, at, end, output, 0, outBytes);
    for (;;) {
      parts.push(output.slice(0, decoder.outputEnd));
      if (status !== InflateStatus.outputFull) break;
      status = decoder.push(packed, end, end, output, 0, outBytes);
    }
  }
  return { bytes: Buffer.concat(parts), status, isOverMemory: decoder.isOverMemory };
}

/** Deterministic noise, more or less repetitive. */
function noise(length: number, range: number): Uint8Array {
  let state = 12_345 + range;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % range;
  });
}

const sentence = "The quick brown fox jumps over the lazy dog, again and again. ";
const text = new TextEncoder().encode(sentence.repeat(40));
const packedText = Buffer.from(
  "XQAAgAD//////////wAqGgiiAyVm8Ut4xaIF/y7m2dIgGq00+OId6EE2+twGabs85BA0Jwnrs2bj1G16uU7giAzUTmoM" +
    "dCPjOAyvam5Je+FbGFjPxgQ41T9//3qIAAA=",
  "base64",
);
const hasXz = spawnSync("xz", ["--version"]).status === 0;

describe("LZMA", () => {
  test("what is packed comes out, whatever the sizes of the pieces", () => {
    for (const [inBytes, outBytes] of [
      [1, 1],
      [1, 8192],
      [7, 3],
      [10_000, 8192],
    ] as const) {
      const { bytes, status } = decode(packedText, inBytes, outBytes);
      expect(status).toBe(InflateStatus.done);
      expect(bytes.equals(text)).toBe(true);
    }
  });

  test.skipIf(!hasXz)("files of xz come out as they were", () => {
    const samples = [noise(0, 1), noise(1, 9), noise(40_000, 5), noise(20_000, 256), text];
    for (const sample of samples) {
      for (const options of ["dict=4KiB", "dict=64KiB,lc=2,lp=2,pb=1", "lc=4,lp=0,pb=4"]) {
        const packed = execFileSync("xz", ["--format=lzma", `--lzma1=${options}`, "-c"], {
          input: sample,
        });
        for (const [inBytes, outBytes] of [
          [1, 100],
          [65_536, 8192],
        ] as const) {
          const { bytes, status } = decode(packed, inBytes, outBytes);
          expect(status).toBe(InflateStatus.done);
          expect(bytes.equals(sample)).toBe(true);
        }
      }
    }
  });

  test("a cut file gives what came and waits", () => {
    const { bytes, status } = decode(packedText.subarray(0, 60), 5, 100);
    expect(status).toBe(InflateStatus.needsInput);
    expect(bytes.length).toBeGreaterThan(40);
    expect(bytes.equals(text.subarray(0, bytes.length))).toBe(true);
  });

  test("a wrong header, a wrong first byte and a distance before the start are broken", () => {
    for (const [place, value] of [
      [0, 225],
      [13, 1],
    ] as const) {
      const wrong = Uint8Array.from(packedText);
      wrong[place] = value;
      expect(decode(wrong, 10_000, 100).status).toBe(InflateStatus.broken);
    }
    const match = Uint8Array.from(packedText).fill(0xff, 14);
    expect(decode(match, 10_000, 100).status).toBe(InflateStatus.broken);
  });

  test("what needs more memory than there may be ends", () => {
    const bigTables = Uint8Array.from(packedText);
    bigTables[0] = 4 * 9 + 8;
    const { status, isOverMemory } = decode(bigTables, 10_000, 100, MEBIBYTE);
    expect(status).toBe(InflateStatus.broken);
    expect(isOverMemory).toBe(true);
  });
});
