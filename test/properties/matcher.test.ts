/**
 * The multi-pattern search finds what a naive search finds, for all patterns, haystacks, ranges and
 * limits.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/core/bytes/arena.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { MatchSet, MultiPatternBuilder } from "../../src/core/match/multi-pattern.ts";
import { naiveMatches, type TestPattern } from "./naive-match.ts";

const ARENA_BYTES = 8 << 20;

/** Bytes of few values, so that patterns overlap, repeat and nearly match. */
const byte = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0x41, 0x61, 0x62, 0x42, 0x2e) },
  { weight: 1, arbitrary: fc.constantFrom(0x20, 0x40, 0x60, 0x5b, 0x7b, 0xc1, 0xe1, 0xff) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

const bytesOf = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.array(byte, { minLength, maxLength, size: "max" }) },
      {
        weight: 1,
        arbitrary: fc
          .integer({ min: minLength, max: maxLength })
          .map((length) => new Array<number>(length).fill(0)),
      },
    )
    .map((values) => Uint8Array.from(values));

const limit = fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined });

const freePattern = fc.record({
  bytes: fc.oneof(bytesOf(1, 3), bytesOf(4, 6), bytesOf(7, 14), bytesOf(15, 80)),
  nocase: fc.boolean(),
  offset: limit,
  depth: limit,
});

/** A pattern cut from the haystack, perhaps with its case turned; limits are close to its place. */
const cut = fc.record({
  at: fc.nat(),
  length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })),
  nocase: fc.boolean(),
  turned: fc.boolean(),
  slackBefore: fc.option(fc.integer({ min: -1, max: 2 }), { nil: undefined }),
  slackAfter: fc.option(fc.integer({ min: -1, max: 2 }), { nil: undefined }),
});

/** Patterns of all lengths that occur nowhere: a large set is searched by other tables than a small one. */
const crowd: TestPattern[] = Array.from({ length: 400 }, (_, index) => ({
  bytes: Uint8Array.from({ length: 2 + (index % 20) }, (_, at) => 0x80 | ((index * (at + 3)) & 63)),
  nocase: false,
}));

const scenario = fc
  .record({
    haystack: bytesOf(1, 200),
    before: fc.integer({ min: 0, max: 40 }),
    after: fc.integer({ min: 0, max: 40 }),
    free: fc.array(freePattern, { maxLength: 30, size: "max" }),
    cuts: fc.array(cut, { maxLength: 40, size: "max" }),
    crowded: fc.boolean(),
  })
  .map(({ haystack, before, after, free, cuts, crowded }) => {
    const start = Math.min(before, haystack.length);
    const end = Math.max(start, haystack.length - after);
    const patterns: TestPattern[] = [...free, ...(crowded ? crowd : [])];
    for (const each of cuts) {
      const at = each.at % haystack.length;
      const bytes = haystack.slice(at, at + each.length).map((value) => {
        const isLetter = (value | 32) >= 97 && (value | 32) <= 122;
        return each.turned && isLetter ? value ^ 32 : value;
      });
      const place = Math.max(at - start, 0);
      const offset = limitAt(place, each.slackBefore, -1);
      const depth = limitAt(place + bytes.length, each.slackAfter, 1);
      patterns.push({ bytes, nocase: each.nocase, offset, depth });
    }
    return { haystack, start, end, patterns };
  });

function limitAt(place: number, slack: number | undefined, sign: number): number | undefined {
  return slack === undefined ? undefined : Math.max(0, place + sign * slack);
}

function search(
  patterns: readonly TestPattern[],
  haystack: Uint8Array,
  start: number,
  end: number,
  where: "arena" | "foreign",
): number[] {
  const arena = new Arena(ARENA_BYTES);
  const kernels = new Kernels(arena);
  const builder = new MultiPatternBuilder();
  patterns.forEach((pattern, id) => {
    const limits: { offset?: number; depth?: number } = {};
    if (pattern.offset !== undefined) limits.offset = pattern.offset;
    if (pattern.depth !== undefined) limits.depth = pattern.depth;
    builder.add(pattern.bytes, pattern.nocase, id, limits);
  });
  const matcher = builder.build(kernels, arena);
  const out = new MatchSet(4);
  let at = 0;
  let bytes = haystack;
  if (where === "arena") {
    at = arena.allocate(haystack.length + 16) + (haystack.length % 16);
    bytes = arena.bytes;
    bytes.set(haystack, at);
  }
  matcher.search(bytes, at + start, at + end, out);
  const first = [...out.ids.subarray(0, out.count)].sort((a, b) => a - b);
  out.reset();
  matcher.search(bytes, at + start, at + end, out);
  expect([...out.ids.subarray(0, out.count)].sort((a, b) => a - b)).toEqual(first);
  return first;
}

describe("multi-pattern search", () => {
  it("finds in the arena exactly the patterns that a naive search finds", () => {
    fc.assert(
      fc.property(scenario, ({ haystack, start, end, patterns }) => {
        const expected = naiveMatches(patterns, haystack, start, end);
        expect(search(patterns, haystack, start, end, "arena")).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it("finds the same in bytes outside the arena", () => {
    fc.assert(
      fc.property(scenario, ({ haystack, start, end, patterns }) => {
        const expected = naiveMatches(patterns, haystack, start, end);
        expect(search(patterns, haystack, start, end, "foreign")).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
