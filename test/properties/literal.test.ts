/**
 * A literal is found where a naive search finds it, in the arena and outside it, with case and
 * without.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/core/bytes/arena.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { Literal } from "../../src/core/match/literal.ts";
import { naiveFind } from "./naive-match.ts";

const byte = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 0x41, 0x61, 0x62) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

const scenario = fc.record({
  haystack: fc
    .array(byte, { minLength: 1, maxLength: 300, size: "max" })
    .map((v) => Uint8Array.from(v)),
  pattern: fc
    .oneof(
      fc.array(byte, { minLength: 1, maxLength: 5 }),
      fc.array(byte, { minLength: 1, maxLength: 40, size: "max" }),
    )
    .map((values) => Uint8Array.from(values)),
  cutAt: fc.option(fc.nat()),
  nocase: fc.boolean(),
  start: fc.integer({ min: 0, max: 40 }),
  trailing: fc.integer({ min: 0, max: 40 }),
});

describe("literal search", () => {
  it("finds the first place that a naive search finds", () => {
    const arena = new Arena(4 << 20);
    const kernels = new Kernels(arena);
    const room = arena.allocate(1024);
    fc.assert(
      fc.property(scenario, ({ haystack, pattern, cutAt, nocase, start, trailing }) => {
        const from = Math.min(start, haystack.length);
        const to = Math.max(from, haystack.length - trailing);
        const at = cutAt === null ? 0 : cutAt % haystack.length;
        const bytes = cutAt === null ? pattern : haystack.slice(at, at + pattern.length);
        const literal = new Literal(kernels, arena, bytes, nocase);
        const expected = naiveFind(bytes, nocase, haystack, from, to);
        expect(literal.find(haystack, from, to)).toBe(expected);
        const placed = room + (haystack.length % 16);
        arena.bytes.set(haystack, placed);
        const found = literal.find(arena.bytes, placed + from, placed + to);
        expect(found === -1 ? -1 : found - placed).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
