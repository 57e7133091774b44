/** One syntax tree to a compiled rule: options to their keywords, header to sets, drafts to chains. */
import { RuleError } from "../rule/diagnostic.ts";
import type { HeaderResolver } from "../rule/header-resolver.ts";
import { OptionText } from "../rule/option-text.ts";
import type { Classification, ReferenceSystem } from "../rule/reference-files.ts";
import { didYouMean } from "../rule/suggest.ts";
import type { RuleAction, RuleOption, RuleSyntax } from "../rule/syntax-tree.ts";
import { payloadBuffer } from "./buffer.ts";
import { Chain } from "./chain.ts";
import type { CompiledBuffer, CompiledRule, RuleType } from "./compiled-rule.ts";
import type { ContentItem } from "./content-item.ts";
import { chooseFastPattern } from "./fast-pattern.ts";
import {
  applicationProtocolNames,
  type HeaderProtocol,
  headerProtocol,
  headerProtocolNames,
} from "./header-protocols.ts";
import type { Keyword } from "./keyword.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { type BufferDraft, type DraftWarning, RuleDraft } from "./rule-draft.ts";
import { orderKey } from "./rule-order.ts";
import { Verdict } from "./verdict.ts";

export interface RuleCompiler {
  readonly builder: RuleBuilder;
  readonly keywords: ReadonlyMap<string, Keyword>;
  readonly headers: HeaderResolver;
  readonly classifications: ReadonlyMap<string, Classification>;
  readonly references: ReadonlyMap<string, ReferenceSystem>;
  readonly actionOrder: readonly string[];
}

export interface CompiledDraft {
  readonly rule: CompiledRule;
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
  const protocol = protocolOf(syntax);
  const draft = new RuleDraft(syntax, compiler.builder, compiler.keywords);
  if (!applyOptions(syntax, draft, compiler)) return null;
  draft.finish();
  if (draft.sid === 0) throw new RuleError("missing-sid", "the rule has no sid");
  for (const buffer of draft.buffers) validateBuffer(buffer);
  const action = actionOf(syntax, draft);
  const classification = classificationOf(draft, compiler);
  const priority = draft.priority > 0 ? draft.priority : (classification?.priority ?? 3);
  const rule = assemble(syntax, draft, compiler, { protocol, action, priority });
  return {
    rule,
    warnings: draft.warnings,
    order: orderKey(draft, action, priority, compiler.actionOrder),
  };
}

function actionOf(syntax: RuleSyntax, draft: RuleDraft): number {
  const action = actions[syntax.header.action];
  return draft.forceAlert ? action | Verdict.alert : action;
}

function protocolOf(syntax: RuleSyntax): HeaderProtocol {
  const { protocol: written, protocolSpan } = syntax.header;
  const name = written.split(":")[0] ?? written;
  const known = headerProtocol(name);
  const place = { severity: "unsupported" as const };
  if (known !== undefined && name === written) return known;
  const error =
    known !== undefined || applicationProtocolNames.includes(name)
      ? new RuleError(
          "unsupported-protocol",
          `rules for "${written}" need a parser that is not there yet`,
          place,
        )
      : new RuleError("unknown-protocol", `unknown protocol "${written}"`, hintFor(name));
  Object.assign(error, { span: protocolSpan });
  throw error;
}

function hintFor(name: string): { hint?: string } {
  const hint = didYouMean(name, headerProtocolNames());
  return hint === undefined ? {} : { hint };
}

function applyOptions(syntax: RuleSyntax, draft: RuleDraft, compiler: RuleCompiler): boolean {
  for (const first of [true, false]) {
    for (const option of syntax.options) {
      const keyword = compiler.keywords.get(option.name);
      if ((keyword?.appliedFirst === true) !== first) continue;
      if (keyword === undefined) {
        const hint = didYouMean(option.name, compiler.keywords.keys());
        const place = hint === undefined ? {} : { hint };
        const problem = new RuleError("unknown-keyword", `unknown keyword "${option.name}"`, place);
        Object.assign(problem, { span: option.nameSpan });
        throw new OptionProblem(option, problem);
      }
      apply(option, keyword, draft);
    }
    if (draft.skipReason !== null) return false;
  }
  return true;
}

function apply(option: RuleOption, keyword: Keyword, draft: RuleDraft): void {
  const text = new OptionText(option.name, option.value);
  draft.option = option;
  try {
    draft.option = option;
    if (keyword.argument === "required") text.required();
    keyword.apply(text, draft);
  } catch (error) {
    if (error instanceof RuleError) throw new OptionProblem(option, error);
    throw error;
  }
}

function validateBuffer(buffer: BufferDraft): void {
  const { declaration, items } = buffer;
  if (items.length === 0 && buffer.absent === null && declaration !== payloadBuffer) {
    throw new RuleError(
      "empty-buffer",
      `"${declaration.name}" is selected but nothing looks into it`,
    );
  }
}

