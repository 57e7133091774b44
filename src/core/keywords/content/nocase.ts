/** nocase: the content before it matches letters of ASCII in either case. */
import { defineKeyword } from "../../detect/keyword.ts";
import { requireFirst } from "./matching/modifiers.ts";

export const nocase = defineKeyword<void>({
  name: "nocase",
  family: "content",
  summary: "Lets the content before it match upper and lower case alike.",
  syntax: "nocase",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: 'content:"user-agent"; nocase;', meaning: "USER-AGENT matches too" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const content = draft.previousContent("nocase");
    requireFirst(content.nocase, "nocase");
    content.nocase = true;
  },
});
