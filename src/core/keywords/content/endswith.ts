/** endswith: the buffer must end with the content before it. */
import { defineKeyword } from "../../detect/keyword.ts";

export const endsWith = defineKeyword<void>({
  name: "endswith",
  family: "content",
  summary: "Demands that the buffer ends with the content before it.",
  syntax: "endswith",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: 'content:".exe"; endswith;', meaning: "the payload ends with .exe" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    draft.previousContent("endswith").endsWith = true;
  },
});
