/** fast_pattern: the content before it, or a part of it, is what the prefilter looks for. */
import type { ContentItem, FastPatternRequest } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const fastPattern = defineKeyword<FastPatternRequest>({
  name: "fast_pattern",
  family: "content",
  summary: "Makes the content before it the one that the prefilter looks for.",
  syntax: "fast_pattern[:only|:OFFSET,LENGTH]",
  since: "<=7.0",
  argument: "optional",
  examples: [
    { options: 'content:"/gate.php"; fast_pattern; content:"POST";', meaning: "the first content" },
    { options: 'content:"/gate.php"; fast_pattern:1,4;', meaning: "only its bytes 1 to 4" },
    {
      options: 'content:"/gate.php"; fast_pattern:only;',
      meaning: "and it is not looked at again",
    },
  ],
  parse(option) {
    if (!option.hasValue) return { kind: "whole" };
    if (option.trimmed === "only") return { kind: "only" };
    const [from, length, ...more] = option.split();
    if (from === undefined || length === undefined || more.length > 0) {
      return option.failAt(
        option.whole,
        "bad-fast-pattern",
        `"${option.trimmed}" is neither "only" nor an offset and a length`,
      );
    }
    return {
      kind: "chop",
      offset: option.integer(from, { max: 65_535, name: "offset" }),
      length: option.integer(length, { min: 1, max: 65_535, name: "length" }),
    };
  },
  compile(request, draft) {
    const content = draft.previousContent("fast_pattern");
    requireUsable(request, content, draft);
    content.fastPattern = request;
  },
});

function requireUsable(request: FastPatternRequest, content: ContentItem, draft: RuleDraft): void {
  const isPlaced = content.relative || content.offset !== null || content.depth !== null;
  if (content.negated && (isPlaced || content.startsWith)) {
    conflict("a negated content with a place cannot be the fast pattern");
  }
  if (request.kind === "only" && (content.negated || isPlaced || content.startsWith)) {
    conflict('"fast_pattern:only" excludes negation, depth, offset, distance and within');
  }
  if (request.kind === "chop" && request.offset + request.length > content.pattern.length) {
    conflict(
      `offset and length reach ${request.offset + request.length} bytes, ` +
        `the content has ${content.pattern.length}`,
    );
  }
  if (content.fastPattern !== null) conflict('"fast_pattern" was already given for this content');
  for (const buffer of draft.buffers) {
    if (buffer.declaration.scope === "derived" && buffer.items.includes(content)) {
      conflict(`"fast_pattern" cannot be used in "${buffer.declaration.name}"`);
    }
    for (const item of buffer.items) {
      // Only ContentItem has this keyword.
      if (item.keyword === "content" && (item as ContentItem).fastPattern !== null) {
        conflict('"fast_pattern" can be used once in a rule');
      }
    }
  }
}

function conflict(message: string): never {
  throw new RuleError("fast-pattern-conflict", message);
}
