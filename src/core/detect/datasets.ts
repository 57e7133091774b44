/**
 * Datasets: named sets of buffer values that rules ask and fill (`dataset`), and sets with a number for each
 * value (`datarep`). Filled from text that the host reads; `serialise` gives what the host writes when it ends.
 * Engines in threads each have what the files say, and share what was changed since. Left out: the file system.
 */
import { bytesToLatin1, latin1ToBytes } from "../bytes/latin1.ts";
import { ByteTable, ENTRY_BYTES } from "./byte-table.ts";
import { type DatasetJsonForm, readJsonValues } from "./dataset-json.ts";
import {
  type DatasetType,
  formatDatasetValue,
  isValueSize,
  parseDatasetValue,
} from "./dataset-values.ts";

import type { SharedState } from "./shared-state.ts";
import { SHARED_SETS_MAX, type SharedValues } from "./shared-values.ts";

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

/** What threads changed in a set, and its number there. */
export interface SharedSet {
  readonly values: SharedValues;
  readonly number: number;
}

export class Dataset {
  readonly name: string;
  readonly type: DatasetType;
  readonly isReputation: boolean;
  readonly loadPath: string;
  readonly savePath: string;
  /** What the file says; with one engine, and what was changed since. */
  readonly table: ByteTable;
  private readonly shared: SharedSet | null;
  private readonly limitBytes: number;
  /** Of a set in JSON: a value's number in the table is the place of its context here. */
  private readonly contexts: string[] = [];
  /** By the same place: packet time from which the value holds no more. Empty when all hold for good. */
  private readonly expiries: number[] = [];
  private readonly json: DatasetJsonForm | null;
  /** What the set takes in Suricata, and its limit as the rule gives it; 0 for none. */
  private foreignBytes: number;
  private readonly foreignLimitBytes: number;

