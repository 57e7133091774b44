/** prefilter: the condition before it decides which packets the rule is tried on. */
import type { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const prefilter = defineKeyword<void>({
  name: "prefilter",
  family: "prefilter",
  summary: "Makes the condition before it the one by which the rule is found.",
  syntax: "prefilter",
  since: "<=7.0",
  argument: "none",
  examples: [{ options: "ttl:1; prefilter;", meaning: "tried on packets with a hop limit of 1" }],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const last = draft.lastCondition;
    if (last === null) {
      throw new RuleError("modifier-without-condition", '"prefilter" needs a condition before it');
    }
    if (draft.prefilterCheck !== null) {
      throw new RuleError("duplicate-keyword", '"prefilter" may be given only once');
    }
    if (last.kind === "check") {
      const entry = draft.packetChecks[last.index];
      if (entry?.options.prefilter !== true) {
        throw new RuleError("bad-prefilter", `"${entry?.check.keyword}" cannot be the prefilter`);
      }
      draft.prefilterCheck = last.index;
      return;
    }
    if (last.item.keyword !== "content") {
      throw new RuleError("bad-prefilter", `"${last.item.keyword}" cannot be the prefilter`);
    }
    const content = last.item as ContentItem; // only ContentItem has this keyword
    content.fastPattern ??= { kind: "whole" };
  },
});
