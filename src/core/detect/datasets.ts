/**
 * Datasets: named sets of buffer values that rules ask and fill (`dataset`), and sets with a number for each
 * value (`datarep`). Filled from text that the host reads; `serialise` gives what the host writes when it ends.
 * Left out: the file system.
 */
import { bytesToLatin1 } from "../bytes/latin1.ts";
import { ByteTable } from "./byte-table.ts";
import { type DatasetJsonForm, readJsonValues } from "./dataset-json.ts";
import {
  type DatasetType,
  formatDatasetValue,
  isValueSize,
  parseDatasetValue,
} from "./dataset-values.ts";

export type { DatasetType } from "./dataset-values.ts";
export { datasetTypes } from "./dataset-values.ts";

/** Bytes of one set where nothing else is said. */
export const DATASET_BYTES_MAX = 100 * 1024 * 1024;
/** The highest number that `datarep` keeps for a value. */
export const DATA_REPUTATION_LAST = 0xffff;

export interface DatasetOptions {
  readonly name: string;
  /** Null in a rule that names a set declared elsewhere. */
  readonly type: DatasetType | null;
  /** With a number for each value. */
  readonly isReputation: boolean;
  /** Where it is loaded from and saved to, as the rule writes it; "" for nowhere. */
  readonly loadPath: string;
  readonly savePath: string;
  /** 0 for the store's own limit. */
  readonly limitBytes: number;
  /** Slots of Suricata's hash table, which its memory limits count; 0 for the stock number. */
  readonly hashSize?: number;
  /** The file is JSON, and each value has a context; null or left out for plain files. */
  readonly json?: DatasetJsonForm | null;
}

/** What Suricata counts for a set beside the bytes of strings, as its memory limits are meant for it. */
const FOREIGN_SLOT_BYTES = 64;
const FOREIGN_ENTRY_BYTES = 104;
const FOREIGN_ENTRIES_MIN = 1000;
const FOREIGN_SLOTS = 4096;

/** What is wrong with a set or its file. */
export interface DatasetProblem {
  readonly code: string;
  readonly message: string;
}

export class Dataset {
  readonly name: string;
  readonly type: DatasetType;
  readonly isReputation: boolean;
  readonly loadPath: string;
  readonly savePath: string;
  readonly table: ByteTable;
  /** Of a set in JSON: a value's number in the table is the place of its context here. */
  private readonly contexts: string[] = [];
  private readonly json: DatasetJsonForm | null;
  /** What the set takes in Suricata, and its limit as the rule gives it; 0 for none. */
  private foreignBytes: number;
  private readonly foreignLimitBytes: number;

  constructor(options: DatasetOptions, type: DatasetType, limitBytes: number) {
    this.name = options.name;
    this.type = type;
    this.isReputation = options.isReputation;
    this.loadPath = options.loadPath;
    this.savePath = options.savePath;
    this.table = new ByteTable(limitBytes);
    this.json = options.json ?? null;
    this.foreignLimitBytes = options.limitBytes;
    this.foreignBytes =
      FOREIGN_SLOT_BYTES * (options.hashSize || FOREIGN_SLOTS) +
      FOREIGN_ENTRY_BYTES * FOREIGN_ENTRIES_MIN;
  }

  get hasContexts(): boolean {
    return this.json !== null;
  }

  /** The JSON object that the value came in; null without, and when the value is not in. */
  contextOf(bytes: Uint8Array, start: number, end: number): string | null {
    const number = this.json === null ? -1 : this.numberOf(bytes, start, end);
    return number < 0 ? null : (this.contexts[number] ?? null);
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    return this.numberOf(bytes, start, end) >= 0;
  }

  /** The number kept for the value, 0 in a plain set, -1 when it is not in. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    return isValueSize(this.type, end - start) ? this.table.find(bytes, start, end) : -1;
  }

  /** True when the value is new and there was room. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    return isValueSize(this.type, end - start) && this.table.insert(bytes, start, end, 0);
  }

  /** True when the value was in. */
  remove(bytes: Uint8Array, start: number, end: number): boolean {
    return isValueSize(this.type, end - start) && this.table.remove(bytes, start, end);
  }

  /** Adds the values of a file, one a line; null, or what is wrong with the first bad line. */
  load(text: Uint8Array): DatasetProblem | null {
    if (this.json !== null) return this.loadJson(text, this.json);
    const lines = bytesToLatin1(text, 0, text.length).split("\n");
    for (const [index, line] of lines.entries()) {
      const problem = this.loadLine(line.trim());
      if (problem !== null) {
        const place = `${this.loadPath}:${index + 1}`;
        return { ...problem, message: `${place}: ${problem.message}` };
      }
    }
    return null;
  }

  private loadLine(line: string): DatasetProblem | null {
    if (line === "") return null;
    const [valueText = "", numberText, ...rest] = line.split(",").map((part) => part.trim());
    if (rest.length > 0 || (numberText !== undefined) !== this.isReputation) {
      const expected = this.isReputation ? "a value and a number" : "one value";
      return { code: "bad-dataset-line", message: `expected ${expected}, found "${line}"` };
    }
    const value = parseDatasetValue(this.type, valueText);
    const number = Number(numberText ?? 0);
    if (value === null) {
      return {
        code: "bad-dataset-line",
        message: `"${valueText}" is no value of type ${this.type}`,
      };
    }
    if (!Number.isInteger(number) || number < 0 || number > DATA_REPUTATION_LAST) {
      const range = `0 to ${DATA_REPUTATION_LAST}`;
      return { code: "bad-dataset-line", message: `"${numberText}" is not a number of ${range}` };
    }
    return this.insert(value, number);
  }

