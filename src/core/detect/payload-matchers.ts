/**
 * Multi-pattern searches over the fast patterns of sets of rules, built when first needed; equal sets share
 * one. What a search finds are rule indexes.
 *
 * Their tables stay in the arena for good, so their number and size are bounded: past that, and when the arena
 * runs low, null is returned and the caller asks for a wider set that more packets share.
 */
import { MultiPatternBuilder, type MultiPatternMatcher } from "../match/multi-pattern.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { BitsMap, members, type RuleBits } from "./rule-bits.ts";
import type { RuleBuilder } from "./rule-builder.ts";

/** Searches that are built before wider sets are used. */
export const MATCHERS_MAX = 1024;
/** Bytes of the arena that their tables may take before wider sets are used. */
export const MATCHER_BYTES_MAX = 96 * 1024 * 1024;
/** Bytes of the arena left for the widest sets, which are always built. */
const ARENA_RESERVE_BYTES = 32 * 1024 * 1024;
/** A generous guess of what one pattern takes in the tables. */
const BYTES_PER_PATTERN = 256;

export class PayloadMatchers {
  byteLength = 0;
  /** How often a wider set had to serve. */
  refused = 0;
  private readonly rules: readonly CompiledRule[];
  private readonly builder: RuleBuilder;
  private readonly known = new BitsMap<MultiPatternMatcher>();

  constructor(rules: readonly CompiledRule[], builder: RuleBuilder) {
    this.rules = rules;
    this.builder = builder;
  }

  get count(): number {
    return this.known.count;
  }

  /** The search for the rules of `bits`, all with a fast pattern; null at the limits. */
  find(bits: RuleBits): MultiPatternMatcher | null {
    const known = this.known.get(bits);
    if (known !== undefined) return known;
    const indexes = members(bits);
    const { arena } = this.builder;
    const left = arena.limitBytes - arena.usedBytes - ARENA_RESERVE_BYTES;
    const isFull = this.known.count >= MATCHERS_MAX || this.byteLength >= MATCHER_BYTES_MAX;
    if (isFull || left < indexes.length * BYTES_PER_PATTERN) {
      this.refused++;
      return null;
    }
    return this.build(bits, indexes);
  }

  /** The same without limits, for the widest sets. */
  findAlways(bits: RuleBits): MultiPatternMatcher {
    return this.known.get(bits) ?? this.build(bits, members(bits));
  }

  private build(bits: RuleBits, indexes: readonly number[]): MultiPatternMatcher {
    const patterns = new MultiPatternBuilder();
    for (const index of indexes) {
      const pattern = this.rules[index]!.fastPattern;
      if (pattern === null) continue;
      const { bytes, nocase, offset, depth } = pattern;
      patterns.add(bytes, nocase, index, {
        ...(offset === null ? {} : { offset }),
        ...(depth === null ? {} : { depth }),
      });
    }
    const matcher = patterns.build(this.builder.kernels, this.builder.arena);
    this.byteLength += matcher.byteLength;
    this.known.set(bits, matcher);
    return matcher;
  }
}
