/** prefilter: the condition before it is the one that selects packets for the rule. */
import type { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const prefilter = defineKeyword<void>({
  name: "prefilter",
  family: "prefilter",
  summary: "Makes the condition before it the one that selects packets for the rule.",
  syntax: "prefilter",
  since: "<=7.0",
  argument: "none",
  examples: [
    { options: "ttl:1; prefilter;", meaning: "packets with this TTL are selected first" },
    { options: 'content:"abc"; prefilter;', meaning: "as fast_pattern" },
  ],
  parse: (option) => option.requireNone(),
  compile: compilePrefilter,
});

function compilePrefilter(_: unknown, draft: RuleDraft): void {
  const last = draft.lastCondition;
  const hasOther =
    draft.prefilterCheck !== null ||
    draft.buffers.some(({ items }) =>
      items.some(
        (item) => item.keyword === "content" && (item as ContentItem).fastPattern !== null,
      ),
    );
  if (hasOther) {
    throw new RuleError("duplicate-keyword", '"prefilter" and "fast_pattern" choose one condition');
  }
  if (last === null) {
    throw new RuleError("prefilter-without-condition", '"prefilter" needs a condition before it');
  }
  if (last.kind === "item") {
    if (last.item.keyword !== "content") failUnusable(last.item.keyword);
    // Only ContentItem has this keyword.
    (last.item as ContentItem).fastPattern = { kind: "whole" };
    return;
  }
  const entry = draft.packetChecks[last.index];
  if (entry === undefined || entry.options.prefilter !== true) {
    failUnusable(entry?.check.keyword ?? "");
  }
  draft.prefilterCheck = last.index;
}

function failUnusable(keyword: string): never {
  throw new RuleError("bad-prefilter", `"${keyword}" cannot be the prefilter of a rule`);
}
