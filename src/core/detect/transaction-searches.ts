/**
 * The pattern searches over the buffers of transactions: one for each protocol, direction and buffer, over the
 * fast patterns of all rules that look there. What a search finds is compared with the flow's rule group, so
 * that ports and addresses need no searches of their own. Built when the first such transaction appears.
 */
import type { MultiPatternMatcher } from "../match/multi-pattern.ts";
import type { BufferSource } from "../protocols/buffer.ts";
import { type BufferEntry, PAYLOAD_BUFFER_ID } from "./buffer-table.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { PayloadMatchers } from "./payload-matchers.ts";
import { emptyBits, hasBit, type RuleBits, setBit } from "./rule-bits.ts";
import type { RuleGroup } from "./rule-group.ts";
import { SidePlan } from "./side-plan.ts";

export interface TransactionSearch {
  readonly bufferId: number;
  readonly source: BufferSource;
  readonly matcher: MultiPatternMatcher;
}

interface WantedSearch {
  readonly bufferId: number;
  readonly source: BufferSource;
  readonly bits: RuleBits;
}

/** What transactions of one protocol and direction need. */
export class SideSearches {
  /** By progress of their sources. */
  readonly searches: readonly TransactionSearch[];
  /** Rules that no search of a transaction's buffer finds. */
  readonly unsearched: readonly CompiledRule[];
  /** Of `unsearched`, the ones in a group; by the group's number. */
  private readonly byGroup = new WeakMap<RuleGroup, readonly CompiledRule[]>();

  /** By the index of the rule; made for the rules that become candidates. */
  private readonly plans: (SidePlan | null | undefined)[];
  private readonly protocolId: number;
  private readonly direction: number;

  constructor(
    searches: readonly TransactionSearch[],
    unsearched: readonly CompiledRule[],
    rules: { readonly count: number; readonly protocolId: number; readonly direction: number },
  ) {
    this.searches = searches;
    this.unsearched = unsearched;
    this.protocolId = rules.protocolId;
    this.direction = rules.direction;
    this.plans = new Array<SidePlan | null | undefined>(rules.count).fill(undefined);
  }

  /** Null when the rule is not inspected on this side. */
  planOf(rules: readonly CompiledRule[], index: number): SidePlan | null {
    const known = this.plans[index];
    if (known !== undefined) return known;
    const made = SidePlan.of(rules[index]!, this.protocolId, this.direction);
    this.plans[index] = made;
    return made;
  }

  /** `other`: the group of the other direction, for rules over both sides. */
  unsearchedOf(group: RuleGroup, other: RuleGroup | null): readonly CompiledRule[] {
    if (this.unsearched.length === 0) return this.unsearched;
    const known = this.byGroup.get(group);
    if (known !== undefined) return known;
    const rules = this.unsearched.filter(
      (rule) =>
        hasBit(group.bits, rule.index) ||
        (rule.header.transactional && other !== null && hasBit(other.bits, rule.index)),
    );
    this.byGroup.set(group, rules);
    return rules;
  }
}

export class TransactionSearches {
  private readonly rules: readonly CompiledRule[];
  private readonly matchers: PayloadMatchers;
  private readonly buffers: readonly BufferEntry[];
  private readonly known = new Map<number, SideSearches>();

  constructor(
    rules: readonly CompiledRule[],
    matchers: PayloadMatchers,
    buffers: readonly BufferEntry[],
  ) {
    this.rules = rules;
    this.matchers = matchers;
    this.buffers = buffers;
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  of(protocolId: number, direction: number): SideSearches {
    const key = protocolId * 2 + direction;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.build(protocolId, direction);
    this.known.set(key, made);
    return made;
  }

  private build(protocolId: number, direction: number): SideSearches {
    const wanted: WantedSearch[] = [];
    const unsearched: CompiledRule[] = [];
    const bitCount = this.rules.reduce((most, { index }) => Math.max(most, index + 1), 0);
    for (const rule of this.rules) {
      const steps = rule.transaction?.forProtocol(protocolId)?.steps[direction] ?? null;
      if (steps === null) continue;
      const { fastPattern } = rule;
      const step = steps.find(
        ({ kind, buffer }) => kind === "buffer" && buffer?.bufferId === fastPattern?.bufferId,
      );
      const source = step?.source ?? null;
      if (fastPattern === null) unsearched.push(rule);
      else if (source === null) {
        if (fastPattern.bufferId !== PAYLOAD_BUFFER_ID) unsearched.push(rule);
      } else {
        const { bufferId } = fastPattern;
        let entry = wanted.find((other) => this.isSame(other, bufferId, source));
        if (entry === undefined) {
          entry = { bufferId, source, bits: emptyBits(bitCount) };
          wanted.push(entry);
        }
        setBit(entry.bits, rule.index);
      }
    }
    const searches = wanted.map(({ bufferId, source, bits }) => ({
      bufferId,
      source,
      matcher: this.matchers.findAlways(bits),
    }));
    searches.sort((a, b) => a.source.progress - b.source.progress);
    return new SideSearches(searches, unsearched, { count: bitCount, protocolId, direction });
  }

  /** The same buffer, or one with the same bytes (a body, and the file that it is). */
  private isSame(other: WantedSearch, bufferId: number, source: BufferSource): boolean {
    if (other.bufferId === bufferId) return true;
    const { read, progress } = other.source;
    if (read !== source.read || progress !== source.progress) return false;
    const { buffers } = this;
    const transforms = buffers[bufferId]!.transforms.length;
    return transforms + buffers[other.bufferId]!.transforms.length === 0;
  }
}