  private loadJson(text: Uint8Array, form: DatasetJsonForm): DatasetProblem | null {
    const values = readJsonValues(text, this.type, form);
    if (typeof values === "string") {
      return { code: "bad-dataset-line", message: `${this.loadPath}: ${values}` };
    }
    for (const { value, context } of values) {
      const problem = this.insert(value, this.contexts.length);
      if (problem !== null) return problem;
      this.contexts.push(context);
    }
    return null;
  }

  private insert(value: Uint8Array, number: number): DatasetProblem | null {
    const { table, foreignLimitBytes } = this;
    const isNew = table.insert(value, 0, value.length, number);
    if (isNew) {
      this.foreignBytes += this.type === "string" ? value.length : 0;
      if (table.count > FOREIGN_ENTRIES_MIN) this.foreignBytes += FOREIGN_ENTRY_BYTES;
    }
    const isTooLarge = foreignLimitBytes > 0 && this.foreignBytes > foreignLimitBytes;
    if (!isTooLarge && (isNew || table.refused === 0)) return null;
    return {
      code: "dataset-too-large",
      message: `"${this.name}" needs more than its memory limit`,
    };
  }
}

/** A set as text, for the file that it is saved to. */
export interface SerialisedDataset {
  readonly name: string;
  /** In the data directory, as the rule writes it. */
  readonly path: string;
  readonly text: string;
}

export class DatasetStore {
  /** Whether rules may name files to save to, and files outside the data directory. */
  allowWrite = true;
  allowAbsolutePaths = false;
  limitBytes = DATASET_BYTES_MAX;
  /** Slots that one set of a rule, and all of them together, may ask for; as Suricata's stock limits. */
  hashSizeMax = 65_536;
  hashSizesMax = 16_777_216;
  private hashSizes = 0;
  private readonly sets = new Map<string, Dataset>();
  /** Sets as they were before rules are compiled anew; null at other times. */
  private before: ReadonlyMap<string, Dataset> | null = null;

  get(name: string): Dataset | null {
    return this.sets.get(name) ?? null;
  }

  /** The set, made and filled when it is new. `readFile` gives the bytes of its file, null without one. */
  open(options: DatasetOptions, readFile: () => Uint8Array | null): Dataset | DatasetProblem {
    const known = this.sets.get(options.name);
    if (known !== undefined) return mismatch(known, options) ?? known;
    const { name, type, loadPath, savePath } = options;
    if (type === null) {
      return { code: "unknown-dataset", message: `"${name}" is new and needs a type` };
    }
    const refused = this.refuseHashSize(options);
    if (refused !== null) return refused;
    const set = new Dataset(options, type, options.limitBytes || this.limitBytes);
    if (loadPath !== "") {
      const text = readFile();
      if (text === null && loadPath !== savePath) {
        return { code: "unreadable-file", message: `cannot read "${loadPath}"` };
      }
      const problem = text === null ? null : set.load(text);
      if (problem !== null) return problem;
    }
    this.sets.set(name, set);
    this.hashSizes += options.hashSize ?? 0;
    return set;
  }

  /** Rules will be compiled anew: sets that come from a file alone will be read again, the others go on. */
  beginReload(): void {
    this.before = new Map(this.sets);
    for (const { name, loadPath, savePath } of this.before.values()) {
      if (loadPath !== "" && savePath === "") this.sets.delete(name);
    }
  }

  /** The new rules are in use, or, when they are not taken, all is as it was. */
  endReload(isTaken: boolean): void {
    const { before, sets } = this;
    this.before = null;
    if (isTaken || before === null) return;
    sets.clear();
    for (const [name, set] of before) sets.set(name, set);
  }

  private refuseHashSize({ name, hashSize = 0 }: DatasetOptions): DatasetProblem | null {
    const isLarge = hashSize > this.hashSizeMax || this.hashSizes + hashSize > this.hashSizesMax;
    if (!isLarge) return null;
    const message = `"${name}" asks for more slots than the configuration allows`;
    return { code: "dataset-too-large", message };
  }

  /** The sets that are to be saved, one value a line in the order of their coming. */
  *serialise(): IterableIterator<SerialisedDataset> {
    for (const { name, type, savePath, table } of this.sets.values()) {
      if (savePath === "") continue;
      let text = "";
      for (const value of table.strings()) text += `${formatDatasetValue(type, value)}\n`;
      yield { name, path: savePath, text };
    }
  }

  *counters(): IterableIterator<readonly [string, number]> {
    let values = 0;
    let refused = 0;
    for (const { table } of this.sets.values()) {
      values += table.count;
      refused += table.refused;
    }
    yield ["detect.dataset_values", values];
    yield ["detect.dataset_values_refused", refused];
  }
}

/** A rule that names a set that is there must mean the same set. */
function mismatch(known: Dataset, options: DatasetOptions): DatasetProblem | null {
  const { name, type, loadPath, savePath } = options;
  const differ = (what: string) => ({
    code: "dataset-mismatch",
    message: `dataset "${name}" is declared before with another ${what}`,
  });
  if (type !== null && type !== known.type) return differ("type");
  if (known.isReputation !== options.isReputation) return differ("use");
  if (loadPath === "" && savePath === "") return null;
  if (savePath !== known.savePath) return differ("file to save to");
  return loadPath === known.loadPath ? null : differ("file to load from");
}
