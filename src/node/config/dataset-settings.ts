/** The `datasets` section: what rules may do with files, and sets that are there before any rule names them. */
import {
  DATASET_BYTES_MAX,
  type DatasetOptions,
  type DatasetType,
  datasetTypes,
} from "../../core/detect/datasets.ts";
import type { ConfigTree } from "./tree.ts";
import { readBytes, readNumber, readSwitch, readText, readWord } from "./values.ts";

export interface DatasetSettings {
  readonly allowWrite: boolean;
  readonly allowAbsolutePaths: boolean;
  readonly limitBytes: number;
  /** Slots of hash tables that one set of a rule, and all of them, may ask for. */
  readonly hashSizeMax: number;
  readonly hashSizesMax: number;
  readonly declared: readonly DatasetOptions[];
  /** The data directory of the configuration; null without. */
  readonly dataFolder: string | null;
}

/** Keys of the section that are no names of sets. */
const RESERVED = new Set(["defaults", "rules", "limits"]);

export function readDatasets(tree: ConfigTree): DatasetSettings {
  const section = tree.value("datasets");
  const isMap = section !== null && typeof section === "object" && !Array.isArray(section);
  const names = isMap ? Object.keys(section).filter((name) => !RESERVED.has(name)) : [];
  return {
    allowWrite: readSwitch(tree, "datasets.rules.allow-write", true),
    allowAbsolutePaths: readSwitch(tree, "datasets.rules.allow-absolute-filenames", false),
    limitBytes: readBytes(tree, "datasets.defaults.memcap", DATASET_BYTES_MAX),
    hashSizeMax: readNumber(tree, "datasets.limits.single-hashsize", 65_536),
    hashSizesMax: readNumber(tree, "datasets.limits.total-hashsizes", 16_777_216),
    declared: names.map((name) => readDataset(tree, name)),
    dataFolder: readText(tree, "default-data-dir"),
  };
}

function readDataset(tree: ConfigTree, name: string): DatasetOptions {
  const key = `datasets.${name}`;
  const types: readonly DatasetType[] = datasetTypes;
  const state = readText(tree, `${key}.state`);
  tree.know(key);
  return {
    name,
    type: readWord(tree, `${key}.type`, types, "string"),
    isReputation: false,
    loadPath: state ?? readText(tree, `${key}.load`) ?? "",
    savePath: state ?? readText(tree, `${key}.save`) ?? "",
    limitBytes: readBytes(tree, `${key}.memcap`, 0),
  };
}
