/**
 * The checksum kernel agrees with the plain reference, and a checksum put into its range gives
 * zero.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/core/bytes/arena.ts";
import { internetChecksum } from "../../src/core/bytes/checksum.ts";
import { Kernels } from "../../src/core/match/kernels.ts";

const arena = new Arena(4 << 20);
const kernels = new Kernels(arena);
const room = arena.allocate(1 << 20);

const range = fc.record({
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 80, size: "max" }),
    fc.uint8Array({ maxLength: 2000, size: "max" }),
    fc.integer({ min: 0, max: 3000 }).map((length) => new Uint8Array(length).fill(255)),
  ),
  at: fc.integer({ min: 0, max: 17 }),
  initial: fc.oneof(fc.constant(0), fc.nat(0x3ffff), fc.integer({ min: 0, max: 0xffffffff })),
});

describe("checksum", () => {
  it("of the kernel is that of the reference, at any place and length", () => {
    fc.assert(
      fc.property(range, ({ bytes, at, initial }) => {
        arena.bytes.set(bytes, room + at);
        const end = room + at + bytes.length;
        const expected = internetChecksum(bytes, 0, bytes.length, initial);
        expect(kernels.checksum(room + at, end, initial)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("verifies as zero once it is written into an even place of the range", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 200, size: "max" }),
        fc.nat(),
        (bytes, seed) => {
          const place = 2 * (seed % Math.floor(bytes.length / 2));
          bytes[place] = 0;
          bytes[place + 1] = 0;
          const sum = internetChecksum(bytes, 0, bytes.length, 0x1234);
          bytes[place] = sum >> 8;
          bytes[place + 1] = sum & 255;
          expect(internetChecksum(bytes, 0, bytes.length, 0x1234)).toBe(0);
        },
      ),
    );
  });

  it("of the example in RFC 1071 is that of the RFC", () => {
    const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
    expect(internetChecksum(bytes, 0, 8, 0)).toBe(~0xddf2 & 0xffff);
  });

  it("does not overflow over a megabyte of ones", () => {
    arena.bytes.fill(255, room, room + (1 << 20));
    const expected = internetChecksum(arena.bytes, room, room + (1 << 20), 7);
    expect(kernels.checksum(room, room + (1 << 20), 7)).toBe(expected);
  });
});
