/**
 * content: bytes that must, or with `!` must not, be in the buffer. The modifiers that follow say where.
 */
import { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { type ContentPattern, parseContentPattern } from "../../rule/content-pattern.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { ContentStep } from "./matching/content-step.ts";

export const CONTENT_BYTES_MAX = 65_535;

export const content = defineKeyword<ContentPattern>({
  name: "content",
  family: "content",
  summary: "Looks for bytes in the selected buffer, or in the payload.",
  syntax: 'content:[!]"text with |hex| parts"',
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'content:"GET /";', meaning: "the five bytes anywhere in the payload" },
    { options: 'content:"|0d 0a|Host|3a 20|"; nocase;', meaning: "bytes in hex between the pipes" },
    { options: 'content:!"Referer";', meaning: "the text is nowhere in the payload" },
  ],
  parse(option) {
    const pattern = parseContentPattern(option);
    if (pattern.bytes.length > CONTENT_BYTES_MAX) {
      option.failAt(
        option.whole,
        "pattern-too-long",
        `pattern has ${pattern.bytes.length} bytes, at most ${CONTENT_BYTES_MAX} are allowed`,
      );
    }
    return pattern;
  },
  compile({ bytes, negated }, draft) {
    if (!negated) requireTransformable(bytes, draft);
    const item = new ContentItem(bytes, negated, (made, builder) => new ContentStep(made, builder));
    draft.addItem(item);
  },
});

function requireTransformable(bytes: Uint8Array, draft: RuleDraft): void {
  if (!draft.hasSelection) return;
  for (const transform of draft.currentBuffer.transforms) {
    if (transform.accepts?.(bytes, false) === false) {
      throw new RuleError(
        "impossible-content",
        `the content can never occur after "${transform.keyword}"`,
        { hint: "write it as the transform leaves it" },
      );
    }
  }
}
