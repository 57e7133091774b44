/**
 * How a rule is inspected with the transactions of one protocol: its conditions as steps, each of one side and
 * due from a progress on, in the order in which they can be decided.
 */
import type { BufferSource } from "../protocols/buffer.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../protocols/direction.ts";
import type { ProtocolRegistry, RegisteredProtocol } from "../protocols/registry.ts";
import type { TestSource } from "../protocols/test.ts";
import { RuleError } from "../rule/diagnostic.ts";
import type { CompiledBuffer } from "./compiled-rule.ts";
import type {
  BufferDraft,
  RuleDraft,
  TransactionStateDraft,
  TransactionTestDraft,
} from "./rule-draft.ts";

/** Steps that one rule may have: their outcomes are bits of a number. */
export const TRANSACTION_STEPS_MAX = 28;

export type TransactionStepKind =
  | "buffer"
  | "payload"
  | "derived"
  | "packet"
  | "frame"
  | "test"
  | "event"
  | "state";

export interface TransactionStep {
  readonly kind: TransactionStepKind;
  /** TO_SERVER or TO_CLIENT. */
  readonly direction: number;
  readonly progress: number;
  /** One bit. */
  readonly bit: number;
  readonly buffer: CompiledBuffer | null;
  readonly source: BufferSource | null;
  readonly test: TestSource | null;
  /** Of the test, the code of the event, or a StateComparison. */
  readonly value: unknown;
}

/** How far the transaction must have come in the direction. */
export interface StateComparison {
  readonly operator: "=" | "<" | ">";
  readonly progress: number;
}

/** The steps for transactions of one protocol. */
export interface ProtocolPlan {
  readonly protocol: RegisteredProtocol;
  /** By direction; null where the rule is not inspected in that direction. */
  readonly steps: readonly [readonly TransactionStep[] | null, readonly TransactionStep[] | null];
  /** Bits that must all be set for a match, by direction; both directions' for `=>`. */
  readonly wanted: readonly [number, number];
  /** Progress below which a direction is not inspected. */
  readonly hook: readonly [number, number];
}

export class TransactionPlan {
  /** One for each protocol that the rule can match in; mostly one or two. */
  readonly plans: readonly ProtocolPlan[];
  /** `=>`: the steps of both sides must match in one transaction. */
  readonly isBothSides: boolean;
  /** Nothing but a hook: it matches as long as the transaction is in that state, and when it is past it. */
  readonly isHookOnly: boolean;
  /** Digests of files that its tests need: bits of FileDigest. */
  readonly fileDigests: number;

  constructor(
    plans: readonly ProtocolPlan[],
    traits: Pick<TransactionPlan, "isBothSides" | "isHookOnly" | "fileDigests">,
  ) {
    this.plans = plans;
    this.isBothSides = traits.isBothSides;
    this.isHookOnly = traits.isHookOnly;
    this.fileDigests = traits.fileDigests;
  }

  /** Null where the rule cannot match in the protocol. */
  forProtocol(protocolId: number): ProtocolPlan | null {
    const { plans } = this;
    for (let i = 0; i < plans.length; i++) {
      if (plans[i]!.protocol.id === protocolId) return plans[i]!;
    }
    return null;
  }
}

/** A condition of the rule before a protocol is chosen. */
interface Condition {
  readonly kind: TransactionStepKind;
  readonly buffer: CompiledBuffer | null;
  readonly draft: BufferDraft | null;
  readonly test: TransactionTestDraft | null;
  readonly event: number;
  readonly eventProtocol: number;
  readonly state: TransactionStateDraft | null;
}

interface Place {
  readonly direction: number;
  readonly progress: number;
  readonly source: BufferSource | null;
  readonly test: TestSource | null;
  readonly value?: unknown;
}

/** `admitted`: numbers of the protocols that the header admits; null: all. Throws RuleError. */
export function planTransactions(
  draft: RuleDraft,
  buffers: readonly CompiledBuffer[],
  registry: ProtocolRegistry,
  admitted: ReadonlySet<number> | null,
): TransactionPlan {
  const conditions = conditionsOf(draft, buffers);
  if (conditions.length > TRANSACTION_STEPS_MAX) {
    throw new RuleError("too-many-buffers", `at most ${TRANSACTION_STEPS_MAX} buffers may be used`);
  }
  const isBothSides = draft.syntax.header.direction === "=>";
  const plans: ProtocolPlan[] = [];
  for (const protocol of candidatesOf(conditions, registry)) {
    if (admitted !== null && !isAdmitted(protocol, admitted, plans.length > 0)) continue;
    const plan = planFor(protocol, conditions, draft, isBothSides);
    if (plan !== null) plans.push(plan);
  }
  if (plans.length === 0) refuse(draft, conditions, registry, admitted);
  let digests = 0;
  for (const { test } of draft.transactionTests) digests |= test.digests ?? 0;
  const isHookOnly = draft.hook !== null && conditions.length === 0;
  return new TransactionPlan(plans, { isBothSides, isHookOnly, fileDigests: digests });
}

