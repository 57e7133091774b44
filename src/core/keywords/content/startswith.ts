/** startswith: the buffer must begin with the content before it. */
import { defineKeyword } from "../../detect/keyword.ts";
import { mixed, requireFirst, requireNotRelative } from "./matching/modifiers.ts";

export const startsWith = defineKeyword<void>({
  name: "startswith",
  family: "content",
  summary: "Demands that the buffer begins with the content before it.",
  syntax: "startswith",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: 'content:"GET "; startswith;', meaning: "the payload begins with GET" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const content = draft.previousContent("startswith");
    requireFirst(content.startsWith, "startswith");
    if (content.depth !== null) mixed("startswith", "depth");
    if (content.offset !== null) mixed("startswith", "offset");
    requireNotRelative(content, "startswith");
    content.startsWith = true;
  },
});
