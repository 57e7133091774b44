/**
 * Inspects the frames of a packet's direction with the rules that look into them, once the data that belongs to
 * them is there: the searches of their type, then the rules that they found.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import { MatchSet } from "../match/multi-pattern.ts";
import type { Frame } from "../protocols/frame.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { BufferInspector } from "./buffer-inspector.ts";
import type { BufferEntry } from "./buffer-table.ts";
import { ByteRange } from "./byte-range.ts";
import { Candidates } from "./candidates.ts";
import type { Check } from "./check.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import { applicationOf } from "./flow-application.ts";
import { FrameChunks } from "./frame-chunks.ts";
import type { FrameBuffer } from "./frame-plan.ts";
import type { TypeSearches } from "./frame-searches.ts";
import { hasBit } from "./rule-bits.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { RuleSet } from "./rule-set.ts";

/** Bytes that the transforms of one chunk may write. */
export const FRAME_TRANSFORM_BYTES_MAX = 262_144;

/** Asked whether a rule's own conditions on packet and flow hold, and told of a match. */
export interface FrameRuleHost {
  admits(rule: CompiledRule, gate: number, checks: readonly Check[]): boolean;
  matched(
    rule: CompiledRule,
    fromStream: boolean,
    transaction: Transaction | null,
    frame: Frame,
  ): void;
}

export class FrameInspector {
  /** Chunks that were too long for their transforms. */
  refused = 0;
  /** Single rules are matched through it: the inspector itself, unless something measures them. */
  matcher: Pick<FrameInspector, "matches"> = this;
  private readonly ruleSet: RuleSet;
  private readonly inspector: BufferInspector;
  private readonly host: FrameRuleHost;
  private readonly chunks: FrameChunks;
  private readonly found: MatchSet;
  private readonly candidates: Candidates;
  private readonly range: ByteRange;
  private readonly output: ByteRange;
  private readonly scratchStart: number;

  constructor(
    ruleSet: RuleSet,
    inspector: BufferInspector,
    host: FrameRuleHost,
    arena: Arena,
    isInline: boolean,
  ) {
    this.ruleSet = ruleSet;
    this.inspector = inspector;
    this.host = host;
    this.chunks = new FrameChunks(isInline);
    this.found = new MatchSet(ruleSet.rules.length + 1);
    this.candidates = new Candidates(ruleSet.rules.length);
    this.range = new ByteRange(arena.bytes);
    this.output = new ByteRange(arena.bytes);
    const isNeeded = ruleSet.buffers.some(isTransformed);
    this.scratchStart = isNeeded ? arena.allocate(FRAME_TRANSFORM_BYTES_MAX) : 0;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["detect.frame_transforms_refused", this.refused];
  }

  inspect(packet: Packet, flow: Flow, group: RuleGroup): void {
    const state = applicationOf(flow);
    const list = state?.frames?.[packet.direction] ?? null;
    if (state === null || (flow.tcp !== null && !packet.inConnection)) return;
    if (list === null || list.items.length === 0) return;
    if (flow.tcp !== null && !list.isChanged && !packet.streamEnd) return;
    const { items } = list;
    for (let i = 0; i < items.length; i++) {
      const frame = items[i]!;
      const searches = this.ruleSet.frames.of(state.protocol, frame.type);
      if (searches.isEmpty || !this.chunks.open(frame, packet, flow.tcp)) continue;
      this.inspectOne(frame, searches, group, flow.tcp !== null, state.transactions);
      if (this.chunks.reached > frame.inspectedBytes) frame.inspectedBytes = this.chunks.reached;
    }
  }

  private inspectOne(
    frame: Frame,
    searches: TypeSearches,
    group: RuleGroup,
    isStream: boolean,
    transactions: readonly Transaction[],
  ): void {
    const { candidates, found } = this;
    candidates.reset();
    found.reset();
    for (const { bufferId, matcher } of searches.searches) {
      this.chunks.rewind();
      while (this.nextChunk(bufferId)) {
        matcher.search(this.range.bytes, this.range.start, this.range.end, found);
      }
    }
    const { rules } = this.ruleSet;
    for (let i = 0; i < found.count; i++) {
      const index = found.ids[i]!;
      if (hasBit(group.bits, index)) candidates.addIndex(index);
    }
    candidates.addAll(searches.unsearchedOf(group));
    if (candidates.count === 0) return;
    candidates.sort();
    const { host, matcher } = this;
    for (let i = 0; i < candidates.count; i++) {
      const rule = rules[candidates.indexes[i]!]!;
      if (!host.admits(rule, rule.gate, rule.checks) || !matcher.matches(rule, frame)) continue;
      const transaction = transactions.find(({ id }) => id === frame.transactionId) ?? null;
      host.matched(rule, isStream, transaction, frame);
    }
  }

  matches(rule: CompiledRule, frame: Frame): boolean {
    const buffers = rule.frame?.buffers ?? [];
    this.inspector.beginRule();
    for (let i = 0; i < buffers.length; i++) {
      if (buffers[i]!.type === frame.type && this.matchesBuffer(rule, buffers[i]!)) return true;
    }
    return false;
  }

  private matchesBuffer(rule: CompiledRule, { buffer }: FrameBuffer): boolean {
    const { chunks, range, inspector } = this;
    const derived = rule.frame?.derived ?? [];
    chunks.rewind();
    while (this.nextChunk(buffer.bufferId)) {
      const { start, end } = range;
      const { offset, isLast } = chunks;
      if (!inspector.runChain(buffer.chain, start, end, offset, isLast)) continue;
      if (derived.every((made) => inspector.matchesPart(made, rule))) return true;
    }
    return false;
  }

  /** Sets `range` to the next chunk, as the buffer's transforms leave it. */
  private nextChunk(bufferId: number): boolean {
    const { chunks, range } = this;
    const entry = this.ruleSet.buffers[bufferId]!;
    while (chunks.next()) {
      range.start = chunks.start;
      range.end = chunks.end;
      if (entry.transforms.length === 0 || this.transform(entry)) return true;
    }
    return false;
  }

  private transform({ transforms }: BufferEntry): boolean {
    const { range, output, scratchStart } = this;
    const limit = scratchStart + FRAME_TRANSFORM_BYTES_MAX;
    let next = scratchStart;
    for (let i = 0; i < transforms.length; i++) {
      output.bytes = range.bytes;
      output.start = output.end = next;
      if (!transforms[i]!.apply(range, output, limit)) {
        this.refused++;
        return false;
      }
      if (output.start >= next && output.end <= limit) next = output.end;
      range.start = output.start;
      range.end = output.end;
    }
    return true;
  }
}

function isTransformed({ declaration, transforms }: BufferEntry): boolean {
  return declaration.scope === "frame" && transforms.length > 0;
}
