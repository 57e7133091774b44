import { describe, expect, it } from "vitest";
import { Arena } from "../../../src/core/bytes/arena.ts";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { Kernels } from "../../../src/core/match/kernels.ts";
import { Literal } from "../../../src/core/match/literal.ts";

describe("literal", () => {
  it("stores equal patterns once, whatever their case when case is ignored", () => {
    const arena = new Arena(1 << 20);
    const kernels = new Kernels(arena);
    const make = (text: string, nocase: boolean): Literal =>
      new Literal(kernels, arena, latin1ToBytes(text), nocase);
    make("Content-Type", false);
    make("content-type", true);
    make("CONTENT-TYPE", true);
    make("Content-Type", false);
    make("content-type", false);
    expect(kernels.patterns.patternCount).toBe(2);
  });

  it("40,000 literals take little memory", () => {
    const arena = new Arena(8 << 20);
    const kernels = new Kernels(arena);
    const before = arena.usedBytes;
    const literals = Array.from(
      { length: 40_000 },
      (_, index) => new Literal(kernels, arena, latin1ToBytes(`name=${index}&`), index % 2 === 0),
    );
    expect(arena.usedBytes - before).toBeLessThan(1 << 20);
    const bytes = latin1ToBytes("x".repeat(100).concat("NAME=39998&NAME=39999&"));
    const at = arena.allocate(bytes.length);
    arena.bytes.set(bytes, at);
    expect(literals[39_998]?.find(arena.bytes, at, at + bytes.length)).toBe(at + 100);
    expect(literals[39_999]?.find(arena.bytes, at, at + bytes.length)).toBe(-1);
  });

  it("a range shorter than the pattern holds no match, whatever follows it", () => {
    const arena = new Arena(1 << 20);
    const kernels = new Kernels(arena);
    const text = latin1ToBytes("0123456789".repeat(10));
    const at = arena.allocate(text.length);
    arena.bytes.set(text, at);
    const literal = new Literal(kernels, arena, text.slice(0, 50), false);
    expect(literal.find(arena.bytes, at, at + 49)).toBe(-1);
    expect(literal.find(arena.bytes, at + 1, at + 59)).toBe(-1);
    expect(literal.find(arena.bytes, at + 1, at + 60)).toBe(at + 10);
  });
});
