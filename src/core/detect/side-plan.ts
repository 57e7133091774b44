/**
 * What the inspection of one direction needs of a rule's plan, in one object: candidates come by the thousand and
 * each object that is looked into for one is a line of memory that the processor does not have at hand.
 */
import type { Chain } from "./chain.ts";
import type { Check } from "./check.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { TransactionStep } from "./transaction-plan.ts";

export class SidePlan {
  readonly rule: CompiledRule;
  /** The rule's own. */
  readonly gate: number;
  readonly checks: readonly Check[];
  readonly steps: readonly TransactionStep[];
  /** Of the first step, where it looks into a buffer. */
  readonly firstChain: Chain | null;
  /** Bits that must all be set for a match. */
  readonly wanted: number;
  /** Progress below which the direction is not inspected. */
  readonly hook: number;
  /** Under which what the rule found is kept with a transaction: its place, and the direction. */
  readonly key: number;
  readonly isBothSides: boolean;
  readonly isHookOnly: boolean;

  private constructor(
    rule: CompiledRule,
    steps: readonly TransactionStep[],
    wanted: number,
    hook: number,
    direction: number,
  ) {
    this.rule = rule;
    this.gate = rule.gate;
    this.checks = rule.checks;
    this.steps = steps;
    this.firstChain = steps[0]?.buffer?.chain ?? null;
    this.wanted = wanted;
    this.hook = hook;
    this.isBothSides = rule.transaction?.isBothSides === true;
    this.isHookOnly = rule.transaction?.isHookOnly === true;
    this.key = rule.index * 2 + (this.isBothSides ? 0 : direction);
  }

  /** Null when the rule is not inspected in the protocol and direction. */
  static of(rule: CompiledRule, protocolId: number, direction: number): SidePlan | null {
    const plan = rule.transaction?.forProtocol(protocolId) ?? null;
    const steps = plan?.steps[direction] ?? null;
    if (plan === null || steps === null) return null;
    return new SidePlan(rule, steps, plan.wanted[direction]!, plan.hook[direction]!, direction);
  }
}
