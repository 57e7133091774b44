/** One syntax tree to compiled rules: options to their keywords, header to sets, drafts to chains. */

import { RuleError } from "../rule/diagnostic.ts";
import type { HeaderResolver } from "../rule/header-resolver.ts";
import { OptionText } from "../rule/option-text.ts";
import type { Classification, ReferenceSystem } from "../rule/reference-files.ts";
import { didYouMean } from "../rule/suggest.ts";
import type { RuleAction, RuleOption, RuleSyntax } from "../rule/syntax-tree.ts";
import { payloadBuffer } from "./buffer.ts";
import type { BufferTable } from "./buffer-table.ts";
import { Chain } from "./chain.ts";
import { Check } from "./check.ts";
import type { CompiledBuffer, CompiledRule, RuleHeaderSets } from "./compiled-rule.ts";
import type { DetectionContext } from "./detection-context.ts";
import { chooseFastPattern } from "./fast-pattern.ts";
import { applicationOf } from "./flow-application.ts";
import { planFrames } from "./frame-plan.ts";
import {
  type ApplicationHeaders,
  applicationProtocolNames,
  type HeaderProtocol,
  headerProtocol,
  headerProtocolNames,
} from "./header-protocols.ts";
import type { Keyword } from "./keyword.ts";
import { PacketGate } from "./packet-gate.ts";
import { type PayloadMode, payloadMode } from "./payload-mode.ts";
import { reviewDraft } from "./review-draft.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { type BufferDraft, type DraftWarning, RuleDraft } from "./rule-draft.ts";
import { setPacketHook, setTransactionHook } from "./rule-hook.ts";
import { type OrderedAction, orderKey } from "./rule-order.ts";
import { ruleType } from "./rule-type.ts";
import { planTransactions, type TransactionPlan } from "./transaction-plan.ts";
import { validateDraft, warnAboutPattern } from "./validate-draft.ts";
import { Verdict } from "./verdict.ts";

export interface RuleCompiler {
  readonly builder: RuleBuilder;
  readonly keywords: ReadonlyMap<string, Keyword>;
  readonly headers: HeaderResolver;
  readonly buffers: BufferTable;
  readonly applications: ApplicationHeaders;
  readonly classifications: ReadonlyMap<string, Classification>;
  readonly references: ReadonlyMap<string, ReferenceSystem>;
  readonly actionOrder: readonly OrderedAction[];
  /** Remarks on rules that load are wanted as well. */
  readonly isReview: boolean;
}

export interface CompiledDraft {
  /** One rule, or two for `<>`. */
  readonly rules: readonly CompiledRule[];
  readonly warnings: readonly DraftWarning[];
  readonly order: readonly number[];
}

/** A problem of one option, with the option that it is in. */
export class OptionProblem extends Error {
  readonly option: RuleOption;
  readonly problem: RuleError;

  constructor(option: RuleOption, problem: RuleError) {
    super(problem.message);
    this.option = option;
    this.problem = problem;
  }
}

const actions: Readonly<Record<RuleAction, number>> = {
  alert: Verdict.alert,
  pass: Verdict.pass,
  drop: Verdict.drop | Verdict.alert,
  reject: Verdict.drop | Verdict.alert | Verdict.rejectSource,
  rejectsrc: Verdict.drop | Verdict.alert | Verdict.rejectSource,
  rejectdst: Verdict.drop | Verdict.alert | Verdict.rejectDestination,
  rejectboth: Verdict.drop | Verdict.alert | Verdict.rejectSource | Verdict.rejectDestination,
  config: Verdict.config,
};

/** Null when the rule is to be skipped quietly. Throws RuleError (header) or OptionProblem. */
export function compileRule(syntax: RuleSyntax, compiler: RuleCompiler): CompiledDraft | null {
  const draft = new RuleDraft(syntax, compiler.builder, compiler.keywords);
  if (!applyOptions(syntax, draft, compiler, true)) return null;
  const protocol = protocolOf(syntax, draft, compiler);
  if (protocol.payload === "packet") draft.requirePacket = true;
  if (protocol.payload === "stream") draft.requireStream = true;
  if (!applyOptions(syntax, draft, compiler, false)) return null;
  draft.finish();
  draft.option = null;
  const isSure = draft.isTransactional && protocol.isKind !== true;
  if (protocol.applications !== undefined && !isSure) {
    draft.addPacketCheck(Check.of("application protocol", protocol.applications, hasProtocol));
    draft.requireFlow = true;
    draft.hasApplicationHeader = !draft.isTransactional;
  }
  validateDraft(draft);
  if (compiler.isReview) reviewDraft(draft, compiler);
  return assemble(syntax, draft, compiler, protocol);
}

