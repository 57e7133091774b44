/** What replay and check share: a configuration, an arena, and the rules compiled into it. */
import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Arena } from "../core/bytes/arena.ts";
import { DetectionState, defaultDetectionLimits } from "../core/detect/detection-state.ts";
import {
  defaultEngineFeatures,
  type EngineFeatures,
  NameTable,
  type RuleBuilder,
} from "../core/detect/rule-builder.ts";
import { Kernels } from "../core/match/kernels.ts";
import type { NativeSearch } from "../core/match/native-search.ts";
import { ConfigError } from "../node/config/config-error.ts";
import type { DatasetSettings } from "../node/config/dataset-settings.ts";
import { type EngineSettings, readEngineSettings } from "../node/config/engine-settings.ts";
import { forcedDigests } from "../node/config/forced-digests.ts";
import { type OutputSettings, readOutputs } from "../node/config/outputs.ts";
import { stockConfiguration } from "../node/config/stock.ts";
import { ConfigTree, readConfigFile, setConfigValue } from "../node/config/tree.ts";
import { readText } from "../node/config/values.ts";
import { FileError } from "../node/errors.ts";
import { findHyperscan } from "../node/native/hyperscan-search.ts";
import { DataFiles } from "../node/rules/data-files.ts";
import { type LoadedRules, loadRules } from "../node/rules/load-rules.ts";
import { allTexts, lastText, type ParsedCommand } from "./command.ts";

/** Arena beside the pools: rules' matchers, capture chunk, scratch. */
const ARENA_BASE_BYTES = 384 * 1024 ** 2;
const ARENA_MAX_BYTES = 2047 * 1024 ** 2;

/** Folder of the rules and data that ship with the engine. */
export const shippedRules = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  "../../rules",
);

export interface Configured {
  readonly tree: ConfigTree;
  readonly settings: EngineSettings;
  readonly outputs: OutputSettings;
  readonly dataFiles: DataFiles;
}

/** Throws ConfigError. */
export function configure(parsed: ParsedCommand, inline: boolean): Configured {
  const file = lastText(parsed, "config");
  const tree =
    file === null ? new ConfigTree(stockConfiguration(), process.cwd()) : readConfigFile(file);
  for (const assignment of allTexts(parsed, "set")) setConfigValue(tree.root, assignment);
  const checksums = lastText(parsed, "checksums");
  if (checksums === "none") setConfigValue(tree.root, "pcap-file.checksum-checks=no");
  else if (checksums === "all") setConfigValue(tree.root, "pcap-file.checksum-checks=yes");
  const settings = readEngineSettings(tree, { inline, hashKey: randomInt(2 ** 31) });
  const outputs = readOutputs(tree);
  settings.filePolicy.digests |= forcedDigests(outputs);
  const dataFiles = new DataFiles({
    data: lastText(parsed, "data-dir") ?? settings.datasets.dataFolder ?? ".",
    rules: settings.rulesFolder,
  });
  return { tree, settings, outputs, dataFiles };
}

/** Bytes of scratch space of one engine, beside its pools. */
const ENGINE_SCRATCH_BYTES = 16 * 1024 ** 2;

export function createArena(settings: EngineSettings): Arena {
  return new Arena(Math.min(ARENA_MAX_BYTES, engineArenaBytes(settings) + ARENA_BASE_BYTES));
}

/** What one engine allocates. */
export function engineArenaBytes(settings: EngineSettings): number {
  const pools = settings.defragMemoryBytes + settings.stream.reassemblyMemoryLimitBytes;
  return pools + ENGINE_SCRATCH_BYTES;
}

/** Throws ConfigError for a dataset of the configuration that cannot be loaded. */
export function createBuilder(arena: Arena, configured: Configured): RuleBuilder {
  const { settings, dataFiles } = configured;
  const state = new DetectionState(defaultDetectionLimits, randomInt(2 ** 31));
  loadReputation(state, settings);
  openDatasets(state, settings.datasets, dataFiles);
  const kernels = new Kernels(arena);
  kernels.native = nativeMatcher(configured.tree, arena);
  return {
    arena,
    kernels,
    state,
    variables: settings.variables,
    limits: { regexStepsMax: 1_000_000, asn1FramesMax: 256 },
    features: featuresOf(settings),
    flowBits: new NameTable(),
    flowInts: new NameTable(),
    hostBits: new NameTable(),
    xBits: new NameTable(),
    flowVariables: new NameTable(),
    packetVariables: new NameTable(),
    protocols: settings.protocols,
    readFile: (file, place) => dataFiles.read(file, place),
  };
}

/** Fingerprints that the configuration switches off are features that are missing. */
function featuresOf({ protocols }: EngineSettings): EngineFeatures {
  const names = new Set(defaultEngineFeatures.names);
  for (const name of ["ja3", "ja4"]) {
    const wanted = protocols.named("tls")?.settings.text(`${name}-fingerprints`) ?? "auto";
    if (["no", "false", "off", "0"].includes(wanted.toLowerCase())) names.delete(name);
  }
  return { ...defaultEngineFeatures, names };
}

/** `mpm-algo: hs` asks for Hyperscan; without it the WebAssembly search gives the same alerts. */
function nativeMatcher(tree: ConfigTree, arena: Arena): NativeSearch | null {
  if (readText(tree, "mpm-algo") !== "hs") return null;
  const native = findHyperscan(arena.bytes);
  if (native === null) {
    console.error("no Hyperscan: apt-get install libhyperscan-dev && npm run build:native adds it");
  }
  return native;
}

function openDatasets(state: DetectionState, settings: DatasetSettings, files: DataFiles): void {
  const { datasets } = state;
  datasets.allowWrite = settings.allowWrite;
  datasets.allowAbsolutePaths = settings.allowAbsolutePaths;
  datasets.limitBytes = settings.limitBytes;
  for (const options of settings.declared) {
    const result = datasets.open(options, () => files.read(options.loadPath));
    if ("code" in result) throw new ConfigError(`"datasets.${options.name}": ${result.message}`);
  }
}

function loadReputation(state: DetectionState, settings: EngineSettings): void {
  const { reputationCategories, reputationFiles, reputationFolder } = settings;
  if (reputationCategories === null) return;
  state.reputation.loadCategories(readData(reputationCategories));
  for (const file of reputationFiles) {
    state.reputation.loadValues(readData(path.resolve(reputationFolder, file)));
  }
}

function readData(file: string): string {
  try {
    return fs.readFileSync(file, "latin1");
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
}

export function load(
  configured: Configured,
  ruleFiles: readonly string[],
  builder: RuleBuilder,
  options: { readonly isReview?: boolean } = {},
): LoadedRules {
  const { settings } = configured;
  return loadRules(
    {
      rules: ruleFiles,
      classifications: settings.classificationFile,
      references: settings.referenceFile,
      thresholds: settings.thresholdFile,
      actionOrder: settings.actionOrder,
      isReview: options.isReview ?? false,
    },
    builder,
    shippedRules,
  );
}
