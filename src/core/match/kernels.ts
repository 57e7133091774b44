/**
 * The WebAssembly kernels of one engine, working on the engine's own arena: checksum, literal
 * search and multi-pattern search. Offsets are offsets into the arena; ranges are half-open.
 *
 * The module comes as base64 text inside the program, so that the core needs no file to start.
 */
import type { Arena } from "../bytes/arena.ts";
import { assert } from "../bytes/assert.ts";
import { Base64Mode, decodeBase64 } from "../bytes/base64.ts";
import { latin1ToBytes } from "../bytes/latin1.ts";
import { kernelsBase64 } from "./kernels.generated.ts";
import type { NativeSearch } from "./native-search.ts";
import { PatternStore } from "./pattern-store.ts";

/**
 * Room for the copy of a piece of a range that does not lie in the arena; twice the longest
 * pattern.
 */
export const FOREIGN_CHUNK_BYTES = 131_072;

export class Kernels {
  readonly arena: Arena;
  /** The bytes of all patterns of this engine, each kept once. */
  readonly patterns: PatternStore;
  /** The arena as words, for reading what kernels wrote. */
  readonly words: Int32Array;

  /**
   * One's complement checksum of [start, end) with `initial` as the unfolded sum to start from; 0
   * over a range that holds a correct checksum. The same as `internetChecksum`.
   */
  readonly checksum: (start: number, end: number, initial: number) => number;

  /** First place of a stored pattern in [start, end), or -1; `probes` from `choosePlaces`. */
  readonly findLiteral: (
    start: number,
    end: number,
    pattern: number,
    length: number,
    nocase: number,
    probes: number,
  ) => number;

  /**
   * Runs the search that `descriptor` describes (pattern-layout.ts); returns the count of ids
   * written.
   */
  readonly searchPatterns: (descriptor: number, start: number, end: number, base: number) => number;

  /** A native search for long ranges, where the host has one. */
  native: NativeSearch | null = null;
  /** Searches that it did. */
  nativeSearches = 0;

  private foreignOffset = 0;

  constructor(arena: Arena) {
    this.arena = arena;
    this.patterns = new PatternStore(arena);
    this.words = new Int32Array(arena.memory.buffer);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), {
      env: { memory: arena.memory },
    });
    // The exports' signatures are those of src/wasm/kernels.ts.
    const exports = instance.exports as unknown as KernelExports;
    this.checksum = exports.checksum;
    this.findLiteral = exports.findLiteral;
    this.searchPatterns = exports.searchPatterns;
  }

  /**
   * Copies [start, end) of foreign bytes, at most `FOREIGN_CHUNK_BYTES`, into the arena; returns
   * where.
   */
  copyForeign(bytes: Uint8Array, start: number, end: number): number {
    assert(end - start <= FOREIGN_CHUNK_BYTES, "a piece of foreign bytes is too long");
    if (this.foreignOffset === 0) this.foreignOffset = this.arena.allocate(FOREIGN_CHUNK_BYTES);
    this.arena.bytes.set(bytes.subarray(start, end), this.foreignOffset);
    return this.foreignOffset;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    if (this.native !== null) yield ["detect.native_searches", this.nativeSearches];
  }
}

type KernelExports = Pick<Kernels, "checksum" | "findLiteral" | "searchPatterns">;

function moduleBytes(): Uint8Array {
  const text = latin1ToBytes(kernelsBase64);
  const bytes = new Uint8Array((text.length / 4) * 3);
  const length = decodeBase64(text, 0, text.length, bytes, 0, bytes.length, Base64Mode.strict);
  return bytes.subarray(0, length);
}
