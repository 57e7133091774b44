/** depth: the content before it must lie in the first bytes of the buffer, counted from its offset. */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { mixed, requireFirst, requireNotRelative } from "./matching/modifiers.ts";
import { bindQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";

export const depth = defineKeyword<QuantityText>({
  name: "depth",
  family: "content",
  summary: "Limits the content before it to the first bytes from its offset on.",
  syntax: "depth:N|variable",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'content:"SSH-"; depth:4;', meaning: "the payload begins with SSH-" },
    { options: 'content:"|00 01|"; offset:2; depth:6;', meaning: "in the bytes 2 to 7" },
  ],
  parse(option) {
    option.required();
    return parseQuantity(option, option.whole, { name: "depth", min: 0, max: 65_535 });
  },
  compile(text, draft) {
    const content = draft.previousContent("depth");
    if (content.startsWith) mixed("depth", "startswith");
    requireFirst(content.depth !== null, "depth");
    requireNotRelative(content, "depth");
    const quantity = bindQuantity(text, "depth", draft);
    if (quantity.kind === "number" && quantity.value < content.pattern.length) {
      throw new RuleError(
        "depth-too-small",
        `depth ${quantity.value} is less than the ${content.pattern.length} bytes of the content`,
        { hint: "the rule can never match: the content must fit in its depth" },
      );
    }
    content.depth = quantity;
  },
});
