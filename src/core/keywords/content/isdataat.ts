/**
 * isdataat: whether the buffer has data at a place. As in Suricata the absolute form asks for the byte at N, the
 * relative one for N bytes behind the match; `!1,relative` behind a content means that it ends the buffer.
 */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../detect/chain.ts";
import type { ContentItem, Quantity } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { readerDemand } from "./matching/byte-options.ts";
import {
  bindReaderQuantity,
  parseQuantity,
  type QuantityText,
  RunQuantity,
} from "./matching/quantity.ts";

interface IsDataAt {
  readonly at: QuantityText;
  readonly negated: boolean;
  readonly relative: boolean;
}

/** A variable from here on is out of every buffer. */
const VARIABLE_LIMIT = 100_000_000;

export const isDataAt = defineKeyword<IsDataAt>({
  name: "isdataat",
  family: "content",
  summary: "Checks that the buffer has, or with an exclamation mark has no, data at a place.",
  syntax: "isdataat:[!]N|variable [,relative] [,rawbytes]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "isdataat:512;", meaning: "the payload has more than 512 bytes" },
    {
      options: 'content:"PASS "; isdataat:100,relative;',
      meaning: "100 bytes or more follow the match",
    },
    { options: 'content:".php"; isdataat:!1,relative;', meaning: "nothing follows the match" },
  ],
  parse(option) {
    option.required();
    const [place, ...rest] = option.split();
    if (place === undefined) return option.fail("missing-value", '"isdataat" needs a place');
    const negated = place.text.startsWith("!");
    const piece = negated
      ? option.piece(place.offset + 1, place.offset + place.text.length)
      : place;
    const names = rest.map((part) => option.oneOf(part, ["relative", "rawbytes"], "option"));
    const isOrdered = names.length <= 1 || (names.length === 2 && names[0] === "relative");
    if (!isOrdered || (names.length === 2 && names[1] !== "rawbytes")) {
      option.failAt(option.whole, "bad-value", '"isdataat" takes "relative", then "rawbytes"');
    }
    const at = parseQuantity(option, piece, { name: "place", min: 0, max: 65_535 });
    return { at, negated, relative: names[0] === "relative" };
  },
  compile({ at, negated, relative }, draft) {
    const quantity = bindReaderQuantity(at, "isdataat", draft);
    const isEnd = negated && relative && quantity.kind === "number" && quantity.value === 1;
    const ending = isEnd ? endedContent(draft) : null;
    if (ending !== null) {
      ending.endsWith = true;
      return;
    }
    const demand = readerDemand(relative, draft);
    const build = (): ChainStep => new IsDataAtStep(quantity, negated, relative, demand);
    const item = { keyword: "isdataat", relative, build };
    if (relative) draft.addFollower(item);
    else draft.addItem(item);
  },
});

/** The content that stands before, where nothing that reads or searches stands between. */
function endedContent(draft: RuleDraft): ContentItem | null {
  const previous = draft.previousItem;
  if (previous === null) return null;
  // Only ContentItem has this keyword.
  if (previous.keyword === "content") return previous as ContentItem;
  if (!draft.hasSelection) return null;
  const { items } = draft.currentBuffer;
  const last = items.findLast(({ keyword }) => keyword === "content" || keyword === "pcre");
  return last?.keyword === "content" ? (last as ContentItem) : null;
}

class IsDataAtStep implements ChainStep {
  readonly keyword = "isdataat";
  readonly role = "reader";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly at: RunQuantity;
  private readonly negated: boolean;

  constructor(at: Quantity, negated: boolean, relative: boolean, demand: RetryDemand) {
    this.at = new RunQuantity(at);
    this.negated = negated;
    this.relative = relative;
    this.retryDemand = demand;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { variable } = this.at;
    const at = this.at.unsigned(inspection);
    const isHuge =
      variable >= 0 && (at >= VARIABLE_LIMIT || inspection.variableWords[variable * 2 + 1] !== 0);
    const hasData =
      !isHuge &&
      (this.relative
        ? inspection.cursor + at <= inspection.end
        : inspection.start + at < inspection.end);
    if (hasData !== this.negated) return chain.match(inspection, index + 1);
    // No other place can help: later ones have less data, and an absolute place is always the same.
    const isFinal = variable < 0 && !(this.relative && this.negated);
    if (isFinal) inspection.stop = true;
    return false;
  }
}
