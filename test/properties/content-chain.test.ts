/**
 * A chain of contents matches exactly where trying all places of all contents finds a way, and a window of a
 * stream keeps what depth means.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../../src/core/bytes/hex.ts";
import { compile, matches } from "../core/keywords/payload-harness.ts";

interface Item {
  readonly pattern: readonly number[];
  readonly negated: boolean;
  readonly nocase: boolean;
  readonly offset: number | null;
  readonly depth: number | null;
  readonly distance: number | null;
  readonly within: number | null;
  readonly endsWith: boolean;
  readonly asPcre: boolean;
}

const byte = fc.constantFrom(0x61, 0x41, 0x62, 0x63);
const small = fc.integer({ min: 0, max: 6 });
const item = fc
  .record({
    pattern: fc.array(byte, { minLength: 1, maxLength: 3 }),
    negated: fc.boolean(),
    nocase: fc.boolean(),
    relative: fc.boolean(),
    first: fc.option(fc.integer({ min: -4, max: 6 })),
    second: fc.option(small),
    endsWith: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    asPcre: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  })
  .map(({ relative, first, second, ...rest }): Item => {
    const room = second === null ? null : second + rest.pattern.length;
    const places = relative
      ? { distance: first ?? (room === null ? 0 : null), within: room, offset: null, depth: null }
      : {
          offset: first === null ? null : Math.abs(first),
          depth: room,
          distance: null,
          within: null,
        };
    return { ...rest, ...places };
  });

/** A relative content behind a negated one has its own law in Suricata (content.test.ts): not here. */
const chain = fc
  .array(item, { minLength: 1, maxLength: 5 })
  .map((items) =>
    items.map((one, at) =>
      items[at - 1]?.negated
        ? { ...one, distance: null, within: null, offset: null, depth: null }
        : one,
    ),
  );
const buffer = fc
  .array(byte, { minLength: 0, maxLength: 40 })
  .map((values) => Uint8Array.from(values));

function options({ pattern, ...one }: Item): string {
  const hex = bytesToHex(Uint8Array.from(pattern), 0, pattern.length);
  const isPlain = one.offset === null && one.depth === null && one.within === null && !one.endsWith;
  if (one.asPcre && isPlain && (one.distance === null || one.distance === 0)) {
    const text = pattern.map((value) => `\\x${value.toString(16)}`).join("");
    const flags = `${one.nocase ? "i" : ""}${one.distance === 0 ? "R" : ""}`;
    return `pcre:${one.negated ? "!" : ""}"/${text}/${flags}";`;
  }
  const parts = [`content:${one.negated ? "!" : ""}"|${hex}|";`];
  for (const name of ["offset", "depth", "distance", "within"] as const) {
    if (one[name] !== null) parts.push(`${name}:${one[name]};`);
  }
  if (one.nocase) parts.push("nocase;");
  if (one.endsWith) parts.push("endswith;");
  return parts.join(" ");
}

/** Tries every place of every content. */
function naive(items: readonly Item[], bytes: Uint8Array, index: number, place: number): boolean {
  const one = items[index];
  if (one === undefined) return true;
  const ends = endsOf(one, bytes, place);
  if (one.negated) return ends.length === 0 && naive(items, bytes, index + 1, place);
  return ends.some((end) => naive(items, bytes, index + 1, end));
}

function endsOf(one: Item, bytes: Uint8Array, place: number): number[] {
  const { length } = bytes;
  let low = one.offset ?? 0;
  let high = one.depth === null ? length : low + one.depth;
  if (one.distance !== null || one.within !== null) {
    const distance = one.distance ?? 0;
    low = Math.max(0, place + distance);
    high = one.within === null ? length : place + distance + one.within;
    if (high < 0) high = length;
  }
  high = Math.min(high, length);
  const ends: number[] = [];
  for (let at = low; at + one.pattern.length <= high; at++) {
    const end = at + one.pattern.length;
    const isHere = one.pattern.every((value, i) => same(value, bytes[at + i] ?? -1, one.nocase));
    if (isHere && (!one.endsWith || end === length)) ends.push(end);
  }
  return ends;
}

function same(a: number, b: number, nocase: boolean): boolean {
  return a === b || (nocase && (a | 32) === (b | 32));
}

describe("a chain of contents", () => {
  it("matches exactly where a naive search of all places does", () => {
    fc.assert(
      fc.property(chain, buffer, (items, bytes) => {
        const rule = compile(items.map(options).join(" "));
        expect(matches(rule, bytes)).toBe(naive(items, bytes, 0, 0));
      }),
      { numRuns: 3000 },
    );
  });

  it("finds a content with depth in a window exactly where the whole has it in that window", () => {
    fc.assert(
      fc.property(item, buffer, fc.nat(40), fc.nat(40), (one, bytes, from, size) => {
        const start = Math.min(from, bytes.length);
        const end = Math.min(bytes.length, start + size);
        const plain = { ...one, offset: null, distance: null, within: null, endsWith: false };
        const positive = { ...plain, negated: false, asPcre: false };
        const wanted = endsOf(positive, bytes, 0).some(
          (last) => last <= end && last - one.pattern.length >= start,
        );
        const rule = compile(options(positive));
        expect(matches(rule, bytes.slice(start, end), { offset: start })).toBe(wanted);
      }),
      { numRuns: 1000 },
    );
  });
});
