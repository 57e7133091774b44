/** uricontent: a content in the normal form of the request target; an older way to write http.uri. */
import { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { type ContentPattern, parseContentPattern } from "../../rule/content-pattern.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { bufferNamed } from "../application/protocol-keywords.ts";
import { ContentStep } from "./matching/content-step.ts";

export const uriContent = defineKeyword<ContentPattern>({
  name: "uricontent",
  family: "content",
  summary: "Looks for bytes in the request target of HTTP.",
  syntax: 'uricontent:[!]"text with |hex| parts"',
  since: "<=7.0",
  argument: "required",
  examples: [{ options: 'uricontent:"/admin";', meaning: "as http.uri with this content" }],
  parse: (option) => parseContentPattern(option),
  compile({ bytes, negated }, draft) {
    const buffer = bufferNamed("http.uri");
    if (buffer === null) throw new RuleError("unsupported-keyword", '"uricontent" needs HTTP');
    if (draft.hasSelection) {
      throw new RuleError("modifier-with-sticky", '"uricontent" cannot follow a sticky buffer', {
        hint: 'write "content" after "http.uri"',
      });
    }
    const item = new ContentItem(bytes, negated, (made, builder) => new ContentStep(made, builder));
    draft.addItemTo(buffer, item);
  },
});
