/** rawbytes: accepted for rules written for Snort, without effect. */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { requireFirst } from "./matching/modifiers.ts";

export const rawBytes = defineKeyword<void>({
  name: "rawbytes",
  family: "content",
  summary: "Has no effect; other engines look at bytes before normalisation.",
  syntax: "rawbytes",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: 'content:"|ff|"; rawbytes;', meaning: "as without rawbytes" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const content = draft.previousContent("rawbytes");
    if (draft.hasSelection) {
      const { name } = draft.currentBuffer.declaration;
      throw new RuleError("conflicting-modifiers", `"rawbytes" cannot be used in "${name}"`);
    }
    requireFirst(content.rawBytes, "rawbytes");
    content.rawBytes = true;
  },
});
