/**
 * The pattern searches over frames: one for each protocol, type and buffer with its transforms, over the fast
 * patterns of all rules that look there. Built when the first such frame appears.
 */
import type { MultiPatternMatcher } from "../match/multi-pattern.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { PayloadMatchers } from "./payload-matchers.ts";
import { emptyBits, hasBit, type RuleBits, setBit } from "./rule-bits.ts";
import type { RuleGroup } from "./rule-group.ts";

export interface FrameSearch {
  readonly bufferId: number;
  readonly matcher: MultiPatternMatcher;
}

/** What frames of one type need. */
export class TypeSearches {
  readonly searches: readonly FrameSearch[];
  private readonly unsearched: readonly CompiledRule[];
  private readonly byGroup = new WeakMap<RuleGroup, readonly CompiledRule[]>();

  constructor(searches: readonly FrameSearch[], unsearched: readonly CompiledRule[]) {
    this.searches = searches;
    this.unsearched = unsearched;
  }

  get isEmpty(): boolean {
    return this.searches.length === 0 && this.unsearched.length === 0;
  }

  /** The rules of the group that no pattern finds. */
  unsearchedOf(group: RuleGroup): readonly CompiledRule[] {
    if (this.unsearched.length === 0) return this.unsearched;
    const known = this.byGroup.get(group);
    if (known !== undefined) return known;
    const rules = this.unsearched.filter(({ index }) => hasBit(group.bits, index));
    this.byGroup.set(group, rules);
    return rules;
  }
}

export class FrameSearches {
  /** The rules that look into frames. */
  readonly rules: readonly CompiledRule[];
  private readonly matchers: PayloadMatchers;
  private readonly known = new Map<number, TypeSearches>();

  constructor(rules: readonly CompiledRule[], matchers: PayloadMatchers) {
    this.rules = rules;
    this.matchers = matchers;
  }

  of(protocolId: number, type: number): TypeSearches {
    const key = protocolId * 32 + type;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.build(protocolId, type);
    this.known.set(key, made);
    return made;
  }

  private build(protocolId: number, type: number): TypeSearches {
    const byBuffer = new Map<number, RuleBits>();
    const unsearched: CompiledRule[] = [];
    const bitCount = this.rules.reduce((most, { index }) => Math.max(most, index + 1), 0);
    for (const rule of this.rules) {
      const plan = rule.frame;
      if (plan === null || plan.protocolId !== protocolId) continue;
      const own = plan.buffers.filter((buffer) => buffer.type === type);
      if (own.length === 0) continue;
      const bufferId = rule.fastPattern?.bufferId ?? -1;
      // Any buffer that matches raises the rule, so its pattern can only stand for all of them where there is one.
      const isSearched = own.length === 1 && own[0]?.buffer.bufferId === bufferId;
      if (!isSearched) {
        unsearched.push(rule);
        continue;
      }
      const bits = byBuffer.get(bufferId) ?? emptyBits(bitCount);
      byBuffer.set(bufferId, bits);
      setBit(bits, rule.index);
    }
    const searches = [...byBuffer].map(([bufferId, bits]) => ({
      bufferId,
      matcher: this.matchers.findAlways(bits),
    }));
    return new TypeSearches(searches, unsearched);
  }
}
