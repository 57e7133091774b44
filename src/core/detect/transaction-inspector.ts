/**
 * Inspects the transactions of a flow with the rules that look into them, in one direction: searches whose
 * buffers are there, rules whose conditions are due, once for each transaction. What a rule found so far is kept
 * with the transaction until the rest of it has come.
 *
 * @hotpath
 */
import { MatchSet } from "../match/multi-pattern.ts";
import type { ApplicationState } from "../protocols/application-state.ts";
import type { Transaction, TransactionDetection } from "../protocols/transaction.ts";
import type { BufferInspector } from "./buffer-inspector.ts";
import { Candidates } from "./candidates.ts";
import type { Check } from "./check.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { hasBit } from "./rule-bits.ts";
import type { RuleCarry } from "./rule-carry.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { RuleSet } from "./rule-set.ts";
import type { SidePlan } from "./side-plan.ts";
import type { TransactionBuffers } from "./transaction-buffers.ts";
import type { StateComparison, TransactionStep } from "./transaction-plan.ts";
import type { SideSearches } from "./transaction-searches.ts";

/** The rule cannot match in this transaction any more, or matched already. */
const OVER = 1 << 30;

const StepResult = { no: 0, match: 1, never: 2 } as const;

/** What is kept with one transaction. */
class InspectionState implements TransactionDetection {
  readonly kind = "transaction detection" as const;
  /** Progress of each direction up to which its searches are done for good. */
  searchedToServer = 0;
  searchedToClient = 0;
  /** Files of each direction when it was inspected last. */
  filesToServer = 0;
  filesToClient = 0;
  /** Bits of the steps that matched, and OVER, by rule and direction. */
  rules = new Map<number, number>();

  searchedOf(direction: number): number {
    return direction === 0 ? this.searchedToServer : this.searchedToClient;
  }

  setSearched(direction: number, progress: number): void {
    if (direction === 0) this.searchedToServer = progress;
    else this.searchedToClient = progress;
  }

  /** False when there are as many files as before. */
  takeFiles(direction: number, count: number): boolean {
    const before = direction === 0 ? this.filesToServer : this.filesToClient;
    if (direction === 0) this.filesToServer = count;
    else this.filesToClient = count;
    return count !== before;
  }

  /**
   * Another rule set is in use: what a rule that stayed found so far is kept, a rule that matched does not match
   * again even if it changed, and the buffers that are still there are searched anew for the others.
   */
  carry({ same, named }: RuleCarry): void {
    const { rules } = this;
    this.rules = new Map();
    this.searchedToServer = this.searchedToClient = 0;
    for (const [key, bits] of rules) {
      const index = ((bits & OVER) !== 0 ? named : same)[key >>> 1] ?? -1;
      if (index >= 0) this.rules.set(index * 2 + (key & 1), bits);
    }
  }
}

/** What rules found in a transaction so far goes on under another rule set. */
export function carryTransaction(transaction: Transaction, carry: RuleCarry): void {
  stateOf(transaction)?.carry(carry);
}

/** Asked whether a rule's own conditions on packet and flow hold, and told of a match. */
export interface RuleHost {
  admits(rule: CompiledRule, gate: number, checks: readonly Check[]): boolean;
  matched(rule: CompiledRule, fromStream: boolean, transaction: Transaction): void;
}

export class TransactionInspector {
  /** Single rules are evaluated through it: the inspector itself, unless something measures them. */
  evaluator: Pick<TransactionInspector, "evaluate"> = this;
  private readonly ruleSet: RuleSet;
  private readonly inspector: BufferInspector;
  private readonly buffers: TransactionBuffers;
  private readonly host: RuleHost;
  private readonly found: MatchSet;
  private readonly candidates: Candidates;
  /** Those of the candidates; the first few are valid. */
  private readonly plans: SidePlan[] = [];
  /** Kept, so that the reads are not taken for useless. */
  touched = 0;
  /** The direction of the transaction is complete: what is found in it now need not be remembered. */
  private isLastLook = false;

  constructor(
    ruleSet: RuleSet,
    inspector: BufferInspector,
    buffers: TransactionBuffers,
    host: RuleHost,
  ) {
    this.ruleSet = ruleSet;
    this.inspector = inspector;
    this.buffers = buffers;
    this.host = host;
    this.found = new MatchSet(ruleSet.rules.length + 1);
    this.candidates = new Candidates(ruleSet.rules.length);
  }

