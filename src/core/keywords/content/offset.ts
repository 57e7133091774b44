/** offset: the search for the content before it begins so many bytes into the buffer. */
import { defineKeyword } from "../../detect/keyword.ts";
import { mixed, requireFirst, requireNotRelative } from "./matching/modifiers.ts";
import { bindQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";

export const offset = defineKeyword<QuantityText>({
  name: "offset",
  family: "content",
  summary: "Starts the search for the content before it so many bytes into the buffer.",
  syntax: "offset:N|variable",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: 'content:"|ff 53|"; offset:4;', meaning: "not in the first four bytes" }],
  parse(option) {
    option.required();
    return parseQuantity(option, option.whole, { name: "offset", min: 0, max: 65_535 });
  },
  compile(text, draft) {
    const content = draft.previousContent("offset");
    if (content.startsWith) mixed("offset", "startswith");
    requireFirst(content.offset !== null, "offset");
    requireNotRelative(content, "offset");
    content.offset = bindQuantity(text, "offset", draft);
  },
});
