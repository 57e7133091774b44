/**
 * iprep: compares the reputation of the sender, the receiver, either or both in a category. `isset` and
 * `isnotset` ask whether there is a value at all; an address without one meets no comparison.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { REPUTATION_LAST } from "../../detect/reputation.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { matchesNumber, type NumberComparison } from "../../rule/number-comparison.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { parseSplitComparison } from "../families/split-comparison.ts";

const SIDES = ["any", "src", "dst", "both"] as const;

/** A comparison, or whether there must be a value. */
type Demand = NumberComparison | "isset" | "isnotset";

interface ReputationDemand {
  readonly side: (typeof SIDES)[number];
  readonly category: string;
  readonly demand: Demand;
}

interface ReputationTest {
  readonly side: (typeof SIDES)[number];
  readonly category: number;
  readonly demand: Demand;
}

export const iprep = defineKeyword<ReputationDemand>({
  name: "iprep",
  family: "dataset & reputation",
  summary: "Compares the reputation of an address in a category.",
  syntax: "iprep:any|src|dst|both,CATEGORY,<|>|=|!=|<=|>=,N or iprep:...,CATEGORY,isset|isnotset",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "iprep:src,CnC,>,30;", meaning: "the sender is above 30 in the category CnC" },
    { options: "iprep:any,Mobile,isset;", meaning: "one of the two has a value" },
  ],
  parse(option) {
    option.required();
    const [side, category, operator, value, ...rest] = option.split(",");
    if (!side || !category || !operator || category.text === "" || rest.length > 0) {
      return option.fail("bad-value", '"iprep" needs a side, a category and a comparison', {
        hint: 'write "src,CnC,>,30"',
      });
    }
    const demand = parseDemand(option, operator, value);
    return { side: option.oneOf(side, SIDES, "side"), category: category.text, demand };
  },
  compile({ side, category, demand }, draft) {
    const number = draft.builder.state.reputation.categoryOf(category);
    if (number < 0) {
      throw new RuleError("unknown-category", `unknown reputation category "${category}"`, {
        hint: 'the file of categories is named by "reputation-categories-file"',
      });
    }
    const test: ReputationTest = { side, category: number, demand };
    draft.addPacketCheck(Check.of("iprep", test, holds, { ipOnly: true }));
  },
});

function parseDemand(
  option: OptionText,
  operator: TextPiece,
  value: TextPiece | undefined,
): Demand {
  const { text } = operator;
  if (text === "isset" || text === "isnotset") {
    if (value !== undefined) option.failAt(value, "unexpected-value", `"${text}" takes no number`);
    return text;
  }
  return parseSplitComparison(option, operator, value, {
    max: REPUTATION_LAST,
    name: "reputation",
  });
}

function holds(context: DetectionContext, { side, category, demand }: ReputationTest): boolean {
  const { packet, state } = context;
  const { ipVersion, sourceWords, destinationWords } = packet;
  if (ipVersion === 0) return false;
  const { reputation } = state;
  const source =
    side !== "dst" && meets(reputation.valueOf(ipVersion, sourceWords, category), demand);
  if (side === "src" || (side === "any" && source)) return source;
  if (side === "both" && !source) return false;
  return meets(reputation.valueOf(ipVersion, destinationWords, category), demand);
}

function meets(value: number, demand: Demand): boolean {
  if (demand === "isset") return value >= 0;
  if (demand === "isnotset") return value < 0;
  return value >= 0 && matchesNumber(demand, value);
}