  /**
   * Inspects all transactions that changed. `group` is that of the direction, `forward` that of the packets to
   * the server; `payloadRules` were found by their patterns in the payload of the packet.
   */
  inspect(
    state: ApplicationState,
    direction: number,
    group: RuleGroup,
    forward: RuleGroup | null,
    payloadRules: readonly CompiledRule[],
  ): void {
    const { registered, transactions } = state;
    if (registered === null) return;
    const isUnchanged = state.isInspected(direction);
    if (isUnchanged && payloadRules.length === 0) return;
    state.noteInspection(direction);
    const side = this.ruleSet.transactions.of(registered.id, direction);
    const complete = direction === 0 ? registered.completeToServer : registered.completeToClient;
    const bit = 1 << direction;
    for (let i = 0; i < transactions.length; i++) {
      const transaction = transactions[i]!;
      if ((transaction.inspected & bit) !== 0) continue;
      this.inspector.setTransaction(transaction.id);
      const isComplete = transaction.progressOf(direction) >= complete || transaction.isOver;
      this.isLastLook = isComplete;
      this.inspectOne(transaction, registered.id, direction, side, group, forward, payloadRules);
      if (isComplete) transaction.inspected |= bit;
    }
    this.inspector.setTransaction(-1);
  }

  private inspectOne(
    transaction: Transaction,
    protocolId: number,
    direction: number,
    side: SideSearches,
    group: RuleGroup,
    forward: RuleGroup | null,
    payloadRules: readonly CompiledRule[],
  ): void {
    const { candidates, buffers } = this;
    buffers.reset();
    candidates.reset();
    if (side.searches.length > 0) this.search(transaction, direction, side, group, forward);
    candidates.addAll(side.unsearchedOf(group, forward));
    candidates.addAll(payloadRules);
    const state = stateOf(transaction);
    if (state !== null) {
      if (transaction.files.length > 0) this.noteFiles(state, transaction, protocolId, direction);
      this.addStarted(state, direction);
    }
    if (candidates.count === 0) return;
    candidates.sort();
    const count = this.gatherPlans(side);
    const { evaluator, plans } = this;
    for (let i = 0; i < count; i++) evaluator.evaluate(plans[i]!, transaction, direction);
  }

  /**
   * The candidates' plans. What evaluation will read of them is read at once, level by level: they are a few out of
   * tens of thousands, so each read is a wait for memory, and waits that do not depend on each other overlap.
   */
  private gatherPlans(side: SideSearches): number {
    const { candidates, plans } = this;
    const { rules } = this.ruleSet;
    let count = 0;
    for (let i = 0; i < candidates.count; i++) {
      const plan = side.planOf(rules, candidates.indexes[i]!);
      if (plan !== null) plans[count++] = plan;
    }
    let sum = 0;
    for (let i = 0; i < count; i++) sum += plans[i]!.key;
    for (let i = 0; i < count; i++) sum += plans[i]!.steps.length + plans[i]!.checks.length;
    for (let i = 0; i < count; i++) sum += plans[i]!.steps[0]?.bit ?? 0;
    for (let i = 0; i < count; i++) sum += plans[i]!.firstChain?.steps.length ?? 0;
    this.touched = sum | 0;
    return count;
  }

  private search(
    transaction: Transaction,
    direction: number,
    side: SideSearches,
    group: RuleGroup,
    forward: RuleGroup | null,
  ): void {
    const progress = transaction.progressOf(direction);
    const state = stateOf(transaction);
    const done = state === null ? 0 : state.searchedOf(direction);
    const { found, buffers } = this;
    const { searches } = side;
    found.reset();
    for (let i = 0; i < searches.length; i++) {
      const { bufferId, source, matcher } = searches[i]!;
      if (source.progress > progress) break;
      if (source.progress < done) continue;
      for (let index = 0; buffers.find(bufferId, source, transaction, index); index++) {
        matcher.search(this.inspector.bytes, buffers.start, buffers.end, found);
      }
    }
    if (progress > done && !this.isLastLook) {
      makeState(transaction).setSearched(direction, progress);
    }
    const { rules } = this.ruleSet;
    for (let i = 0; i < found.count; i++) {
      const index = found.ids[i]!;
      const isIn = hasBit(group.bits, index);
      const isForward =
        !isIn && forward !== null && rules[index]!.header.transactional
          ? hasBit(forward.bits, index)
          : false;
      if (isIn || isForward) this.candidates.addIndex(index);
    }
  }

  /** Rules that found a part of what they want in an earlier packet. */
  private addStarted(state: InspectionState, direction: number): void {
    for (const [key, bits] of state.rules) {
      if ((bits & OVER) !== 0) continue;
      const index = key >>> 1;
      const isForBoth = this.ruleSet.rules[index]!.transaction?.isBothSides === true;
      if (isForBoth || (key & 1) === direction) this.candidates.addIndex(index);
    }
  }

  /** Another file came: rules with tests of files look at it anew, whatever the files before it gave. */
  private noteFiles(
    state: InspectionState,
    transaction: Transaction,
    protocolId: number,
    direction: number,
  ): void {
    const count = countFiles(transaction, direction);
    if (!state.takeFiles(direction, count)) return;
    for (const [key, bits] of state.rules) {
      const plan = this.ruleSet.rules[key >>> 1]!.transaction?.forProtocol(protocolId);
      if ((key & 1) !== direction || plan === null || plan === undefined) continue;
      let kept = bits;
      for (const { test, bit } of plan.steps[direction] ?? []) {
        if (test?.keywords !== undefined) kept &= ~(bit | OVER);
      }
      if (kept !== bits) state.rules.set(key, kept);
    }
  }

