/**
 * A rule being built: keywords add to it in the order of the rule, then the compiler turns it into a
 * CompiledRule. Drafts are thrown away after loading, so they may be as rich as is convenient.
 */

import type { FlowSide } from "../protocols/direction.ts";
import type { ProtocolTest } from "../protocols/test.ts";
import { RuleError } from "../rule/diagnostic.ts";
import type { FailPlace } from "../rule/option-text.ts";
import type { RuleOption, RuleSyntax } from "../rule/syntax-tree.ts";
import { type BufferDeclaration, payloadBuffer, type Transform } from "./buffer.ts";
import type { ChainStep } from "./chain.ts";
import type { Check } from "./check.ts";
import type { ContentItem } from "./content-item.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import type { PostMatch, TagSpec, ThresholdSpec } from "./rule-state.ts";

/** One option over the bytes of a buffer, before it becomes a step. */
export interface ChainItem {
  readonly keyword: string;
  readonly relative: boolean;
  /** The item is there to look at every byte: a rule without a pattern is no oversight. */
  readonly readsAll?: boolean;
  /** The variable that it sets for later items. */
  readonly defines?: string;
  /** Called once, after all options were read. */
  build(builder: RuleBuilder): ChainStep;
}

/** One buffer that the rule looks into, with the items over it. */
export class BufferDraft {
  readonly declaration: BufferDeclaration;
  readonly transforms: Transform[] = [];
  readonly items: ChainItem[] = [];
  /** `absent`: only: matches where the buffer does not exist; orElse: there, or where the items match. */
  absent: "only" | "orElse" | null = null;
  /** The side that the rule chose for a buffer that both sides have. */
  side: FlowSide | null = null;

  constructor(declaration: BufferDeclaration) {
    this.declaration = declaration;
  }
}

/** A test of a transaction's field. */
export interface TransactionTestDraft {
  readonly test: ProtocolTest;
  readonly value: unknown;
  /** The side that it is asked of; null: the rule's. */
  readonly side: FlowSide | null;
}

/** An event of a protocol's parser that the rule asks for. */
export interface TransactionEventDraft {
  readonly protocolId: number;
  readonly code: number;
}

/** What the rule asks of how far a transaction has come: compared with a state of its protocol by name. */
export interface TransactionStateDraft {
  readonly operator: "=" | "<" | ">";
  readonly state: string;
}

export interface PacketCheckOptions {
  /** What `prefilter` may select: the check is cheap and selective. */
  readonly prefilter?: boolean;
  /** The rule can match only on packets with this event code. */
  readonly eventCode?: number;
  /** The check asks for the application protocol of the flow, and for nothing else. */
  readonly asksForProtocol?: boolean;
  /** Bits of PacketGate without which the check fails. */
  readonly gate?: number;
  /** The gate and the direction of the rule's groups say as much: the check is not run. */
  readonly isImplied?: boolean;
}

/** What the last condition of the rule added, for `prefilter`. */
export type LastCondition =
  | { readonly kind: "check"; readonly index: number }
  | { readonly kind: "item"; readonly item: ChainItem };

/** A problem that does not stop the rule, at the option that was being read. */
export interface DraftWarning {
  readonly option: RuleOption | null;
  readonly problem: RuleError;
}

export class RuleDraft {
  readonly syntax: RuleSyntax;
  readonly builder: RuleBuilder;
  /** Names of all keywords, aliases included; what `requires` may ask for. */
  readonly keywordNames: { has(name: string): boolean };
  /** The option being read; the compiler sets it. */
  option: RuleOption | null = null;
  readonly warnings: DraftWarning[] = [];
  /** Set by `requires`: the rule is left out without a diagnostic. */
  skipReason: string | null = null;

  sid = 0;
  gid = 1;
  revision = 0;
  message = "";
  classtype: string | null = null;
  /** 0 until set; the classification's or 3 otherwise. */
  priority = 0;
  readonly references: { readonly system: string; readonly id: string }[] = [];
  readonly metadata: { readonly key: string; readonly value: string }[] = [];
  target: "source" | "destination" | null = null;
  /** noalert: matches set state, nothing is raised. alert: raises for actions that would not. */
  noAlert = false;
  forceAlert = false;

