/**
 * dataset: asks whether the buffer is in a named set, or puts it in, takes it out. The two that change the set
 * match when they changed it; they act as soon as the conditions before them hold.
 */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { Dataset } from "../../detect/datasets.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { ChainItem } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import {
  type DatasetValues,
  openDataset,
  parseDatasetName,
  parseDatasetValues,
} from "./dataset-options.ts";

const COMMANDS = ["set", "unset", "isset", "isnotset"] as const;
type Command = (typeof COMMANDS)[number];
const DOT = 46;

export const dataset = defineKeyword<DatasetValues & { readonly command: Command }>({
  name: "dataset",
  family: "dataset & reputation",
  summary: "Looks for the selected buffer in a set, or changes the set.",
  syntax:
    "dataset:set|unset|isset|isnotset,NAME[,type string|md5|sha256|ipv4|ip][,load FILE][,save FILE]" +
    "[,state FILE][,memcap SIZE][,hashsize N][,match subdomain]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "ip.dst; dataset:set,seen,type ip;", meaning: "a receiver not seen before" },
    { options: "ip.src; dataset:isset,known,type ipv4;", meaning: "a sender of the set" },
  ],
  parse(option) {
    option.required();
    const [commandText, nameText, ...rest] = option.split(",");
    const command = option.oneOf(commandText ?? option.whole, COMMANDS, "command");
    const name = parseDatasetName(option, nameText);
    return { command, ...parseDatasetValues(option, name, rest) };
  },
  compile(values, draft) {
    if (!draft.hasSelection) {
      throw new RuleError("buffer-needed", '"dataset" needs a sticky buffer before it');
    }
    const set = openDataset(values, false, draft);
    const { command, matchesSubdomains } = values;
    if (matchesSubdomains && (set.type !== "string" || !command.startsWith("is"))) {
      throw new RuleError("bad-value", '"match subdomain" is for tests of sets of strings');
    }
    const item: ChainItem = {
      keyword: "dataset",
      relative: false,
      build: () => new DatasetStep(set, command, matchesSubdomains),
    };
    draft.addItem(item);
  },
});

class DatasetStep implements ChainStep {
  readonly keyword = "dataset";
  readonly relative = false;
  private readonly set: Dataset;
  private readonly command: Command;
  private readonly matchesSubdomains: boolean;

  constructor(set: Dataset, command: Command, matchesSubdomains: boolean) {
    this.set = set;
    this.command = command;
    this.matchesSubdomains = matchesSubdomains;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { bytes, start, end } = inspection;
    return start < end && this.holds(bytes, start, end) && chain.match(inspection, index + 1);
  }

  private holds(bytes: Uint8Array, start: number, end: number): boolean {
    switch (this.command) {
      case "set":
        return this.set.add(bytes, start, end);
      case "unset":
        return this.set.remove(bytes, start, end);
      case "isset":
        return this.isIn(bytes, start, end);
      default:
        return !this.isIn(bytes, start, end);
    }
  }

  /** With `match subdomain` the parent domains count too. */
  private isIn(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.set.has(bytes, start, end)) return true;
    if (!this.matchesSubdomains) return false;
    for (let i = start; i < end - 1; i++) {
      if (bytes[i] === DOT && this.set.has(bytes, i + 1, end)) return true;
    }
    return false;
  }
}
