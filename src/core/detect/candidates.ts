/**
 * The rules that a packet is evaluated against, each once, as indexes; sorted, they are in rule order.
 *
 * @hotpath
 */
import type { MatchSet } from "../match/multi-pattern.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { hasBit } from "./rule-bits.ts";
import type { RuleGroup } from "./rule-group.ts";

export class Candidates {
  /** The first `count` are valid. */
  readonly indexes: Int32Array;
  count = 0;
  /** Packet in which a rule was last added, by rule index. */
  private readonly stamps: Float64Array;
  private stamp = 0;
  private isSorted = true;

  constructor(ruleCount: number) {
    this.indexes = new Int32Array(ruleCount);
    this.stamps = new Float64Array(ruleCount);
  }

  reset(): void {
    this.count = 0;
    this.stamp++;
    this.isSorted = true;
  }

  addIndex(index: number): void {
    this.add(index);
  }

  addAll(rules: readonly CompiledRule[]): void {
    for (let i = 0; i < rules.length; i++) this.add(rules[i]!.index);
  }

  /** Those of the rules whose turn comes after the rule `index`. */
  addAllAfter(rules: readonly CompiledRule[], index: number): void {
    for (let i = 0; i < rules.length; i++) if (rules[i]!.index > index) this.add(rules[i]!.index);
  }

  /** What a search found and the group holds. */
  addFound(found: MatchSet, group: RuleGroup, rules: readonly CompiledRule[]): void {
    const { ids, count } = found;
    for (let i = 0; i < count; i++) {
      const index = ids[i]!;
      if (index < rules.length && hasBit(group.bits, index)) this.add(index);
    }
  }

  /** All rules of the group that a search could find; the slow way. */
  addSearched(group: RuleGroup, rules: readonly CompiledRule[]): void {
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      if (rule.fastPattern === null || rule.eventCode >= 0) continue;
      if (rule.transaction === null && group.has(rule)) this.add(index);
    }
  }

  /** Brings the rules into order; mostly they are few, or in order already. */
  sort(): void {
    if (this.isSorted) return;
    const { indexes, count } = this;
    let gap = 1;
    while (gap < count / 3) gap = 3 * gap + 1;
    for (; gap > 0; gap = (gap - 1) / 3) {
      for (let i = gap; i < count; i++) {
        const moving = indexes[i]!;
        let at = i;
        for (; at >= gap && indexes[at - gap]! > moving; at -= gap)
          indexes[at] = indexes[at - gap]!;
        indexes[at] = moving;
      }
    }
  }

  private add(index: number): void {
    if (this.stamps[index] === this.stamp) return;
    this.stamps[index] = this.stamp;
    if (this.count > 0 && this.indexes[this.count - 1]! > index) this.isSorted = false;
    this.indexes[this.count++] = index;
  }
}
