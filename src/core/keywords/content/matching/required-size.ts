/**
 * Whether the contents of a buffer can fit a size that the rule demands of it (dsize, bsize). Counts as
 * Suricata does: the first content, and those placed relative to others, with their distances; then the
 * largest offset. It is a lower bound only for chains without negative distances, as there.
 */
import type { ContentItem, Quantity } from "../../../detect/content-item.ts";
import type { BufferDraft } from "../../../detect/rule-draft.ts";
import { RuleError } from "../../../rule/diagnostic.ts";
import type { NumberComparison } from "../../../rule/number-comparison.ts";

/** Throws RuleError when the contents need more bytes than the comparison allows. */
export function requireContentsFit(
  buffer: BufferDraft | undefined,
  comparison: NumberComparison,
  keyword: string,
): void {
  const sizeMax = largestSize(comparison);
  if (buffer === undefined || sizeMax < 0) return;
  const needed = neededSize(buffer, sizeMax);
  if (needed > sizeMax) {
    throw new RuleError(
      "impossible-size",
      `contents need ${needed} bytes, "${keyword}" allows at most ${sizeMax}`,
      { hint: `the rule can never match: raise "${keyword}" or shorten the contents` },
    );
  }
}

/** -1 where there is no upper end. Suricata counts the end of `<` and of a range in. */
function largestSize({ operator, value, value2 }: NumberComparison): number {
  if (operator === "equal" || operator === "less") return value;
  return operator === "range" ? value2 : -1;
}

function neededSize(buffer: BufferDraft, sizeMax: number): number {
  let total = 0;
  let offsetMax = 0;
  let isFirst = true;
  for (const item of buffer.items) {
    if (item.keyword !== "content") continue;
    const content = item as ContentItem; // only ContentItem has this keyword
    const distance = numberOf(content.distance);
    if (!isFirst) {
      if (!content.relative) continue;
      if (content.negated) {
        const needed = total + distance + numberOf(content.within);
        if (needed > sizeMax) return needed;
        continue;
      }
    }
    total += content.pattern.length + distance;
    offsetMax = Math.max(offsetMax, numberOf(content.offset));
    isFirst = false;
  }
  return total > sizeMax ? total : total + offsetMax;
}

function numberOf(quantity: Quantity | null): number {
  return quantity?.kind === "number" ? quantity.value : 0;
}