  evaluate(plan: SidePlan, transaction: Transaction, direction: number): void {
    const { rule, key } = plan;
    const before = stateOf(transaction)?.rules.get(key);
    if (before !== undefined && (before & OVER) !== 0) return;
    const progress = transaction.progressOf(direction);
    if (progress < plan.hook && !transaction.isOver) return;
    if (!this.host.admits(rule, plan.gate, plan.checks)) return;
    if (plan.isHookOnly) {
      const isPast = transaction.isOver || progress > plan.hook;
      if (isPast) makeState(transaction).rules.set(key, OVER);
      this.host.matched(rule, false, transaction);
      return;
    }
    const { wanted } = plan;
    const bits = this.runSteps(rule, plan.steps, transaction, direction, before ?? 0);
    const isMatch = (bits & wanted) === wanted;
    const kept = isMatch ? bits | OVER : bits;
    if (kept !== before && (plan.isBothSides || !this.isLastLook)) {
      makeState(transaction).rules.set(key, kept);
    }
    if (isMatch) this.host.matched(rule, this.inspector.fromStream, transaction);
  }

  private runSteps(
    rule: CompiledRule,
    steps: readonly TransactionStep[],
    transaction: Transaction,
    direction: number,
    before: number,
  ): number {
    let bits = before;
    this.inspector.beginRule();
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      if ((bits & step.bit) !== 0) continue;
      if (transaction.progressOf(direction) < step.progress) break;
      const result = this.runStep(rule, step, transaction, direction);
      if (result === StepResult.match) {
        bits |= step.bit;
        continue;
      }
      if (result === StepResult.never) bits |= OVER;
      break;
    }
    return bits;
  }

  private runStep(
    rule: CompiledRule,
    step: TransactionStep,
    transaction: Transaction,
    direction: number,
  ): number {
    const isFinal = transaction.progressOf(direction) > step.progress || transaction.isOver;
    switch (step.kind) {
      case "buffer":
        return this.runBuffer(step, transaction, isFinal);
      case "test": {
        const isTrue = step.test?.run(transaction, step.value) === true;
        if (isTrue) return StepResult.match;
        const isOver = step.test?.mayTurnTrue === true ? transaction.isOver : isFinal;
        return isOver ? StepResult.never : StepResult.no;
      }
      case "event": {
        // The value of an event step is its code.
        const isThere = transaction.events.includes(step.value as number);
        return isThere ? StepResult.match : StepResult.no;
      }
      case "state": {
        // The value of a state step is a comparison.
        const comparison = step.value as StateComparison;
        return compareState(comparison, transaction.progressOf(direction));
      }
      default: {
        const isMatch = step.buffer !== null && this.inspector.matchesPart(step.buffer, rule);
        if (isMatch) return StepResult.match;
        return step.kind === "derived" && isFinal ? StepResult.never : StepResult.no;
      }
    }
  }

  private runBuffer(step: TransactionStep, transaction: Transaction, isFinal: boolean): number {
    const { buffer, source } = step;
    const { buffers } = this;
    const missing = isFinal ? StepResult.never : StepResult.no;
    if (buffer === null || source === null) return StepResult.never;
    const { bufferId, absent, chain } = buffer;
    let index = 0;
    for (; buffers.find(bufferId, source, transaction, index); index++) {
      if (absent === "only") return StepResult.never;
      const { start, end, offset, isLast } = buffers;
      this.inspector.setByteOrder(buffers.isLittleEndian);
      if (this.inspector.runChain(chain, start, end, offset, isLast)) return StepResult.match;
    }
    if (index === 0 && absent !== null) return isFinal ? StepResult.match : StepResult.no;
    return missing;
  }
}

function countFiles({ files }: Transaction, direction: number): number {
  let count = 0;
  for (let i = 0; i < files.length; i++) if (files[i]!.direction === direction) count++;
  return count;
}

function compareState({ operator, progress }: StateComparison, reached: number): number {
  if (operator === ">") return reached > progress ? StepResult.match : StepResult.no;
  if (operator === "<") return reached < progress ? StepResult.match : StepResult.never;
  if (reached === progress) return StepResult.match;
  return reached > progress ? StepResult.never : StepResult.no;
}

/** The state of a transaction that has one. Only this file fills the slot. */
function stateOf(transaction: Transaction): InspectionState | null {
  return transaction.detection as InspectionState | null;
}

function makeState(transaction: Transaction): InspectionState {
  const known = stateOf(transaction);
  if (known !== null) return known;
  const made = new InspectionState();
  for (const { direction } of transaction.files) {
    if (direction === 0) made.filesToServer++;
    else made.filesToClient++;
  }
  transaction.detection = made;
  return made;
}