function protocolOf(syntax: RuleSyntax, draft: RuleDraft, compiler: RuleCompiler): HeaderProtocol {
  const { protocol: written, protocolSpan: span } = syntax.header;
  const [name = written, hook] = written.split(":", 2);
  const known = headerProtocol(name);
  if (known !== undefined && (hook === undefined || setPacketHook(draft, hook))) return known;
  const registered = draft.builder.protocols.forRules(name);
  const usable = registered.filter(({ mode }) => mode !== "no");
  if (usable.length > 0) {
    if (hook !== undefined) setTransactionHook(draft, usable, hook, span);
    return compiler.applications.header(name, usable);
  }
  if (registered.length > 0) {
    const message = `the protocol "${name}" is switched off in the configuration`;
    throw new RuleError("disabled-protocol", message, { span });
  }
  if (known !== undefined || applicationProtocolNames.includes(name)) {
    const message = `rules for "${written}" need a parser that is not there yet`;
    throw new RuleError("unsupported-protocol", message, { span, severity: "unsupported" });
  }
  const hint = didYouMean(name, headerProtocolNames());
  throw new RuleError("unknown-protocol", `unknown protocol "${written}"`, {
    span,
    ...(hint === undefined ? {} : { hint }),
  });
}

function hasProtocol({ flow }: DetectionContext, applications: ReadonlySet<number>): boolean {
  const state = flow === null ? null : applicationOf(flow);
  return state !== null && applications.has(state.protocol);
}

/** Applies the options that go first, or all others. False when the rule is to be left out. */
function applyOptions(
  syntax: RuleSyntax,
  draft: RuleDraft,
  compiler: RuleCompiler,
  first: boolean,
): boolean {
  for (const option of syntax.options) {
    const keyword = compiler.keywords.get(option.name);
    if ((keyword?.appliedFirst === true) !== first) continue;
    if (keyword === undefined) throw unknownKeyword(option, compiler);
    applyOption(option, keyword, draft);
  }
  return draft.skipReason === null;
}

function unknownKeyword(option: RuleOption, compiler: RuleCompiler): OptionProblem {
  const hint = didYouMean(option.name, compiler.keywords.keys());
  const message = `unknown keyword "${option.name}"`;
  const place = { span: option.nameSpan, ...(hint === undefined ? {} : { hint }) };
  return new OptionProblem(option, new RuleError("unknown-keyword", message, place));
}

function applyOption(option: RuleOption, keyword: Keyword, draft: RuleDraft): void {
  const text = new OptionText(option.name, option.value);
  draft.option = option;
  try {
    if (keyword.argument === "required") text.required();
    keyword.apply(text, draft);
  } catch (error) {
    if (error instanceof RuleError) throw new OptionProblem(option, error);
    throw error;
  }
}

function assemble(
  syntax: RuleSyntax,
  draft: RuleDraft,
  compiler: RuleCompiler,
  protocol: HeaderProtocol,
): CompiledDraft {
  const header = headerSets(syntax, compiler.headers, protocol);
  const classification = classificationOf(draft, compiler);
  const priority = draft.priority > 0 ? draft.priority : (classification?.priority ?? 3);
  const parts = rulePartsOf(syntax, draft, compiler, protocol);
  const category = classification?.description ?? "";
  const rules = [ruleOf(syntax, draft, parts, header, priority, category)];
  if (syntax.header.direction === "<>" && !isSymmetric(header)) {
    rules.push(ruleOf(syntax, draft, parts, swapSides(header), priority, category));
  }
  const order = orderKey(draft, parts.action, priority, compiler.actionOrder);
  return { rules, warnings: draft.warnings, order };
}

type RuleParts = ReturnType<typeof rulePartsOf>;

/** What both halves of a `<>` rule share. */
function rulePartsOf(
  syntax: RuleSyntax,
  draft: RuleDraft,
  compiler: RuleCompiler,
  protocol: HeaderProtocol,
) {
  const mode = payloadMode(draft, protocol);
  const fastPattern = chooseFastPattern(draft.buffers, compiler.buffers);
  warnAboutPattern(draft, fastPattern);
  const written = actions[syntax.header.action];
  const action = draft.forceAlert ? written | Verdict.alert : written;
  const buffers = draft.buffers.map((buffer) => compileBuffer(buffer, compiler));
  const transaction = draft.isTransactional
    ? planTransactions(
        draft,
        buffers,
        compiler.builder.protocols,
        compiler.applications.admittedBy(protocol),
      )
    : null;
  const frame = planFrames(draft, buffers);
  const event = draft.packetChecks.find(({ options }) => options.eventCode !== undefined);
  return {
    mode,
    fastPattern,
    action: draft.noAlert ? action & ~Verdict.alert : action,
    flowDirection: draft.flowDirection === 0 ? directionOf(transaction) : draft.flowDirection,
    type: ruleType(draft, mode),
    gate: gateOf(draft, mode, transaction !== null),
    checks: draft.packetChecks
      .filter(({ options }) => options.isImplied !== true)
      .map(({ check }) => check),
    eventCode: event?.options.eventCode ?? -1,
    buffers: transaction === null && frame === null ? buffers : [],
    transaction,
    frame,
    references: draft.references.map(({ system, id }) => referenceUrl(system, id, compiler)),
    thresholds: [draft.detectionFilter, draft.threshold, ...draft.moreThresholds].filter(
      (spec) => spec !== null,
    ),
  };
}