function classificationOf(draft: RuleDraft, compiler: RuleCompiler): Classification | undefined {
  return draft.classtype === null
    ? undefined
    : compiler.classifications.get(draft.classtype.toLowerCase());
}

interface Decided {
  readonly protocol: HeaderProtocol;
  readonly action: number;
  readonly priority: number;
}

function assemble(
  syntax: RuleSyntax,
  draft: RuleDraft,
  compiler: RuleCompiler,
  decided: Decided,
): CompiledRule {
  const { header } = syntax;
  const { headers } = compiler;
  const sets = {
    protocol: decided.protocol,
    source: headers.addresses(header.source),
    destination: headers.addresses(header.destination),
    sourcePorts: headers.ports(header.sourcePorts),
    destinationPorts: headers.ports(header.destinationPorts),
    bidirectional: header.direction === "<>",
  };
  const payload = draft.buffers.find((buffer) => buffer.declaration === payloadBuffer);
  const mode = payloadMode(draft, payload, decided.protocol);
  const checks = draft.packetChecks.map(({ check }) => check);
  const eventCode = draft.packetChecks.find(({ options }) => options.eventCode !== undefined);
  return {
    index: 0,
    sid: draft.sid,
    gid: draft.gid,
    revision: draft.revision,
    message: draft.message,
    text: syntax.text,
    action: decided.action,
    priority: decided.priority,
    category: classificationOf(draft, compiler)?.description ?? "",
    references: draft.references.map(({ system, id }) => referenceUrl(system, id, compiler)),
    metadata: draft.metadata,
    target: draft.target,
    noAlert: draft.noAlert || (decided.action & Verdict.alert) === 0,
    type: ruleType(draft, sets, mode, eventCode !== undefined),
    header: sets,
    flowDirection: draft.flowDirection,
    requireFlow: draft.requireFlow,
    requirePayload: draft.requirePayload || payload !== undefined,
    inspectPacket: mode.packet,
    inspectStream: mode.stream,
    eventCode: eventCode?.options.eventCode ?? -1,
    checks,
    buffers: draft.buffers.map((buffer) => compileBuffer(buffer, compiler.builder)),
    postMatches: draft.postMatches,
    fastPattern: payload === undefined ? null : chooseFastPattern(payload),
    threshold: draft.threshold,
    detectionFilter: draft.detectionFilter,
    tag: draft.tag,
    bypass: draft.bypass,
  };
}

function referenceUrl(system: string, id: string, compiler: RuleCompiler): string {
  return `${compiler.references.get(system.toLowerCase())?.url ?? ""}${id}`;
}

function compileBuffer(buffer: BufferDraft, builder: RuleBuilder): CompiledBuffer {
  return {
    declaration: buffer.declaration,
    transforms: buffer.transforms,
    chain: new Chain(buffer.items.map((item) => item.build(builder))),
    absent: buffer.absent,
  };
}

/**
 * Where the payload's contents look. A TCP rule looks into the stream unless it is bound to packets; contents
 * with an offset or depth are looked for in each packet as well.
 */
function payloadMode(
  draft: RuleDraft,
  payload: BufferDraft | undefined,
  protocol: HeaderProtocol,
): { packet: boolean; stream: boolean } {
  if (protocol.payload === "packet" || draft.requirePacket) {
    return { packet: true, stream: draft.requireStream };
  }
  if (protocol.payload === "stream") return { packet: false, stream: true };
  const canStream = protocol.transports === null || protocol.transports.includes(6);
  if (!canStream) return { packet: true, stream: false };
  if (draft.requireStream) return { packet: false, stream: true };
  const anchored = payload?.items.some((item) => {
    if (item.keyword !== "content") return false;
    const content = item as ContentItem; // only ContentItem has this keyword
    return content.depth !== null || content.offset !== null || content.startsWith;
  });
  return { packet: draft.alsoPackets || (anchored ?? false), stream: payload !== undefined };
}

function ruleType(
  draft: RuleDraft,
  sets: CompiledRule["header"],
  mode: { packet: boolean; stream: boolean },
  hasEvent: boolean,
): RuleType {
  if (draft.buffers.length === 0) {
    const onlyAddresses = draft.packetChecks.every(({ check }) => check.ipOnly);
    const anyPorts = sets.sourcePorts.any && sets.destinationPorts.any;
    if (hasEvent && sets.protocol.name === "pkthdr") return "de_only";
    const free = draft.flowDirection === 0 && !draft.requireFlow;
    if (onlyAddresses && free && anyPorts && sets.protocol.name !== "pkthdr") return "ip_only";
    return "pkt";
  }
  if (mode.stream) return mode.packet ? "pkt_stream" : "stream";
  return "pkt";
}
