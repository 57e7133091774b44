/** datarep: compares the number that a set keeps for the buffer; what is not in the set never matches. */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import { DATA_REPUTATION_LAST, type Dataset } from "../../detect/datasets.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { ChainItem } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import {
  type DatasetValues,
  openDataset,
  parseDatasetName,
  parseDatasetValues,
} from "./dataset-options.ts";

const OPERATORS = [">", "<", "=="] as const;

interface DataReputation extends DatasetValues {
  readonly operator: (typeof OPERATORS)[number];
  readonly number: number;
}

export const datarep = defineKeyword<DataReputation>({
  name: "datarep",
  family: "dataset & reputation",
  summary: "Compares the number that a set keeps for the selected buffer.",
  syntax:
    "datarep:NAME,>|<|==,N[,load FILE][,type string|md5|sha256|ipv4|ip][,memcap SIZE][,hashsize N]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "ip.src; datarep:bad,>,200,type ip;", meaning: "a number above 200 for the sender" },
  ],
  parse(option) {
    option.required();
    const [nameText, operator, number, ...rest] = option.split(",");
    const name = parseDatasetName(option, nameText);
    if (operator === undefined || number === undefined) {
      return option.fail("missing-value", '"datarep" needs an operator and a number', {
        hint: 'write "name,>,200"',
      });
    }
    return {
      ...parseDatasetValues(option, name, rest),
      operator: option.oneOf(operator, OPERATORS, "operator"),
      number: option.integer(number, { max: DATA_REPUTATION_LAST }),
    };
  },
  compile(values, draft) {
    if (!draft.hasSelection) {
      throw new RuleError("buffer-needed", '"datarep" needs a sticky buffer before it');
    }
    const set = openDataset(values, true, draft);
    const item: ChainItem = {
      keyword: "datarep",
      relative: false,
      build: () => new DataReputationStep(set, values),
    };
    draft.addItem(item);
  },
});

class DataReputationStep implements ChainStep {
  readonly keyword = "datarep";
  readonly relative = false;
  private readonly set: Dataset;
  private readonly operator: string;
  private readonly number: number;

  constructor(set: Dataset, { operator, number }: DataReputation) {
    this.set = set;
    this.operator = operator;
    this.number = number;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const kept = this.set.numberOf(inspection.bytes, inspection.start, inspection.end);
    return kept >= 0 && this.holds(kept) && chain.match(inspection, index + 1);
  }

  private holds(kept: number): boolean {
    if (this.operator === ">") return kept > this.number;
    return this.operator === "<" ? kept < this.number : kept === this.number;
  }
}
