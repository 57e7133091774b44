/**
 * Which rule of a new rule set is which of the old one, so that what was remembered by rule number goes on: counts
 * of thresholds, tags, what rules found so far in transactions.
 */
import type { CompiledRule } from "./compiled-rule.ts";
import { TAGS_PER_RULE_MAX } from "./rule-state.ts";

/** New index by old index; -1 where there is none. */
export interface RuleCarry {
  /** The rule is the same in every letter: its state goes on. */
  readonly same: Int32Array;
  /** A rule of the same gid and sid is there, changed or not: what it did it did. */
  readonly named: Int32Array;
}

const TWO_TO_32 = 4_294_967_296;

export function carryRules(from: readonly CompiledRule[], to: readonly CompiledRule[]): RuleCarry {
  const places = new Map<number, number>();
  for (let i = to.length - 1; i >= 0; i--) places.set(nameOf(to[i]!), i);
  const same = new Int32Array(from.length).fill(-1);
  const named = new Int32Array(from.length).fill(-1);
  let before = -1;
  for (let i = 0; i < from.length; i++) {
    const rule = from[i]!;
    const name = nameOf(rule);
    let place = places.get(name);
    if (place === undefined) continue;
    // A rule written `<>` is two of the same sid, one after the other.
    if (name === before && to[place + 1] !== undefined && nameOf(to[place + 1]!) === name) place++;
    before = name;
    named[i] = place;
    if (isSame(rule, to[place]!)) same[i] = place;
  }
  return { same, named };
}

function nameOf({ gid, sid }: CompiledRule): number {
  return (gid % 2_097_152) * TWO_TO_32 + sid;
}

function isSame(a: CompiledRule, b: CompiledRule): boolean {
  if (a.text !== b.text || a.thresholds.length !== b.thresholds.length) return false;
  return a.thresholds.length === 0 || JSON.stringify(a.thresholds) === JSON.stringify(b.thresholds);
}

/** The number of a tag when its rule has another index; -1 when the rule is gone. */
export function carriedTag(tagId: number, named: Int32Array): number {
  const ruleIndex = named[Math.floor(tagId / TAGS_PER_RULE_MAX)] ?? -1;
  return ruleIndex < 0 ? -1 : ruleIndex * TAGS_PER_RULE_MAX + (tagId % TAGS_PER_RULE_MAX);
}
