/** The native search finds what the WebAssembly search finds; skipped where the addon has no Hyperscan. */
import { describe, expect, it } from "vitest";
import { Arena } from "../../../src/core/bytes/arena.ts";
import { Kernels } from "../../../src/core/match/kernels.ts";
import { MatchSet, MultiPatternBuilder } from "../../../src/core/match/multi-pattern.ts";
import { NATIVE_AFTER_SEARCHES } from "../../../src/core/match/native-search.ts";
import { findHyperscan } from "../../../src/node/native/hyperscan-search.ts";
import { Random } from "../../support/random.ts";

const isThere = findHyperscan(new Uint8Array(16)) !== null;
if (!isThere) console.log("skipped: the native addon has no Hyperscan");

const ROUNDS = 300;
const TEXT_BYTES = 8000;

describe.skipIf(!isThere)("the native search", () => {
  it("finds the patterns that the WebAssembly search finds, limits of place included", async () => {
    const random = new Random(3);
    const arena = new Arena(64 << 20);
    const kernels = new Kernels(arena);
    const plain = new Kernels(arena);
    kernels.native = findHyperscan(arena.bytes);
    const withNative = new MultiPatternBuilder();
    const without = new MultiPatternBuilder();
    for (let id = 0; id < 500; id++) {
      const pattern = Uint8Array.from({ length: 1 + random.below(8) }, () => letter(random));
      const limits =
        id % 3 === 0 ? { offset: random.below(200), depth: 200 + random.below(7000) } : {};
      for (const builder of [withNative, without]) builder.add(pattern, id % 2 === 0, id, limits);
    }
    const native = withNative.build(kernels, arena);
    const wasm = without.build(plain, arena);
    const at = arena.allocate(TEXT_BYTES);
    await untilNative(kernels, native, arena, at);
    for (let round = 0; round < ROUNDS; round++) {
      const end = at + 300 + random.below(TEXT_BYTES - 300);
      for (let i = at; i < end; i++) arena.bytes[i] = letter(random);
      expect(ids(native, arena, at, end)).toEqual(ids(wasm, arena, at, end));
    }
    expect(kernels.nativeSearches).toBeGreaterThan(ROUNDS);
  });
});

/** Sets are compiled beside, once enough long ranges were searched. */
async function untilNative(
  kernels: Kernels,
  matcher: ReturnType<MultiPatternBuilder["build"]>,
  arena: Arena,
  at: number,
): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (kernels.nativeSearches === 0 && Date.now() < endMs) {
    for (let i = 0; i < NATIVE_AFTER_SEARCHES; i++) ids(matcher, arena, at, at + TEXT_BYTES);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Few values, so that patterns overlap; zero and letters of both cases are among them. */
function letter(random: Random): number {
  return random.pick([0, 0x2e, 0x41, 0x42, 0x43, 0x61, 0x62, 0x63, 0xff]);
}

function ids(
  matcher: ReturnType<MultiPatternBuilder["build"]>,
  arena: Arena,
  start: number,
  end: number,
): readonly number[] {
  const out = new MatchSet();
  matcher.search(arena.bytes, start, end, out);
  return [...out.ids.subarray(0, out.count)].sort((a, b) => a - b);
}