  /** 0 any, 1 to server only, 2 to client only. */
  flowDirection: 0 | 1 | 2 = 0;
  /** flow:only_stream, no_stream, dsize, tcp-pkt ...: where the payload contents look. */
  requirePacket = false;
  requireStream = false;
  /** stream_size: contents of a TCP rule are looked for in each packet as well as in the stream. */
  alsoPackets = false;
  /** The rule needs a flow to match at all. */
  requireFlow = false;
  /** The rule needs a TCP session, a packet with payload ... set by keywords that imply it. */
  requirePayload = false;
  /** Tests of fields of transactions, and events of parsers, in the order of the rule. */
  readonly transactionTests: TransactionTestDraft[] = [];
  readonly transactionEvents: TransactionEventDraft[] = [];
  readonly transactionStates: TransactionStateDraft[] = [];
  /** Progress that the transaction must have reached (rule hooks, app-layer-state); null without. */
  hook: { readonly side: FlowSide; readonly progress: number; readonly protocolId: number } | null =
    null;
  /** The header names an application protocol. */
  hasApplicationHeader = false;
  /** The rule asks for the application protocol of the flow (app-layer-protocol). */
  asksForProtocol = false;

  /** Conditions on packet, flow and state, in the order of the rule. */
  readonly packetChecks: { readonly check: Check; readonly options: PacketCheckOptions }[] = [];
  /** What happens once everything matched: bits set, tags, bypass. */
  readonly postMatches: PostMatch[] = [];
  readonly buffers: BufferDraft[] = [];
  threshold: ThresholdSpec | null = null;
  /** Further thresholds of the rule, asked in their order. */
  readonly moreThresholds: ThresholdSpec[] = [];
  detectionFilter: ThresholdSpec | null = null;
  readonly tags: TagSpec[] = [];
  bypass = false;
  /** Index into packetChecks chosen with `prefilter`, or the content chosen with it; null without. */
  prefilterCheck: number | null = null;

  /** Reads and writes of named state, for the rule order: writers before readers. */
  readonly stateUses: {
    readonly kind: "flowbits" | "flowint" | "flowvar" | "pktvar" | "hostbits" | "xbits";
    readonly access: "read" | "write";
  }[] = [];

  lastCondition: LastCondition | null = null;

  private selected: BufferDraft | null = null;
  private lastItem: ChainItem | null = null;
  private readonly finalChecks: (() => void)[] = [];
  private readonly variableIndexes = new Map<string, number>();

  constructor(
    syntax: RuleSyntax,
    builder: RuleBuilder,
    keywordNames: { has(name: string): boolean } = new Set<string>(),
  ) {
    this.syntax = syntax;
    this.builder = builder;
    this.keywordNames = keywordNames;
  }

  /** Notes a problem that does not stop the rule. */
  warn(code: string, message: string, place: FailPlace = {}): void {
    const problem = new RuleError(code, message, { ...place, severity: "warning" });
    this.warnings.push({ option: this.option, problem });
  }

  /** Throws RuleError when the keyword that is being read was in the rule before. */
  refuseRepetition(): void {
    const { option, syntax } = this;
    if (option === null || syntax.options.find(({ name }) => name === option.name) === option)
      return;
    throw new RuleError("duplicate-keyword", `"${option.name}" may be given only once`);
  }

  addPacketCheck(check: Check, options: PacketCheckOptions = {}): void {
    this.lastCondition = { kind: "check", index: this.packetChecks.length };
    this.packetChecks.push({ check, options });
  }

  /** A sticky keyword: the items that follow look into this buffer. */
  selectBuffer(declaration: BufferDeclaration): BufferDraft {
    if (this.selected !== null && this.selected !== undefined) this.closeSelected();
    const draft = new BufferDraft(declaration);
    this.selected = draft;
    this.lastItem = null;
    return draft;
  }

  /** pkt_data: back to the payload. */
  selectPayload(): void {
    this.closeSelected();
    this.selected = null;
    this.lastItem = null;
  }

  /** The buffer that items go to now; the payload when no sticky keyword came before. */
  get currentBuffer(): BufferDraft {
    return this.selected ?? this.bufferOf(payloadBuffer);
  }

  get hasSelection(): boolean {
    return this.selected !== null;
  }

  addTransform(transform: Transform): void {
    if (this.selected === null) {
      throw new RuleError(
        "transform-without-buffer",
        `"${transform.keyword}" needs a sticky buffer before it`,
      );
    }
    if (this.selected.items.length > 0) {
      // After contents a transform opens the buffer anew, with the transforms so far and this one.
      const { declaration, transforms } = this.selected;
      this.selectBuffer(declaration).transforms.push(...transforms);
    }
    this.selected.transforms.push(transform);
  }

  addItem(item: ChainItem): void {
    const buffer = this.selected === null ? this.bufferOf(payloadBuffer) : this.placeSelected(item);
    buffer.items.push(item);
    this.lastItem = item;
    this.lastCondition = { kind: "item", item };
  }

  /** An item that chooses its buffer by itself; none is selected. */
  addItemTo(declaration: BufferDeclaration, item: ChainItem): void {
    this.bufferOf(declaration).items.push(item);
    this.lastItem = item;
    this.lastCondition = { kind: "item", item };
  }

