import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BrotliDecoder } from "../../../src/core/bytes/brotli.ts";
import { InflateStatus } from "../../../src/core/bytes/inflate.ts";

/** Decodes with input in pieces of `inBytes`, output in pieces of `outBytes`. */
function decode(packed: Uint8Array, inBytes: number, outBytes: number) {
  const decoder = new BrotliDecoder();
  const output = new Uint8Array(outBytes);
  const parts: number[] = [];
  let status: number = InflateStatus.needsInput;
  for (let at = 0; at < packed.length && status <= InflateStatus.outputFull; at += inBytes) {
    const end = Math.min(at + inBytes, packed.length);
    status = decoder.push(packed, at, end, output, 0, outBytes);
    for (;;) {
      for (let i = 0; i < decoder.outputEnd; i++) parts.push(output[i]!);
      if (status !== InflateStatus.outputFull) break;
      status = decoder.push(packed, end, end, output, 0, outBytes);
    }
  }
  return { bytes: Uint8Array.from(parts), status };
}

function pack(bytes: Uint8Array, quality: number, windowBits: number): Uint8Array {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: windowBits,
  };
  return new Uint8Array(brotliCompressSync(bytes, { params }));
}

/** Deterministic noise, more or less repetitive. */
function noise(length: number, range: number): Uint8Array {
  let state = 12_345 + range;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % range;
  });
}

const text = new TextEncoder().encode(
  `<!DOCTYPE html><html lang="en"><head><title>The time of day</title></head><body class="page">
  <p>Information about the development of the system, for example \u00fcber Stra\u00dfen. </p>`.repeat(
    9,
  ),
);
const samples: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array(0)],
  ["one byte", Uint8Array.of(7)],
  ["text", text],
  ["zeros", new Uint8Array(100_000)],
  ["noise of few values", noise(40_000, 5)],
  ["noise of all values", noise(40_000, 256)],
  [
    "many alphabets",
    new TextEncoder().encode("Ελληνικά, русский, 中文字符, 日本語のテキスト. ".repeat(60)),
  ],
  ["a mixture", Uint8Array.from([...text, ...noise(9000, 256), ...text, ...noise(9000, 17)])],
];

describe("brotli", () => {
  for (const [name, bytes] of samples) {
    test(`undoes what the encoder made of ${name}, however it is cut`, () => {
      for (const quality of [0, 2, 5, 9, 11]) {
        for (const windowBits of [10, 16, 22]) {
          const packed = pack(bytes, quality, windowBits);
          for (const [inBytes, outBytes] of [
            [packed.length || 1, 65_536],
            [1, 4096],
            [17, 3],
          ] as const) {
            const decoded = decode(packed, inBytes, outBytes);
            expect(decoded.status).toBe(InflateStatus.done);
            expect(Buffer.compare(decoded.bytes, bytes)).toBe(0);
          }
        }
      }
    });
  }

  test("broken data ends it, never a throw", () => {
    const packed = pack(text, 9, 16);
    for (let at = 0; at < packed.length; at++) {
      for (const bit of [1, 16, 128]) {
        const damaged = packed.slice();
        damaged[at] = damaged[at]! ^ bit;
        expect(decode(damaged, 64, 4096).bytes.length).toBeLessThan(20_000_000);
      }
    }
    for (let seed = 2; seed < 200; seed++) decode(noise(300, seed), 300, 4096);
  });
});
