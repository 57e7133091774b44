/**
 * dataset: asks whether the buffer is in a named set, or puts it in, takes it out. The two that change the set
 * match when they changed it; they act as soon as the conditions before them hold.
 */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { Dataset } from "../../detect/datasets.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { ChainItem } from "../../detect/rule-draft.ts";
import type { PostMatch } from "../../detect/rule-state.ts";
import type { Flow } from "../../flow/flow.ts";
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
    "[,state FILE][,memcap SIZE][,hashsize N][,match subdomain]" +
    "[,format csv|json|ndjson,value_key PATH,context_key NAME[,array_key PATH][,remove_key]" +
    "[,expires_key PATH]]",
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
    if (values.json !== null && !command.startsWith("is")) {
      throw new RuleError("bad-value", "sets in JSON files can be asked, not changed");
    }
    const context = set.hasContexts ? new DatasetContext(values.contextKey) : null;
    if (context !== null) draft.postMatches.push(context);
    const item: ChainItem = {
      keyword: "dataset",
      relative: false,
      build: () => new DatasetStep(set, command, matchesSubdomains, context),
    };
    draft.addItem(item);
  },
});

/** Hands the context of the value that matched to the alert. */
class DatasetContext implements PostMatch {
  readonly keyword = "dataset";
  private readonly label: string;
  private json: string | null = null;
  private flow: Flow | null = null;

  constructor(label: string) {
    this.label = label;
  }

  keep(json: string, { flow }: DetectionContext): void {
    this.json = json;
    this.flow = flow;
  }

  run({ state, flow }: DetectionContext): void {
    if (this.json === null || this.flow !== flow) return;
    state.alertVariables.push({ label: this.label, value: EMPTY, json: this.json });
    this.json = null;
  }
}

const EMPTY = new Uint8Array(0);

class DatasetStep implements ChainStep {
  readonly keyword = "dataset";
  readonly relative = false;
  private readonly set: Dataset;
  private readonly command: Command;
  private readonly matchesSubdomains: boolean;
  private readonly context: DatasetContext | null;

  constructor(
    set: Dataset,
    command: Command,
    matchesSubdomains: boolean,
    context: DatasetContext | null,
  ) {
    this.set = set;
    this.command = command;
    this.matchesSubdomains = matchesSubdomains;
    this.context = context;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { start, end } = inspection;
    return start < end && this.holds(inspection) && chain.match(inspection, index + 1);
  }

  private holds(inspection: BufferInspection): boolean {
    const { bytes, start, end } = inspection;
    switch (this.command) {
      case "set":
        return this.set.add(bytes, start, end);
      case "unset":
        return this.set.remove(bytes, start, end);
      case "isset":
        return this.isIn(inspection);
      default:
        return !this.isIn(inspection);
    }
  }

  /** With `match subdomain` the parent domains count too. */
  private isIn(inspection: BufferInspection): boolean {
    const { bytes, start, end } = inspection;
    if (this.isValue(inspection, start)) return true;
    if (!this.matchesSubdomains) return false;
    for (let i = start; i < end - 1; i++) {
      if (bytes[i] !== DOT) continue;
      // The parent as it is, and with the dot that dotprefix puts before names.
      if (this.isValue(inspection, i + 1) || (i > start && this.isValue(inspection, i)))
        return true;
    }
    return false;
  }

  private isValue({ bytes, end, context }: BufferInspection, start: number): boolean {
    if (!this.set.holds(bytes, start, end, context.packet.timeUs)) return false;
    const json = this.context === null ? null : this.set.contextOf(bytes, start, end);
    if (json !== null) this.context?.keep(json, context);
    return true;
  }
}
