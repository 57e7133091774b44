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
import type { BufferDraft, RuleDraft, TransactionTestDraft } from "./rule-draft.ts";

/** Steps that one rule may have: their outcomes are bits of a number. */
export const TRANSACTION_STEPS_MAX = 28;

export type TransactionStepKind = "buffer" | "payload" | "derived" | "packet" | "test" | "event";

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
  /** Of the test, or the code of the event. */
  readonly value: unknown;
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

export interface TransactionPlan {
  /** By number of the protocol; undefined where the rule cannot match. */
  readonly byProtocol: readonly (ProtocolPlan | undefined)[];
  /** `=>`: the steps of both sides must match in one transaction. */
  readonly isBothSides: boolean;
  /** Digests of files that its tests need: bits of FileDigest. */
  readonly fileDigests: number;
}

/** A condition of the rule before a protocol is chosen. */
interface Condition {
  readonly kind: TransactionStepKind;
  readonly buffer: CompiledBuffer | null;
  readonly draft: BufferDraft | null;
  readonly test: TransactionTestDraft | null;
  readonly event: number;
  readonly eventProtocol: number;
}

interface Place {
  readonly direction: number;
  readonly progress: number;
  readonly source: BufferSource | null;
  readonly test: TestSource | null;
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
  const byProtocol: (ProtocolPlan | undefined)[] = [];
  for (const protocol of candidatesOf(conditions, registry)) {
    if (admitted !== null && !admitted.has(protocol.id)) continue;
    const plan = planFor(protocol, conditions, draft, isBothSides);
    if (plan !== null) byProtocol[protocol.id] = plan;
  }
  if (byProtocol.length === 0) refuse(draft, conditions, registry, admitted);
  const digests = draft.transactionTests.map(({ test }) => test.digests ?? 0);
  return { byProtocol, isBothSides, fileDigests: digests.reduce((all, one) => all | one, 0) };
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
  const none = { buffer: null, draft: null, test: null, event: -1, eventProtocol: 0 };
  const conditions: Condition[] = draft.buffers.map((bufferDraft, index) => {
    const { scope } = bufferDraft.declaration;
    const kind = scope === "transaction" ? "buffer" : scope;
    return { ...none, kind, buffer: buffers[index]!, draft: bufferDraft };
  });
  for (const test of groupTests(draft.transactionTests)) {
    conditions.push({ ...none, kind: "test", test });
  }
  for (const { code, protocolId } of draft.transactionEvents) {
    conditions.push({ ...none, kind: "event", event: code, eventProtocol: protocolId });
  }
  return conditions;
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
  const { kind, buffer, test, event } = condition;
  const value = kind === "event" ? event : (test?.value ?? null);
  return { kind, buffer, value, bit: 1 << index, ...place };
}

/** Where a condition can be decided for a protocol and direction; null: nowhere. */
function placeOf(
  protocol: RegisteredProtocol,
  condition: Condition,
  direction: number,
  before: number,
): Place | null {
  const side: FlowSide = direction === TO_SERVER ? "toServer" : "toClient";
  const none = { direction, source: null, test: null };
  switch (condition.kind) {
    case "buffer": {
      const { draft } = condition;
      if (draft === null || (draft.side !== null && draft.side !== side)) return null;
      const { protocolBuffer } = draft.declaration;
      if (protocolBuffer === undefined) return null;
      const source = protocol.sources[direction === TO_SERVER ? 0 : 1].get(protocolBuffer);
      return source === undefined ? null : { ...none, progress: source.progress, source };
    }
    case "test": {
      const { test: wanted, side: chosen = null } = condition.test ?? {};
      if (wanted === undefined || (chosen !== null && chosen !== side)) return null;
      const test = protocol.testSources[direction === TO_SERVER ? 0 : 1].get(wanted);
      return test === undefined ? null : { ...none, progress: test.progress, test };
    }
    case "event":
      return condition.eventProtocol === protocol.id ? { ...none, progress: 0 } : null;
    case "derived":
      return { ...none, progress: before };
    default:
      condition.kind satisfies "payload" | "packet";
      return { ...none, progress: 0 };
  }
}

/** A derived buffer is filled by the step before it. */
function progressBefore(steps: readonly TransactionStep[]): number {
  return steps[steps.length - 1]?.progress ?? 0;
}

function inOrder(steps: readonly TransactionStep[]): readonly TransactionStep[] {
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
  const names = conditions.flatMap(({ draft: buffer, test }) => {
    const name = buffer?.declaration.name ?? test?.test.name;
    return name === undefined ? [] : [name];
  });
  for (const protocol of registry.protocols) {
    if (admitted !== null && !admitted.has(protocol.id)) continue;
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
