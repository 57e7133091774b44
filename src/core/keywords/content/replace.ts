/** replace: inline, the bytes of the match are overwritten before the packet goes on. */
import { defineKeyword } from "../../detect/keyword.ts";
import { parseContentPattern } from "../../rule/content-pattern.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const replace = defineKeyword<Uint8Array>({
  name: "replace",
  family: "content",
  summary: "Overwrites the match of the content before it when the engine is inline.",
  syntax: 'replace:"text of the same length"',
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'content:"password"; replace:"xxxxxxxx";', meaning: "the word leaves as eight x" },
  ],
  parse(option) {
    const { bytes, negated } = parseContentPattern(option);
    if (negated) option.fail("bad-replacement", '"replace" cannot be negated');
    return bytes;
  },
  compile(bytes, draft) {
    const content = draft.previousContent("replace");
    if (draft.hasSelection) {
      throw new RuleError("bad-replacement", '"replace" works on the payload only');
    }
    if (content.negated) {
      throw new RuleError("bad-replacement", "a negated content has no match to replace");
    }
    const { length } = content.pattern;
    if (bytes.length !== length) {
      throw new RuleError(
        "bad-replacement",
        `replacement has ${bytes.length} bytes, the content has ${length}`,
      );
    }
    content.replacement = bytes;
    draft.requirePacket = true;
  },
});
