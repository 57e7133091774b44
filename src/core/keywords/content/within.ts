/** within: the content before it must end so few bytes after the previous match (and its distance). */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { RELATIVE_BYTES_MAX } from "./distance.ts";
import { requireFirst, requireNotAbsolute } from "./matching/modifiers.ts";
import { bindQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";

export const within = defineKeyword<QuantityText>({
  name: "within",
  family: "content",
  summary: "Limits the content before it to so many bytes after the match before that.",
  syntax: "within:N|variable",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: 'content:"|01|"; content:"|02|"; within:4;',
      meaning: "a byte 2 in the four bytes after a byte 1",
    },
    {
      options: 'content:"|01|"; content:"|02|"; distance:2; within:1;',
      meaning: "a byte 2 exactly two bytes after a byte 1",
    },
  ],
  parse(option) {
    option.required();
    const range = { name: "within", min: -RELATIVE_BYTES_MAX, max: RELATIVE_BYTES_MAX } as const;
    return parseQuantity(option, option.whole, { ...range, hex: "allowed" });
  },
  compile(text, draft) {
    const content = draft.previousContent("within");
    requireFirst(content.within !== null, "within");
    requireNotAbsolute(content, "within");
    const quantity = bindQuantity(text, "within", draft);
    if (quantity.kind === "number" && quantity.value < content.pattern.length) {
      throw new RuleError(
        "within-too-small",
        `within ${quantity.value} is less than the ${content.pattern.length} bytes of the content`,
        { hint: "the rule can never match: the content must fit" },
      );
    }
    content.within = quantity;
  },
});
