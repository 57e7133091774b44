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

export function carryRules(from: readonly CompiledRule[], to: readonly CompiledRule[]): RuleCarry {
  const places = new Map<string, number>();
  for (const [name, rule] of namedRules(to)) places.set(name, rule.index);
  const same = new Int32Array(from.length).fill(-1);
  const named = new Int32Array(from.length).fill(-1);
  for (const [name, rule] of namedRules(from)) {
    const place = places.get(name);
    if (place === undefined) continue;
    named[rule.index] = place;
    if (isSame(rule, to[place]!)) same[rule.index] = place;
  }
  return { same, named };
}

/** A rule written `<>` is two of the same sid. */
function* namedRules(
  rules: readonly CompiledRule[],
): IterableIterator<readonly [string, CompiledRule]> {
  const met = new Set<string>();
  for (const rule of rules) {
    const name = `${rule.gid}:${rule.sid}`;
    yield [met.has(name) ? `${name}:2` : name, rule];
    met.add(name);
  }
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
