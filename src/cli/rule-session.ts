/** What replay and check share: a configuration, an arena, and the rules compiled into it. */
import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Site } from "../core/anomaly/site.ts";
import { Arena } from "../core/bytes/arena.ts";
import { DetectionState, defaultDetectionLimits } from "../core/detect/detection-state.ts";
import { ReputationStore } from "../core/detect/reputation.ts";
import {
  defaultEngineFeatures,
  type EngineFeatures,
  NameTable,
  type RuleBuilder,
} from "../core/detect/rule-builder.ts";
import type { SharedState } from "../core/detect/shared-state.ts";
import { Kernels } from "../core/match/kernels.ts";
import type { NativeSearch } from "../core/match/native-search.ts";
import { defaultFilePolicy, FileDigest } from "../core/protocols/file.ts";
import { ConfigError } from "../node/config/config-error.ts";
import type { DatasetSettings } from "../node/config/dataset-settings.ts";
import { type EngineSettings, readEngineSettings } from "../node/config/engine-settings.ts";
import { forcedDigests } from "../node/config/forced-digests.ts";
import { forcesMagic } from "../node/config/forced-magic.ts";
import { type OutputSettings, readOutputs } from "../node/config/outputs.ts";
import { stockConfiguration } from "../node/config/stock.ts";
import { ConfigTree, readConfigFile, setConfigValue } from "../node/config/tree.ts";
import { readBytes, readNumber, readText } from "../node/config/values.ts";
import { FileError } from "../node/errors.ts";
import { OptionalMagic } from "../node/magic/optional-magic.ts";
import { findHyperscan } from "../node/native/hyperscan-search.ts";
import { adviseLargePages } from "../node/native/large-pages.ts";
import { OptionalSuffixes } from "../node/public-suffixes/optional-suffixes.ts";
import { DataFiles } from "../node/rules/data-files.ts";
import {
  type LoadedRules,
  loadRules,
  loadRulesInSteps,
  type RuleFiles,
} from "../node/rules/load-rules.ts";
import { withSiteVariables } from "../node/site/site-variables.ts";
import { readZone } from "../node/site/zone-table.ts";
import { allTexts, lastText, type ParsedCommand, UsageError } from "./command.ts";
import { readSite } from "./models.ts";

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
  readonly magic: OptionalMagic;
  /** Null without a site file. */
  readonly site: Site | null;
}

/** Throws UsageError and ConfigError. */
export function configure(parsed: ParsedCommand, inline: boolean): Configured {
  const file = lastText(parsed, "config");
  const tree =
    file === null ? new ConfigTree(stockConfiguration(), process.cwd()) : readConfigFile(file);
  for (const assignment of allTexts(parsed, "set")) {
    if (!/^[^=]+=/.test(assignment)) {
      throw new UsageError(`--set takes KEY=VALUE, found "${assignment}"`);
    }
    setConfigValue(tree.root, assignment);
  }
  const checksums = checksumSetting(lastText(parsed, "checksums"));
  if (checksums !== null) setConfigValue(tree.root, `pcap-file.checksum-checks=${checksums}`);
  const read = readEngineSettings(tree, { inline, hashKey: randomInt(2 ** 31) });
  const site = readSite(parsed, tree);
  const isHomeSet = file !== null && tree.value("vars.address-groups.HOME_NET") !== undefined;
  const settings = { ...read, variables: withSiteVariables(read.variables, site, isHomeSet) };
  const outputs = readOutputs(tree);
  applyFileSettings(tree, settings, outputs);
  const dataFiles = new DataFiles({
    data: lastText(parsed, "data-dir") ?? settings.datasets.dataFolder ?? ".",
    rules: settings.rulesFolder,
  });
  const magic = new OptionalMagic();
  settings.filePolicy.magic = magic;
  if (forcesMagic(outputs)) magic.wantForAll();
  return { tree, settings, outputs, dataFiles, magic, site };
}

function checksumSetting(mode: string | null): string | null {
  if (mode === null) return null;
  if (mode === "none") return "no";
  if (mode === "all") return "yes";
  throw new UsageError(`--checksums takes none or all, found "${mode}"`);
}

/** What the outputs say about files. */
function applyFileSettings(
  tree: ConfigTree,
  { filePolicy, stream }: EngineSettings,
  outputs: OutputSettings,
): void {
  const ranges = "app-layer.protocols.http.byterange";
  filePolicy.partialMemoryBytes = readBytes(
    tree,
    `${ranges}.memcap`,
    defaultFilePolicy.partialMemoryBytes,
  );
  filePolicy.partialTimeoutSeconds = readNumber(
    tree,
    `${ranges}.timeout`,
    defaultFilePolicy.partialTimeoutSeconds,
  );
  const digests = forcedDigests(outputs);
  filePolicy.digests |= digests;
  filePolicy.digestsCutFiles = (digests & FileDigest.sha256) !== 0;
  const { fileStore } = outputs;
  filePolicy.storesAll = fileStore?.storesAll ?? false;
  const depthBytes = fileStore?.depthBytes ?? 0;
  // A depth below the stream's own changes nothing.
  filePolicy.storedDepthBytes = depthBytes > stream.depthBytes ? depthBytes : -1;
}