  constructor(
    options: DatasetOptions,
    type: DatasetType,
    limitBytes: number,
    shared: SharedSet | null = null,
  ) {
    this.shared = shared;
    this.limitBytes = limitBytes;
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

  /** Whether the value is in at this packet time. */
  holds(bytes: Uint8Array, start: number, end: number, nowUs: number): boolean {
    const number = this.numberOf(bytes, start, end);
    if (number < 0 || this.expiries.length === 0) return number >= 0;
    return nowUs < (this.expiries[number] ?? Number.POSITIVE_INFINITY);
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    return this.numberOf(bytes, start, end) >= 0;
  }

  /** The number kept for the value, 0 in a plain set, -1 when it is not in. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const { shared } = this;
    if (!isValueSize(this.type, end - start)) return -1;
    const number = this.table.find(bytes, start, end);
    if (shared === null || shared.values.changesOf(shared.number) === 0) return number;
    const isIn = shared.values.has(shared.number, bytes, start, end, number >= 0);
    if (isIn) return number >= 0 ? number : this.numberOfNew;
    return -1;
  }

  /** True when the value is new and there was room. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    if (!isValueSize(this.type, end - start)) return false;
    if (this.shared !== null) return this.share(this.shared, bytes, start, end, true);
    return this.table.insert(bytes, start, end, this.numberOfNew);
  }

  /** True when the value was in. */
  remove(bytes: Uint8Array, start: number, end: number): boolean {
    if (!isValueSize(this.type, end - start)) return false;
    if (this.shared !== null) return this.share(this.shared, bytes, start, end, false);
    return this.table.remove(bytes, start, end);
  }

  /** Values that are in. */
  get count(): number {
    const { shared, table } = this;
    return table.count + (shared === null ? 0 : shared.values.moreThanFile(shared.number));
  }

  /** Copies of the values, in the order of their coming. */
  *values(): IterableIterator<Uint8Array> {
    const { shared } = this;
    for (const value of this.table.strings()) {
      if (shared === null || shared.values.has(shared.number, value, 0, value.length, true)) {
        yield value;
      }
    }
    if (shared !== null) yield* shared.values.valuesOf(shared.number);
  }

  /** Beside the contexts of a set in JSON: a value that was added has none. */
  private get numberOfNew(): number {
    return this.json === null ? 0 : this.contexts.length;
  }

  private share(
    { values, number }: SharedSet,
    bytes: Uint8Array,
    start: number,
    end: number,
    isWanted: boolean,
  ): boolean {
    const isInFile = this.table.find(bytes, start, end) >= 0;
    if (isWanted && !isInFile && this.isFull(values, number, end - start)) {
      // One that is in already is no news, and needs no room.
      if (!values.has(number, bytes, start, end, false)) this.table.refused++;
      return false;
    }
    return values.change(number, bytes, start, end, isInFile, isWanted);
  }

  private isFull(values: SharedValues, number: number, length: number): boolean {
    const changed = values.bytesOf(number) + values.changesOf(number) * ENTRY_BYTES;
    return this.table.memoryBytes + changed + length + ENTRY_BYTES > this.limitBytes;
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
    const canExpire = form.expiresKey !== undefined && form.expiresKey !== "";
    for (const { value, context, expiresUs } of values) {
      const problem = this.insert(value, this.contexts.length);
      if (problem !== null) return problem;
      this.contexts.push(context);
      if (canExpire) this.expiries.push(expiresUs);
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
  private readonly shared: SharedState | null;
  /** Reloads of rules that were taken, and the one under way. */
  private reloads = 0;
  /** Sets as they were before rules are compiled anew; null at other times. */
  private before: ReadonlyMap<string, Dataset> | null = null;

  /** @param shared what the engines of several threads share; null: there is one engine. */
  constructor(shared: SharedState | null = null) {
    this.shared = shared;
  }

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
    const shared = this.shareOf(options);
    if (shared !== null && shared.number < 0) {
      const message = `"${name}" is one of more than ${SHARED_SETS_MAX} sets that threads share`;
      return { code: "dataset-too-large", message };
    }
    const set = new Dataset(options, type, options.limitBytes || this.limitBytes, shared);
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
    this.reloads++;
    for (const set of this.before.values()) if (isOfFile(set)) this.sets.delete(set.name);
  }

  /** The new rules are in use, or, when they are not taken, all is as it was. */
  endReload(isTaken: boolean): void {
    const { before, sets } = this;
    this.before = null;
    if (isTaken || before === null) return;
    this.reloads--;
    sets.clear();
    for (const [name, set] of before) sets.set(name, set);
  }

  /** Null with one engine; the number is below 0 where there is no room. */
  private shareOf(options: DatasetOptions): SharedSet | null {
    if (this.shared === null) return null;
    const { datasets: values } = this.shared;
    const generation = isOfFile(options) ? this.reloads : 0;
    return { values, number: values.open(latin1ToBytes(options.name), generation) };
  }

  private refuseHashSize({ name, hashSize = 0 }: DatasetOptions): DatasetProblem | null {
    const isLarge = hashSize > this.hashSizeMax || this.hashSizes + hashSize > this.hashSizesMax;
    if (!isLarge) return null;
    const message = `"${name}" asks for more slots than the configuration allows`;
    return { code: "dataset-too-large", message };
  }

  /** The sets that are to be saved, one value a line in the order of their coming. */
  *serialise(): IterableIterator<SerialisedDataset> {
    for (const set of this.sets.values()) {
      const { name, type, savePath } = set;
      if (savePath === "") continue;
      let text = "";
      for (const value of set.values()) text += `${formatDatasetValue(type, value)}\n`;
      yield { name, path: savePath, text };
    }
  }

  *counters(): IterableIterator<readonly [string, number]> {
    let values = 0;
    let refused = this.shared?.datasets.refused ?? 0;
    for (const set of this.sets.values()) {
      values += set.count;
      refused += set.table.refused;
    }
    // Of threads that know the same, one tells.
    if (this.shared?.isSpeaker !== false) yield ["detect.dataset_values", values];
    yield ["detect.dataset_values_refused", refused];
  }
}

/** A set that comes from a file alone: with other rules it is read anew. */
function isOfFile({ loadPath, savePath }: { loadPath: string; savePath: string }): boolean {
  return loadPath !== "" && savePath === "";
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
