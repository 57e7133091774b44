/**
 * What the modifiers of a content (depth, within, startswith ...) must not contradict, as Suricata refuses it.
 */
import type { ContentItem } from "../../../detect/content-item.ts";
import { RuleError } from "../../../rule/diagnostic.ts";

/** Refuses a second use for the same content. */
export function requireFirst(isUsed: boolean, keyword: string): void {
  if (isUsed) {
    throw new RuleError("duplicate-modifier", `"${keyword}" was already given for this content`);
  }
}

/** For depth, offset, startswith: the content must not be relative to another. */
export function requireNotRelative(content: ContentItem, keyword: string): void {
  if (content.relative) mixed(keyword, content.distance !== null ? "distance" : "within");
  requireNoFastPatternConflict(content, keyword);
}

/** For distance, within: the content must not be placed from the start of the buffer. */
export function requireNotAbsolute(content: ContentItem, keyword: string): void {
  if (content.startsWith) mixed(keyword, "startswith");
  if (content.depth !== null) mixed(keyword, "depth");
  if (content.offset !== null) mixed(keyword, "offset");
  requireNoFastPatternConflict(content, keyword);
}

export function mixed(keyword: string, other: string): never {
  throw new RuleError(
    "conflicting-modifiers",
    `"${keyword}" cannot be combined with "${other}" for the same content`,
    {
      hint: "depth, offset and startswith count from the start, distance and within from the match before",
    },
  );
}

function requireNoFastPatternConflict(content: ContentItem, keyword: string): void {
  const { fastPattern, negated } = content;
  if (fastPattern === null) return;
  if (fastPattern.kind === "only") {
    throw new RuleError(
      "fast-pattern-conflict",
      `"${keyword}" cannot be given for a content with "fast_pattern:only"`,
    );
  }
  if (negated) {
    throw new RuleError(
      "fast-pattern-conflict",
      `"${keyword}" cannot be given for a negated content with "fast_pattern"`,
    );
  }
}