/** Bytes of scratch space of one engine, beside its pools. */
const ENGINE_SCRATCH_BYTES = 16 * 1024 ** 2;

/** @param extraBytes wanted beside the usual, as far as the largest arena lets. */
export function createArena(settings: EngineSettings, extraBytes = 0): Arena {
  const wantedBytes = engineArenaBytes(settings) + ARENA_BASE_BYTES + extraBytes;
  const arena = new Arena(Math.min(ARENA_MAX_BYTES, wantedBytes));
  adviseLargePages(arena.bytes);
  return arena;
}

/** What one engine allocates. */
export function engineArenaBytes(settings: EngineSettings): number {
  const pools = settings.defragMemoryBytes + settings.stream.reassemblyMemoryLimitBytes;
  return pools + ENGINE_SCRATCH_BYTES;
}

/** Throws ConfigError for a dataset of the configuration that cannot be loaded. */
export function createBuilder(
  arena: Arena,
  configured: Configured,
  shared: SharedState | null = null,
): RuleBuilder {
  const { settings, dataFiles, magic, site } = configured;
  const state = new DetectionState(defaultDetectionLimits, randomInt(2 ** 31), shared);
  reloadLists(state, configured);
  return {
    arena,
    kernels: createKernels(arena, configured),
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
    readZone,
    publicSuffixes: new OptionalSuffixes(),
    magic,
    largePages: adviseLargePages,
    seed: settings.flow.hashKey,
    ...(site === null ? {} : { site }),
  };
}

/** What rules and outputs asked for is there when traffic comes; without libmagic one line says so. */
export async function prepareMagic({ magic }: Configured): Promise<void> {
  const problem = await magic.ready();
  if (problem !== null) console.error(`warning: files are not described: ${problem}`);
}

/** With the native search where it is there. */
export function createKernels(arena: Arena, configured: Configured): Kernels {
  const kernels = new Kernels(arena);
  kernels.native = nativeMatcher(configured, arena);
  return kernels;
}

/** Reputation lists and the datasets of the configuration, read again. Throws FileError, ConfigError. */
export function reloadLists(state: DetectionState, { settings, dataFiles }: Configured): void {
  const lists = readReputation(settings);
  openDatasets(state, settings.datasets, dataFiles);
  if (lists !== null) state.reputation = lists;
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

/**
 * `mpm-algo: hs` asks for Hyperscan, and a bridge takes it unasked: it pays for ranges of many kilobytes, such as
 * segments that are not cut yet. Without it the WebAssembly search gives the same alerts.
 */
function nativeMatcher({ tree, settings }: Configured, arena: Arena): NativeSearch | null {
  const asked = readText(tree, "mpm-algo") ?? "auto";
  if (asked !== "hs" && !(asked === "auto" && settings.stream.inline)) return null;
  const native = findHyperscan(arena.bytes);
  if (native === null && asked === "hs") {
    console.error("no Hyperscan: apt-get install libhyperscan-dev && npm run build:native adds it");
  }
  return native;
}

function openDatasets(state: DetectionState, settings: DatasetSettings, files: DataFiles): void {
  const { datasets } = state;
  datasets.allowWrite = settings.allowWrite;
  datasets.allowAbsolutePaths = settings.allowAbsolutePaths;
  datasets.limitBytes = settings.limitBytes;
  datasets.hashSizeMax = settings.hashSizeMax;
  datasets.hashSizesMax = settings.hashSizesMax;
  for (const options of settings.declared) {
    const result = datasets.open(options, () => files.read(options.loadPath));
    if ("code" in result) throw new ConfigError(`"datasets.${options.name}": ${result.message}`);
  }
}

function readReputation(settings: EngineSettings): ReputationStore | null {
  const { reputationCategories, reputationFiles, reputationFolder } = settings;
  if (reputationCategories === null) return null;
  const store = new ReputationStore();
  store.loadCategories(readData(reputationCategories));
  for (const file of reputationFiles) {
    store.loadValues(readData(path.resolve(reputationFolder, file)));
  }
  return store;
}

function readData(file: string): string {
  try {
    return fs.readFileSync(file, "latin1");
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
}

export interface LoadOptions {
  readonly isReview?: boolean;
}

export function load(
  configured: Configured,
  ruleFiles: readonly string[],
  builder: RuleBuilder,
  options: LoadOptions = {},
): LoadedRules {
  return loadRules(filesOf(configured, ruleFiles, options), builder, shippedRules);
}

/** The same in steps of one rule. */
export function loadInSteps(
  configured: Configured,
  ruleFiles: readonly string[],
  builder: RuleBuilder,
): Generator<undefined, LoadedRules> {
  return loadRulesInSteps(filesOf(configured, ruleFiles, {}), builder, shippedRules);
}

function filesOf(
  { settings }: Configured,
  ruleFiles: readonly string[],
  options: LoadOptions,
): RuleFiles {
  return {
    rules: ruleFiles,
    classifications: settings.classificationFile,
    references: settings.referenceFile,
    thresholds: settings.thresholdFile,
    actionOrder: settings.actionOrder,
    isReview: options.isReview ?? false,
  };
}