/**
 * Transactions of a protocol are looked at for the sake of a kind of it too: where that is all that the header
 * names, or where the rule makes sense for another protocol that it names (DNS inside HTTP/2).
 */
function isAdmitted(
  { id, kindIds }: RegisteredProtocol,
  admitted: ReadonlySet<number>,
  hasPlan: boolean,
): boolean {
  if (admitted.has(id)) return true;
  return (hasPlan || admitted.size === 1) && kindIds.some((kind) => admitted.has(kind));
}

/** The few protocols that have the field of the first condition with one; others cannot hold all. */
function candidatesOf(
  conditions: readonly Condition[],
  registry: ProtocolRegistry,
): readonly RegisteredProtocol[] {
  for (const { draft, test } of conditions) {
    const field = draft?.declaration.protocolBuffer ?? test?.test;
    if (field !== undefined) return registry.havingField(field);
  }
  return registry.protocols;
}

function conditionsOf(draft: RuleDraft, buffers: readonly CompiledBuffer[]): Condition[] {
  const conditions: Condition[] = [];
  for (let i = 0; i < buffers.length; i++) {
    const { scope } = draft.buffers[i]!.declaration;
    const kind = scope === "transaction" ? "buffer" : scope;
    conditions.push(condition(kind, buffers[i]!, draft.buffers[i]!, null));
  }
  for (const test of groupTests(draft.transactionTests)) {
    conditions.push(condition("test", null, null, test));
  }
  for (const { code, protocolId } of draft.transactionEvents) {
    conditions.push(condition("event", null, null, null, code, protocolId));
  }
  for (const state of draft.transactionStates) {
    conditions.push({ ...condition("state", null, null, null), state });
  }
  return conditions;
}

// Written out: object spreads here and in placeOf cost a second over 33,885 rules.
function condition(
  kind: TransactionStepKind,
  buffer: CompiledBuffer | null,
  draft: BufferDraft | null,
  test: TransactionTestDraft | null,
  event = -1,
  eventProtocol = 0,
): Condition {
  return { kind, buffer, draft, test, event, eventProtocol, state: null };
}

/** Tests of one group and side become one, which is given the values of all. */
function groupTests(tests: readonly TransactionTestDraft[]): readonly TransactionTestDraft[] {
  const grouped: TransactionTestDraft[] = [];
  for (const { test, value, side } of tests) {
    if (test.group === undefined) {
      grouped.push({ test, value, side });
      continue;
    }
    const at = grouped.findIndex((other) => other.test === test.group && other.side === side);
    const before = at < 0 ? [] : (grouped[at]!.value as readonly unknown[]); // made right here
    const joined = { test: test.group, value: [...before, value], side };
    if (at < 0) grouped.push(joined);
    else grouped[at] = joined;
  }
  return grouped;
}

/** Null when the protocol lacks something that the rule asks for. */
function planFor(
  protocol: RegisteredProtocol,
  conditions: readonly Condition[],
  draft: RuleDraft,
  isBothSides: boolean,
): ProtocolPlan | null {
  const { hook } = draft;
  if (hook !== null && hook.protocolId !== protocol.id) return null;
  if (isBothSides) return planBothSides(protocol, conditions);
  const forced = hook === null ? draft.flowDirection : hook.side === "toServer" ? 1 : 2;
  const toServer = forced === 2 ? null : stepsFor(protocol, conditions, TO_SERVER);
  const toClient = forced === 1 ? null : stepsFor(protocol, conditions, TO_CLIENT);
  if (toServer === null && toClient === null) return null;
  const hookProgress = hook?.progress ?? 0;
  return {
    protocol,
    steps: [toServer, toClient],
    wanted: [bitsOf(toServer), bitsOf(toClient)],
    hook: [hookProgress, hookProgress],
  };
}

/** All conditions on one side; null when one of them has no source there. */
function stepsFor(
  protocol: RegisteredProtocol,
  conditions: readonly Condition[],
  direction: number,
): readonly TransactionStep[] | null {
  const steps: TransactionStep[] = [];
  for (const condition of conditions) {
    const place = placeOf(protocol, condition, direction, progressBefore(steps));
    if (place === null) return null;
    steps.push(stepOf(condition, place, steps.length));
  }
  return inOrder(steps);
}

