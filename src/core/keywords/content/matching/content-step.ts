/**
 * The search for one content in a buffer: its window from offset and depth or from distance and within, the
 * search, and the retries while later steps that depend on its place fail.
 *
 * As in Suricata: depth counts from the start of the stream or body where the buffer is a window of it, offset
 * from the start of the window; a content with depth never matches behind its depth, not even negated.
 *
 * @hotpath
 */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../../detect/chain.ts";
import type { ContentItem } from "../../../detect/content-item.ts";
import type { RuleBuilder } from "../../../detect/rule-builder.ts";
import { Literal } from "../../../match/literal.ts";
import { RunQuantity } from "./quantity.ts";

const Window = { open: 0, empty: 1, refused: 2 } as const;

export class ContentStep implements ChainStep {
  readonly keyword = "content";
  readonly role = "place";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly literal: Literal;
  private readonly length: number;
  private readonly replacement: Uint8Array | null;
  private readonly negated: boolean;
  private readonly endsWith: boolean;
  private readonly offset: RunQuantity;
  private readonly depth: RunQuantity;
  private readonly hasDepth: boolean;
  private readonly distance: RunQuantity;
  private readonly within: RunQuantity;
  private readonly hasWithin: boolean;
  /** The window does not depend on variables or places: a failure is final for the whole chain. */
  private readonly isFixed: boolean;
  /** The window found last, for the method that asked. */
  private windowStart = 0;
  private windowEnd = 0;

  constructor(item: ContentItem, builder: RuleBuilder) {
    this.literal = new Literal(builder.kernels, builder.arena, item.pattern, item.nocase);
    this.length = item.pattern.length;
    this.negated = item.negated;
    this.replacement = item.replacement;
    this.endsWith = item.endsWith;
    this.relative = item.relative;
    this.offset = new RunQuantity(item.startsWith ? null : item.offset);
    this.depth = new RunQuantity(
      item.startsWith ? { kind: "number", value: this.length } : item.depth,
    );
    this.hasDepth = item.startsWith || item.depth !== null;
    this.distance = new RunQuantity(item.distance);
    this.within = new RunQuantity(item.within);
    this.hasWithin = item.within !== null;
    this.isFixed = !this.relative && this.offset.variable < 0 && this.depth.variable < 0;
    // Later places only move the start of a search without `within` on: another place cannot help it.
    const needsPlace = this.relative && (this.hasWithin || this.negated);
    this.retryDemand = needsPlace ? "place" : "none";
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const window = this.relative
      ? this.relativeWindow(inspection)
      : this.absoluteWindow(inspection);
    if (window === Window.refused) return false;
    if (this.negated) return this.runNegated(inspection, chain, index, window);
    if (window === Window.empty) return false;
    const limit = this.windowEnd;
    let from = this.windowStart;
    for (;;) {
      const found = this.find(inspection, from, limit);
      if (found < 0) {
        if (!this.relative) inspection.stop = true;
        return false;
      }
      inspection.cursor = found + this.length;
      if (chain.match(inspection, index + 1)) {
        if (this.replacement !== null)
          inspection.context.replacements?.note(found, this.replacement);
        return true;
      }
      if (inspection.stop) return false;
      if (!chain.retriesAt(index)) {
        inspection.stop = true;
        return false;
      }
      from = found + 1;
    }
  }

  private runNegated(
    inspection: BufferInspection,
    chain: Chain,
    index: number,
    window: number,
  ): boolean {
    const isFound =
      window === Window.open && this.find(inspection, this.windowStart, this.windowEnd) >= 0;
    if (!isFound) return chain.match(inspection, index + 1);
    if (this.isFixed) inspection.stop = true;
    return false;
  }

  private find(inspection: BufferInspection, from: number, limit: number): number {
    const { bytes, end } = inspection;
    if (!this.endsWith) return this.literal.find(bytes, from, limit);
    const last = end - this.length;
    return limit < end || last < from ? -1 : this.literal.find(bytes, last, end);
  }

  private absoluteWindow(inspection: BufferInspection): number {
    const length = inspection.end - inspection.start;
    const offset = this.offset.unsigned(inspection);
    let limit = length;
    if (this.hasDepth) {
      limit = offset + this.depth.unsigned(inspection);
      if (inspection.offset !== 0) {
        if (limit <= inspection.offset) return Window.refused;
        if (limit < inspection.offset + length) limit -= inspection.offset;
      }
    }
    return this.setWindow(inspection, offset, limit);
  }

  private relativeWindow(inspection: BufferInspection): number {
    const length = inspection.end - inspection.start;
    const place = inspection.cursor - inspection.start;
    const distance = this.distance.signed(inspection);
    let limit = length;
    if (this.hasWithin) {
      const wanted = place + this.within.unsigned(inspection) + distance;
      // Suricata takes a limit in front of the buffer for none at all.
      if (wanted >= 0 && wanted < length) limit = wanted;
      if (inspection.offset !== 0 && place === 0) {
        if (limit <= inspection.offset) return Window.refused;
        if (limit < inspection.offset + length) limit -= inspection.offset;
      }
    }
    return this.setWindow(inspection, Math.max(0, place + distance), limit);
  }

  /** From offsets in the buffer to those in `bytes`. */
  private setWindow(inspection: BufferInspection, offset: number, wantedLimit: number): number {
    const limit = Math.min(wantedLimit, inspection.end - inspection.start);
    if (offset > limit || limit === 0) return Window.empty;
    this.windowStart = inspection.start + offset;
    this.windowEnd = inspection.start + limit;
    return Window.open;
  }
}
