/** What replay and check share: a configuration, an arena, and the rules compiled into it. */
import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Arena } from "../core/bytes/arena.ts";
import { DetectionState } from "../core/detect/detection-state.ts";
import { NameTable, type RuleBuilder } from "../core/detect/rule-builder.ts";
import { Kernels } from "../core/match/kernels.ts";
import { type EngineSettings, readEngineSettings } from "../node/config/engine-settings.ts";
import { type OutputSettings, readOutputs } from "../node/config/outputs.ts";
import { stockConfiguration } from "../node/config/stock.ts";
import { ConfigTree, readConfigFile, setConfigValue } from "../node/config/tree.ts";
import { FileError } from "../node/errors.ts";
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
  return { tree, settings, outputs };
}

export function createArena(settings: EngineSettings): Arena {
  const pools = settings.defragMemoryBytes + settings.stream.reassemblyMemoryLimitBytes;
  return new Arena(Math.min(ARENA_MAX_BYTES, pools + ARENA_BASE_BYTES));
}

export function createBuilder(arena: Arena, settings: EngineSettings): RuleBuilder {
  const state = new DetectionState();
  loadReputation(state, settings);
  return {
    arena,
    kernels: new Kernels(arena),
    state,
    variables: settings.variables,
    limits: { regexStepsMax: 1_000_000, asn1FramesMax: 256 },
    features: { version: [8, 0, 7], names: new Set() },
    flowBits: new NameTable(),
    flowInts: new NameTable(),
    hostBits: new NameTable(),
    xBits: new NameTable(),
    flowVariables: new NameTable(),
    packetVariables: new NameTable(),
    protocols: settings.protocols,
    readFile: (file) => (fs.existsSync(file) ? new Uint8Array(fs.readFileSync(file)) : null),
  };
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
): LoadedRules {
  const { settings } = configured;
  return loadRules(
    {
      rules: ruleFiles,
      classifications: settings.classificationFile,
      references: settings.referenceFile,
      thresholds: settings.thresholdFile,
      actionOrder: settings.actionOrder,
    },
    builder,
    shippedRules,
  );
}