function planBothSides(
  protocol: RegisteredProtocol,
  conditions: readonly Condition[],
): ProtocolPlan | null {
  const steps: TransactionStep[] = [];
  for (const condition of conditions) {
    const place =
      placeOf(protocol, condition, TO_SERVER, progressBefore(steps)) ??
      placeOf(protocol, condition, TO_CLIENT, 0);
    if (place === null) return null;
    steps.push(stepOf(condition, place, steps.length));
  }
  const all = bitsOf(steps);
  const toServer = inOrder(steps.filter(({ direction }) => direction === TO_SERVER));
  const toClient = inOrder(steps.filter(({ direction }) => direction === TO_CLIENT));
  return { protocol, steps: [toServer, toClient], wanted: [all, all], hook: [0, 0] };
}

function stepOf(condition: Condition, place: Place, index: number): TransactionStep {
  const { kind, buffer, test: draft, event } = condition;
  const { direction, progress, source, test } = place;
  const value = kind === "event" ? event : (place.value ?? draft?.value ?? null);
  return { kind, buffer, value, bit: 1 << index, direction, progress, source, test };
}

/** Where a condition can be decided for a protocol and direction; null: nowhere. */
function placeOf(
  protocol: RegisteredProtocol,
  condition: Condition,
  direction: number,
  before: number,
): Place | null {
  const side: FlowSide = direction === TO_SERVER ? "toServer" : "toClient";
  switch (condition.kind) {
    case "buffer": {
      const { draft } = condition;
      if (draft === null || (draft.side !== null && draft.side !== side)) return null;
      const { protocolBuffer } = draft.declaration;
      if (protocolBuffer === undefined) return null;
      const source = protocol.sources[direction === TO_SERVER ? 0 : 1].get(protocolBuffer);
      return source === undefined
        ? null
        : { direction, progress: source.progress, source, test: null };
    }
    case "test": {
      const { test: wanted, side: chosen = null } = condition.test ?? {};
      if (wanted === undefined || (chosen !== null && chosen !== side)) return null;
      const test = protocol.testSources[direction === TO_SERVER ? 0 : 1].get(wanted);
      return test === undefined ? null : { direction, progress: test.progress, source: null, test };
    }
    case "event":
      return condition.eventProtocol === protocol.id
        ? { direction, progress: 0, source: null, test: null }
        : null;
    case "state": {
      const { toServer, toClient } = protocol.declaration.states;
      const { state: name = "", operator = "=" } = condition.state ?? {};
      const progress = Math.max(toServer.indexOf(name), toClient.indexOf(name));
      if (progress < 0) return null;
      const value: StateComparison = { operator, progress };
      return { direction, progress: 0, source: null, test: null, value };
    }
    case "derived":
      return { direction, progress: before, source: null, test: null };
    default:
      condition.kind satisfies "payload" | "packet" | "frame";
      return { direction, progress: 0, source: null, test: null };
  }
}

/** A derived buffer is filled by the step before it. */
function progressBefore(steps: readonly TransactionStep[]): number {
  return steps[steps.length - 1]?.progress ?? 0;
}

function inOrder(steps: readonly TransactionStep[]): readonly TransactionStep[] {
  if (steps.length < 2) return steps;
  return [...steps].sort((a, b) => a.progress - b.progress);
}

function bitsOf(steps: readonly TransactionStep[] | null): number {
  return (steps ?? []).reduce((bits, { bit }) => bits | bit, 0);
}

/** Says why no protocol can have all that the rule asks for. */
function refuse(
  draft: RuleDraft,
  conditions: readonly Condition[],
  registry: ProtocolRegistry,
  admitted: ReadonlySet<number> | null,
): never {
  const names = conditions.flatMap(({ draft: buffer, test, state }) => {
    const name = buffer?.declaration.name ?? test?.test.name ?? state?.state;
    return name === undefined ? [] : [name];
  });
  const possible = registry.protocols.filter(({ id }) => admitted === null || admitted.has(id));
  if (possible.every(({ declaration }) => declaration.createFactory === null)) {
    const message = `${names.join(", ")} cannot be read without a parser of ${draft.syntax.header.protocol}`;
    throw new RuleError("unsupported-buffer", message, { severity: "unsupported" });
  }
  for (const protocol of possible) {
    const free = conditions.every(
      (condition) =>
        placeOf(protocol, condition, TO_SERVER, 0) !== null ||
        placeOf(protocol, condition, TO_CLIENT, 0) !== null,
    );
    if (!free) continue;
    throw new RuleError(
      "conflicting-direction",
      `no direction of ${protocol.declaration.name} has all of ${names.join(", ")}`,
      { hint: 'take out "flow:to_server" or "flow:to_client", or ask for both sides with "=>"' },
    );
  }
  throw new RuleError(
    "conflicting-protocol",
    `no protocol that "${draft.syntax.header.protocol}" admits has all of ${names.join(", ")}`,
  );
}
