/**
 * Chooses the content that the prefilter looks for: the author's `fast_pattern`, else the longest content that
 * is not negated, the one with more varied bytes when equal.
 */
import type { FastPattern } from "./compiled-rule.ts";
import type { ContentItem } from "./content-item.ts";
import type { BufferDraft } from "./rule-draft.ts";

/** Null when no content of the buffer can serve. */
export function chooseFastPattern(buffer: BufferDraft): FastPattern | null {
  if (buffer.absent !== null || buffer.transforms.length > 0) return null;
  let best: ContentItem | null = null;
  for (const item of buffer.items) {
    if (item.keyword !== "content") continue;
    const content = item as ContentItem; // only ContentItem has this keyword
    if (content.negated || content.pattern.length === 0) continue;
    if (content.fastPattern !== null) return requested(content);
    if (best === null || strength(content.pattern) > strength(best.pattern)) best = content;
  }
  return best === null ? null : { bytes: best.pattern, nocase: best.nocase };
}

function requested(content: ContentItem): FastPattern {
  const request = content.fastPattern;
  if (request?.kind !== "chop") return { bytes: content.pattern, nocase: content.nocase };
  const end = request.offset + request.length;
  return { bytes: content.pattern.slice(request.offset, end), nocase: content.nocase };
}

/** Longer is stronger; repeated and zero bytes count less. */
function strength(pattern: Uint8Array): number {
  const seen = new Set<number>();
  let score = 0;
  for (const byte of pattern) {
    score += seen.has(byte) ? 1 : byte === 0 || byte === 0xff || byte === 0x20 ? 2 : 3;
    seen.add(byte);
  }
  return score;
}
