/** distance: the search for the content before it begins so many bytes after the previous match. */
import { defineKeyword } from "../../detect/keyword.ts";
import { requireFirst, requireNotAbsolute } from "./matching/modifiers.ts";
import { bindQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";

/** Largest distance and within, either way. */
export const RELATIVE_BYTES_MAX = 1_048_576;

export const distance = defineKeyword<QuantityText>({
  name: "distance",
  family: "content",
  summary: "Starts the search for the content before it so many bytes after the match before that.",
  syntax: "distance:[-]N|variable",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: 'content:"User"; content:"Agent"; distance:1;',
      meaning: "Agent, one byte or more after User",
    },
    {
      options: 'content:"abcd"; content:"cde"; distance:-2;',
      meaning: "cde may begin two bytes before the end of abcd",
    },
  ],
  parse(option) {
    option.required();
    const range = { name: "distance", min: -RELATIVE_BYTES_MAX, max: RELATIVE_BYTES_MAX } as const;
    return parseQuantity(option, option.whole, { ...range, hex: "allowed" });
  },
  compile(text, draft) {
    const content = draft.previousContent("distance");
    requireFirst(content.distance !== null, "distance");
    requireNotAbsolute(content, "distance");
    content.distance = bindQuantity(text, "distance", draft);
  },
});