function ruleOf(
  syntax: RuleSyntax,
  draft: RuleDraft,
  parts: RuleParts,
  header: RuleHeaderSets,
  priority: number,
  category: string,
): CompiledRule {
  return {
    index: 0,
    sid: draft.sid,
    gid: draft.gid,
    revision: draft.revision,
    message: draft.message,
    text: syntax.text,
    action: parts.action,
    priority,
    category,
    references: parts.references,
    metadata: draft.metadata,
    target: draft.target,
    noAlert: (parts.action & Verdict.alert) === 0,
    type: parts.type,
    header,
    flowDirection: parts.flowDirection,
    requireFlow: draft.requireFlow,
    gate: parts.gate,
    inspectPacket: parts.mode.packet,
    inspectStream: parts.mode.stream,
    eventCode: parts.eventCode,
    checks: parts.checks,
    buffers: parts.buffers,
    transaction: parts.transaction,
    frame: parts.frame,
    postMatches: draft.postMatches,
    fastPattern: parts.fastPattern,
    thresholds: parts.thresholds,
    suppressions: [],
    tags: draft.tags,
    bypass: draft.bypass,
  };
}

/** The one direction that all plans have steps in: 1 to server, 2 to client; 0 for both. */
function directionOf(transaction: TransactionPlan | null): 0 | 1 | 2 {
  if (transaction === null || transaction.isBothSides) return 0;
  let found = 0;
  for (const plan of transaction.plans) {
    if (plan.steps[0] !== null) found |= 1;
    if (plan.steps[1] !== null) found |= 2;
  }
  return found === 1 ? 1 : found === 2 ? 2 : 0;
}

function gateOf(draft: RuleDraft, mode: PayloadMode, isTransactional: boolean): number {
  let gate: number = ruleType(draft, mode) === "pd_only" ? PacketGate.protocolFound : 0;
  const hasPayload =
    !isTransactional &&
    draft.buffers.some(
      ({ declaration, items }) => declaration === payloadBuffer && items.length > 0,
    );
  if (hasPayload || draft.requirePayload) gate |= PacketGate.payload;
  if (draft.requireFlow || draft.flowDirection !== 0) gate |= PacketGate.flow;
  for (const { options } of draft.packetChecks) {
    gate |= options.gate ?? 0;
    if (options.eventCode !== undefined) gate |= PacketGate.event;
  }
  return gate;
}

function headerSets(
  { header }: RuleSyntax,
  resolver: HeaderResolver,
  protocol: HeaderProtocol,
): RuleHeaderSets {
  return {
    protocol,
    source: resolver.addresses(header.source),
    destination: resolver.addresses(header.destination),
    sourcePorts: resolver.ports(header.sourcePorts),
    destinationPorts: resolver.ports(header.destinationPorts),
    transactional: header.direction === "=>",
  };
}

function isSymmetric(header: RuleHeaderSets): boolean {
  const { source, destination, sourcePorts, destinationPorts } = header;
  const samePorts = sourcePorts === destinationPorts || (sourcePorts.any && destinationPorts.any);
  return samePorts && (source === destination || (source.any && destination.any));
}

function swapSides(header: RuleHeaderSets): RuleHeaderSets {
  return {
    protocol: header.protocol,
    source: header.destination,
    destination: header.source,
    sourcePorts: header.destinationPorts,
    destinationPorts: header.sourcePorts,
    transactional: header.transactional,
  };
}

function classificationOf(draft: RuleDraft, compiler: RuleCompiler): Classification | undefined {
  const name = draft.classtype;
  return name === null ? undefined : compiler.classifications.get(name.toLowerCase());
}

function referenceUrl(system: string, id: string, compiler: RuleCompiler): string {
  return `${compiler.references.get(system.toLowerCase())?.url ?? ""}${id}`;
}

function compileBuffer(buffer: BufferDraft, compiler: RuleCompiler): CompiledBuffer {
  const { declaration, transforms, items, absent } = buffer;
  return {
    declaration,
    transforms,
    bufferId: compiler.buffers.idOf(declaration, transforms),
    chain: new Chain(items.map((item) => item.build(compiler.builder))),
    absent,
  };
}
