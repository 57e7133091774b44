import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Inflater, InflateStatus } from "../../../src/core/bytes/inflate.ts";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { Random } from "../../support/random.ts";

/** Inflates in pieces of the given sizes; null when the input is broken. */
function inflate(input: Uint8Array, inputStep: number, outputStep: number): Uint8Array | null {
  const inflater = new Inflater();
  const parts: number[] = [];
  const out = new Uint8Array(outputStep);
  let at = 0;
  for (;;) {
    // Nothing but the piece can be read again.
    const piece = input.slice(at, at + inputStep);
    const status = inflater.push(piece, 0, piece.length, out, 0, outputStep);
    for (let index = 0; index < inflater.outputEnd; index++) parts.push(out[index] ?? 0);
    at += inflater.inputEnd;
    if (status === InflateStatus.broken) return null;
    if (status === InflateStatus.done) return Uint8Array.from(parts);
    if (status === InflateStatus.needsInput && at >= input.length) return Uint8Array.from(parts);
  }
}

const random = new Random(3);
const samples: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array()],
  ["text", latin1ToBytes("the quick brown fox jumps over the lazy dog. ".repeat(60))],
  ["one byte over and over", new Uint8Array(5000).fill(65)],
  ["noise", random.bytes(3000)],
  ["more than the window", latin1ToBytes(`${"x".repeat(20_000)}abc`.repeat(4))],
];

describe("inflate", () => {
  it.each(samples)("gives back %s at any level and in any pieces", (_, plain) => {
    for (const options of [{ level: 0 }, { level: 1 }, { level: 9 }, { strategy: 4 }]) {
      const packed = new Uint8Array(deflateRawSync(plain, options));
      expect(inflate(packed, packed.length + 1, plain.length + 1)).toEqual(plain);
      expect(inflate(packed, 7, 11)).toEqual(plain);
      if (plain.length < 4000) expect(inflate(packed, 1, 1)).toEqual(plain);
    }
  });

  it("goes on fast with bits that the piece before left", () => {
    const plain = new Uint8Array(20_000);
    for (let index = 0; index < plain.length; index++) plain[index] = random.below(100);
    const packed = new Uint8Array(deflateRawSync(plain));
    for (let step = 65; step < 130; step += 8) expect(inflate(packed, step, 400)).toEqual(plain);
  });

  it("leaves what follows the data", () => {
    const packed = new Uint8Array(deflateRawSync("abc"));
    const input = Uint8Array.from([...packed, 1, 2, 3, 4, 5]);
    const inflater = new Inflater();
    const out = new Uint8Array(10);
    expect(inflater.push(input, 0, input.length, out, 0, 10)).toBe(InflateStatus.done);
    expect(inflater.inputEnd).toBe(packed.length);
    expect(inflater.outputEnd).toBe(3);
  });

  it("refuses broken data and never writes past the output", () => {
    expect(inflate(Uint8Array.of(0x07), 10, 10)).toBe(null);
    expect(inflate(Uint8Array.of(0x01, 0x01, 0x00, 0x00, 0x00, 65), 10, 10)).toBe(null);
    // A copy from before the start of the output.
    expect(inflate(Uint8Array.of(0x03, 0x02, 0x00), 10, 10)).toBe(null);
    for (let round = 0; round < 2000; round++) {
      const packed = new Uint8Array(deflateRawSync(latin1ToBytes("hello hello hello 12345")));
      const at = random.below(packed.length);
      packed[at] = random.below(256);
      const out = new Uint8Array(80).fill(170);
      const inflater = new Inflater();
      inflater.push(packed, 0, packed.length, out, 8, 72);
      expect(inflater.outputEnd).toBeLessThanOrEqual(72);
      expect(out.subarray(0, 8).every((byte) => byte === 170)).toBe(true);
      expect(out.subarray(72).every((byte) => byte === 170)).toBe(true);
    }
  });

  it("can be used again after reset", () => {
    const inflater = new Inflater();
    const out = new Uint8Array(10);
    inflater.push(Uint8Array.of(0x07), 0, 1, out, 0, 10);
    inflater.reset();
    const packed = new Uint8Array(deflateRawSync("abc"));
    expect(inflater.push(packed, 0, packed.length, out, 0, 10)).toBe(InflateStatus.done);
  });
});