  /** An item that is relative to the one before goes where that went, unless a sticky buffer is selected. */
  addFollower(item: ChainItem): void {
    const previous = this.lastItem;
    if (this.selected !== null || previous === null) {
      this.addItem(item);
      return;
    }
    const buffer = this.buffers.find((candidate) => candidate.items.includes(previous));
    (buffer ?? this.bufferOf(payloadBuffer)).items.push(item);
    this.lastItem = item;
    this.lastCondition = { kind: "item", item };
  }

  /** Runs `check` when all options were read; it may throw RuleError. */
  onFinish(check: () => void): void {
    this.finalChecks.push(check);
  }

  /** Moves an item that an old-style modifier (http_uri after the content) claims for another buffer. */
  moveLastItem(item: ChainItem, declaration: BufferDeclaration): void {
    for (const buffer of this.buffers) {
      const at = buffer.items.indexOf(item);
      if (at < 0) continue;
      buffer.items.splice(at, 1);
      // The payload was its place only until the modifier came.
      if (buffer.items.length === 0) this.buffers.splice(this.buffers.indexOf(buffer), 1);
      break;
    }
    this.bufferOf(declaration).items.push(item);
  }

  /** Whether the rule looks into transactions. */
  get isTransactional(): boolean {
    if (this.transactionTests.length > 0 || this.transactionEvents.length > 0) return true;
    if (this.hook !== null || this.transactionStates.length > 0) return true;
    return this.buffers.some(({ declaration }) => declaration.scope === "transaction");
  }

  /** Whether the rule looks into frames. */
  get hasFrames(): boolean {
    return this.buffers.some(({ declaration }) => declaration.scope === "frame");
  }

  /** The item just added, of the keyword's own buffer, for modifiers; null when none. */
  get previousItem(): ChainItem | null {
    return this.lastItem;
  }

  /** The content that a modifier such as `nocase` refers to. Throws RuleError when there is none. */
  previousContent(keyword: string): ContentItem {
    const item = this.lastContent();
    if (item === null) {
      throw new RuleError("modifier-without-content", `"${keyword}" needs a content before it`);
    }
    return item;
  }

  /** Index of a variable by name, defining it; `byte_extract` and `byte_math` define. */
  defineVariable(name: string): number {
    const known = this.variableIndexes.get(name);
    if (known !== undefined) return known;
    const index = this.variableIndexes.size;
    this.variableIndexes.set(name, index);
    return index;
  }

  /** Index of a variable that must have been defined before; -1 when unknown. */
  variableIndex(name: string): number {
    return this.variableIndexes.get(name) ?? -1;
  }

  get variableNames(): readonly string[] {
    return [...this.variableIndexes.keys()];
  }

  /** Called when the options end: a sticky buffer without an item is kept for the compiler to report. */
  finish(): void {
    this.closeSelected();
    for (const check of this.finalChecks) check();
  }

  private lastContent(): ContentItem | null {
    const items = this.lastItem === null ? this.currentBuffer.items : this.itemsWith(this.lastItem);
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i]!;
      if (item.keyword === "content") return item as ContentItem; // only ContentItem has this keyword
    }
    return null;
  }

  private itemsWith(item: ChainItem): readonly ChainItem[] {
    for (const buffer of this.buffers) if (buffer.items.includes(item)) return buffer.items;
    return this.currentBuffer.items;
  }

  private closeSelected(): void {
    const selected = this.selected;
    if (selected !== null && selected.items.length === 0 && !this.buffers.includes(selected)) {
      this.buffers.push(selected);
    }
  }

  /** Same buffer, same transforms, not multi: the items continue the one that is there. */
  private placeSelected(_item: ChainItem): BufferDraft {
    const selected = this.selected!;
    if (this.buffers.includes(selected)) return selected;
    if (!selected.declaration.multi) {
      const same = this.buffers.find(
        (buffer) =>
          buffer.declaration === selected.declaration &&
          buffer.side === selected.side &&
          sameTransforms(buffer, selected),
      );
      if (same !== undefined) {
        this.selected = same;
        return same;
      }
    }
    this.buffers.push(selected);
    return selected;
  }

  private bufferOf(declaration: BufferDeclaration): BufferDraft {
    const known = this.buffers.find(
      (buffer) => buffer.declaration === declaration && buffer.transforms.length === 0,
    );
    if (known !== undefined) return known;
    const draft = new BufferDraft(declaration);
    this.buffers.push(draft);
    return draft;
  }
}

function sameTransforms(a: BufferDraft, b: BufferDraft): boolean {
  if (a.transforms.length !== b.transforms.length) return false;
  return a.transforms.every((transform, i) => transform.key === b.transforms[i]!.key);
}
