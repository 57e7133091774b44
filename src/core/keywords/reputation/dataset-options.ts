/**
 * What dataset and datarep share: the pieces after the name (`type string, load FILE` ...), where their files
 * lie, and opening the set.
 */
import type { DatasetJsonForm } from "../../detect/dataset-json.ts";
import {
  DATASET_BYTES_MAX,
  type Dataset,
  type DatasetStore,
  type DatasetType,
  datasetTypes,
} from "../../detect/datasets.ts";
import type { FilePlace } from "../../detect/rule-builder.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

export interface DatasetValues {
  readonly name: string;
  readonly type: DatasetType | null;
  readonly load: string;
  readonly save: string;
  /** One file to load from and save to. */
  readonly state: string;
  readonly limitBytes: number;
  readonly hashSize: number;
  readonly matchesSubdomains: boolean;
  readonly json: DatasetJsonForm | null;
  /** Name of the context in alerts; "" without. */
  readonly contextKey: string;
}

const NAMES = ["type", "load", "save", "state", "memcap", "hashsize", "match", "format"];
/** Names that belong to `format json` and `format ndjson`. */
const JSON_NAMES = ["context_key", "value_key", "array_key", "remove_key", "expires_key"];
const FORMATS = ["csv", "json", "ndjson", "jsonline"];
const NAME_LENGTH_MAX = 63;
const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["kb", 1024],
  ["mb", 1024 ** 2],
  ["gb", 1024 ** 3],
]);

export function parseDatasetName(option: OptionText, piece: TextPiece | undefined): string {
  if (piece === undefined || piece.text === "") {
    return option.fail("missing-value", `"${option.keyword}" needs the name of a set`);
  }
  if (/\s/.test(piece.text) || piece.text.length > NAME_LENGTH_MAX) {
    const rule = `a name of at most ${NAME_LENGTH_MAX} characters without spaces`;
    option.failAt(piece, "bad-name", `"${piece.text}" is not ${rule}`);
  }
  return piece.text;
}

export function parseDatasetValues(
  option: OptionText,
  name: string,
  pieces: readonly TextPiece[],
): DatasetValues {
  const values = new Map<string, TextPiece>();
  for (const piece of pieces) {
    if (piece.text === "") continue;
    const word = /^\S*/.exec(piece.text)?.[0] ?? "";
    const key = { text: word, offset: piece.offset };
    const known = option.oneOf(key, [...NAMES, ...JSON_NAMES], "setting");
    if (values.has(known)) option.failAt(key, "duplicate-value", `"${known}" comes twice`);
    const value = option.piece(piece.offset + word.length, piece.offset + piece.text.length);
    if (value.text === "" && known !== "remove_key") {
      option.failAt(key, "missing-value", `"${known}" needs a value`);
    }
    values.set(known, value);
  }
  const text = (key: string): string => values.get(key)?.text ?? "";
  const state = text("state");
  if (state !== "" && (text("load") !== "" || text("save") !== "")) {
    option.fail("conflicting-values", '"state" cannot be given with "load" or "save"');
  }
  const hashSize = values.get("hashsize");
  return {
    name,
    type: parseType(option, values.get("type")),
    load: text("load"),
    save: text("save"),
    state,
    limitBytes: parseLimit(option, values.get("memcap")),
    hashSize: hashSize === undefined ? 0 : parseSize(option, hashSize),
    matchesSubdomains: parseMatch(option, values.get("match")),
    json: parseJsonForm(option, values),
    contextKey: text("context_key"),
  };
}

/** Null for plain files. */
function parseJsonForm(
  option: OptionText,
  values: ReadonlyMap<string, TextPiece>,
): DatasetJsonForm | null {
  const format = values.get("format");
  const word = format === undefined ? "csv" : option.oneOf(format, FORMATS);
  if (word === "csv") {
    for (const key of JSON_NAMES) {
      if (!values.has(key)) continue;
      option.fail("idle-value", `"${key}" needs "format json" or "format ndjson"`);
    }
    return null;
  }
  for (const key of ["value_key", "context_key"]) {
    if (!values.has(key)) option.fail("missing-value", `sets in JSON files need "${key}"`);
  }
  const arrayKey = values.get("array_key")?.text ?? "";
  if (arrayKey !== "" && word !== "json") {
    option.fail("idle-value", '"array_key" is for "format json"');
  }
  return {
    format: word === "json" ? "json" : "ndjson",
    valueKey: values.get("value_key")?.text ?? "",
    arrayKey,
    removesKey: values.has("remove_key"),
    expiresKey: values.get("expires_key")?.text ?? "",
  };
}

function parseType(option: OptionText, piece: TextPiece | undefined): DatasetType | null {
  if (piece === undefined) return null;
  const type = option.oneOf(piece, [...datasetTypes, "ipv6"], "type");
  return type === "ipv6" ? "ip" : (type as DatasetType); // one of datasetTypes
}

function parseMatch(option: OptionText, piece: TextPiece | undefined): boolean {
  if (piece === undefined) return false;
  option.oneOf(piece, ["subdomain"], "way to match");
  return true;
}

function parseLimit(option: OptionText, piece: TextPiece | undefined): number {
  return piece === undefined ? 0 : Math.min(parseSize(option, piece), 8 * DATASET_BYTES_MAX);
}

function parseSize(option: OptionText, piece: TextPiece): number {
  const [, digits, unit] = /^(\d{1,12})\s*(kb|mb|gb|)$/i.exec(piece.text) ?? [];
  if (digits === undefined || unit === undefined) {
    return option.failAt(piece, "bad-number", `"${piece.text}" is not a size such as 10mb`);
  }
  return Number(digits) * (UNITS.get(unit.toLowerCase()) ?? 1);
}

/** The set, made and filled where it is new. Throws RuleError. */
export function openDataset(
  values: DatasetValues,
  isReputation: boolean,
  draft: RuleDraft,
): Dataset {
  const { builder, syntax } = draft;
  const { datasets } = builder.state;
  const loadPath = values.state || values.load;
  const savePath = values.state || values.save;
  if (savePath !== "") refusePath(savePath, datasets);
  // Beside the rule, unless the engine itself wrote the file.
  const place: FilePlace =
    savePath === "" ? { kind: "rules", ruleFile: syntax.span.file } : { kind: "data" };
  const { name, type, limitBytes, hashSize, json } = values;
  const options = { name, type, isReputation, loadPath, savePath, limitBytes, hashSize, json };
  const result = datasets.open(options, () => builder.readFile(loadPath, place));
  if ("code" in result) throw new RuleError(result.code, result.message);
  return result;
}

function refusePath(path: string, { allowWrite, allowAbsolutePaths }: DatasetStore): void {
  if (!allowWrite) {
    throw new RuleError("write-refused", "rules that save a set are switched off", {
      hint: 'the setting is "datasets.rules.allow-write"',
    });
  }
  if (allowAbsolutePaths) return;
  const leavesDirectory = path.split(/[\\/]/).includes("..");
  if (leavesDirectory || /^(?:[\\/]|[a-z]:)/i.test(path)) {
    throw new RuleError("path-refused", `"${path}" is outside the data directory`, {
      hint: 'the setting is "datasets.rules.allow-absolute-filenames"',
    });
  }
}
