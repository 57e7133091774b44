/**
 * Chooses the content that the prefilter looks for: the author's `fast_pattern`, else of the contents that are
 * not negated the strongest, by length and by how rare its bytes are. A content of a transaction's field is
 * preferred to one of the payload, that to one of a packet buffer: payload patterns are searched for all rules in
 * one pass.
 */
import type { BufferTable } from "./buffer-table.ts";
import type { FastPattern } from "./compiled-rule.ts";
import type { ContentItem, Quantity } from "./content-item.ts";
import type { BufferDraft, ChainItem } from "./rule-draft.ts";

interface Candidate {
  readonly content: ContentItem;
  readonly buffer: BufferDraft;
  readonly score: number;
}

const REQUESTED_SCORE = 1_000_000;
/** A field of a transaction is looked at once, a packet buffer with every packet. */
const preferences = {
  transaction: 2000,
  frame: 2000,
  payload: 1000,
  packet: 0,
  derived: 0,
} as const;
/** Longer patterns than this are no better. */
const SCORED_BYTES_MAX = 64;

/** Null when no content can serve: none at all, or only negated ones. */
export function chooseFastPattern(
  buffers: readonly BufferDraft[],
  table: BufferTable,
): FastPattern | null {
  let best: Candidate | null = null;
  for (const buffer of buffers) {
    if (!canServe(buffer)) continue;
    for (const item of buffer.items) {
      if (!isContent(item) || item.negated || item.pattern.length === 0) continue;
      const score = scoreOf(item, buffer);
      if (best === null || score > best.score) best = { content: item, buffer, score };
    }
  }
  return best === null ? null : patternOf(best, table);
}

function canServe({ declaration, absent }: BufferDraft): boolean {
  if (absent !== null || !declaration.fastPattern) return false;
  return declaration.scope !== "derived";
}

function isContent(item: ChainItem): item is ContentItem {
  return item.keyword === "content"; // only ContentItem has this keyword
}

function scoreOf(content: ContentItem, { declaration }: BufferDraft): number {
  const preference = preferences[declaration.scope];
  const requested = content.fastPattern === null ? 0 : REQUESTED_SCORE;
  return requested + preference + strength(content.pattern);
}

function patternOf({ content, buffer }: Candidate, table: BufferTable): FastPattern {
  const { pattern, nocase, fastPattern: request } = content;
  const bufferId = table.idOf(buffer.declaration, buffer.transforms);
  const chop = request?.kind === "chop" ? request : null;
  const bytes = chop === null ? pattern : pattern.slice(chop.offset, chop.offset + chop.length);
  // Windows of bodies move: places in them say nothing of places in the body.
  const { scope } = buffer.declaration;
  const isMoving = scope === "transaction" || scope === "frame";
  const isPlaced = chop === null && !content.relative && !isMoving;
  const offset = isPlaced ? placeOf(content.offset) : null;
  const depth = isPlaced && offset !== null ? depthOf(content, offset) : null;
  return { bytes, nocase, bufferId, offset: offset === 0 ? null : offset, depth };
}

/** 0 without an offset; null where a variable decides. */
function placeOf(quantity: Quantity | null): number | null {
  if (quantity === null) return 0;
  return quantity.kind === "number" ? quantity.value : null;
}

function depthOf(content: ContentItem, offset: number): number | null {
  if (content.startsWith) return content.pattern.length;
  const { depth } = content;
  return depth?.kind === "number" ? offset + depth.value : null;
}

/** Longer is stronger; bytes seen before, and those that traffic is full of, count less. */
function strength(pattern: Uint8Array): number {
  const seen = new Set<number>();
  let score = 0;
  for (const byte of pattern.slice(0, SCORED_BYTES_MAX)) {
    if (seen.has(byte)) score += 1;
    else if (byte === 0 || byte === 0xff || byte === 0x20) score += 2;
    else score += isLetter(byte) ? 4 : 5;
    seen.add(byte);
  }
  return score;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
