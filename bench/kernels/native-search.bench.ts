/**
 * Hyperscan beside the WebAssembly search over real pattern groups and buffers of several lengths: where the
 * crossover is. Needs the native addon (its file in SHRIKE_NATIVE) and the rules and captures in ../shared.
 */
import { Arena } from "../../src/core/bytes/arena.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import {
  MatchSet,
  MultiPatternBuilder,
  type MultiPatternMatcher,
} from "../../src/core/match/multi-pattern.ts";
import { findHyperscan } from "../../src/node/native/hyperscan-search.ts";
import { readPatternGroups, rulesFile } from "../../test/core/match/real-patterns.ts";
import { capturesFolder, readPayloads } from "../../test/core/match/real-payloads.ts";
import { timeVariants, type Variant } from "./timing.ts";

const LENGTHS = [256, 512, 1344, 4096, 16_384];
/** Ranges that every variant searches, spread over the text. */
const PLACES = 64;
const TEXT_BYTES = 4 << 20;
const PATTERNS_MIN = 300;
const COMPILE_MS_MAX = 20_000;

const arena = new Arena(512 << 20);
const plain = new Kernels(arena);
const kernels = new Kernels(arena);
kernels.native = findHyperscan(arena.bytes);
if (kernels.native === null) {
  throw new Error("no addon with Hyperscan: SHRIKE_NATIVE=dist/native/shrike.node");
}
const text = arena.allocate(TEXT_BYTES);
let filled = 0;
for (const payload of readPayloads(capturesFolder, 2 * TEXT_BYTES).tcp) {
  if (filled + payload.length > TEXT_BYTES) break;
  arena.bytes.set(payload, text + filled);
  filled += payload.length;
}
const out = new MatchSet();

/** Searches as the product does, until its native set is compiled. */
async function warm(matcher: MultiPatternMatcher): Promise<void> {
  const endMs = Date.now() + COMPILE_MS_MAX;
  const before = kernels.nativeSearches;
  while (kernels.nativeSearches === before && Date.now() < endMs) {
    for (let i = 0; i < 20; i++) matcher.search(arena.bytes, text, text + 1000, out);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function variant(name: string, matcher: MultiPatternMatcher, length: number): Variant {
  const places = Array.from({ length: PLACES }, (_, i) => {
    return text + Math.floor((i * (filled - length)) / PLACES);
  });
  return {
    name,
    run: (count) => {
      for (let i = 0; i < count; i++) {
        for (const place of places) {
          out.reset();
          matcher.search(arena.bytes, place, place + length, out);
        }
      }
      return out.count;
    },
  };
}

console.log("group                patterns  bytes  hyperscan ns      wasm ns");
for (const [name, patterns] of readPatternGroups(rulesFile)) {
  if (patterns.length < PATTERNS_MIN) continue;
  const builder = new MultiPatternBuilder();
  for (const [id, { bytes, nocase }] of patterns.entries()) builder.add(bytes, nocase, id);
  const native = builder.build(kernels, arena);
  const wasm = builder.build(plain, arena);
  await warm(native);
  for (const length of LENGTHS) {
    const variants = [variant("hyperscan", native, length), variant("wasm", wasm, length)];
    const figures = timeVariants(variants).map(({ nanoseconds }) => {
      return (nanoseconds / PLACES).toFixed(0).padStart(12);
    });
    const head = `${name.padEnd(20)} ${`${patterns.length}`.padStart(8)} ${`${length}`.padStart(6)}`;
    console.log(`${head} ${figures.join(" ")}`);
  }
}
process.exit(0);
