/** shrike learn: captures, EVE logs and earlier models into a model of what is normal. */
import fs from "node:fs";
import path from "node:path";
import { type LearnedModel, mergeModels, takeModel } from "../../core/anomaly/metrics/model.ts";
import type { TrafficMetrics } from "../../core/anomaly/metrics/traffic-metrics.ts";
import { WindowHistory } from "../../core/anomaly/metrics/window-history.ts";
import { Engine } from "../../core/engine/engine.ts";
import { metricsOf } from "../../core/keywords/anomaly/metric-rules.ts";
import { CaptureReader } from "../../core/pcap/capture-reader.ts";
import { learnEve } from "../../node/models/eve-exchanges.ts";
import { type InputKind, inputKind, readModel, writeModel } from "../../node/models/model-files.ts";
import { openCapture } from "../../node/replay/capture-source.ts";
import { listCaptures } from "../../node/replay/list-captures.ts";
import { replayCapture } from "../../node/replay/replay-capture.ts";
import {
  allTexts,
  type Command,
  ExitCode,
  lastText,
  type ParsedCommand,
  UsageError,
} from "../command.ts";
import { siteOption } from "../models.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import {
  type Configured,
  configure,
  createArena,
  createBuilder,
  engineArenaBytes,
  load,
  shippedRules,
} from "../rule-session.ts";
import { configOption, helpOption } from "../shared-options.ts";

const CHUNK_BYTES = 16 * 1024 ** 2;

export const learn: Command = {
  name: "learn",
  summary: "Learns what is normal from captures, EVE logs and earlier models.",
  usage: "FILE... -o MODEL [options]",
  options: [
    { name: "output", short: "o", value: "FILE", summary: "the model that is written" },
    {
      name: "rules",
      short: "S",
      value: "FILE",
      multiple: true,
      summary: "rules whose baselines are learned; those that ship with the engine without",
    },
    siteOption,
    configOption,
    { name: "set", value: "KEY=VALUE", multiple: true, summary: "changes one setting" },
    { name: "checksums", short: "k", value: "MODE", summary: "none: accept wrong checksums" },
    helpOption,
  ],
  examples: [
    {
      line: "shrike learn week1/ -o office.model --site site.yaml",
      meaning: "captures of a week, in the order of their names",
    },
    {
      line: "shrike learn eve.json -o office.model",
      meaning: "flow, dns and tls records of a log",
    },
    {
      line: "shrike learn week1.model week2.model -o both.model",
      meaning: "two models as one",
    },
    {
      line: "shrike replay today.pcap -S rules/anomaly/exfiltration.rules --model office.model",
      meaning: "what is off it",
    },
  ],
  run: runLearn,
};

interface Input {
  readonly file: string;
  readonly kind: InputKind;
}

async function runLearn(parsed: ParsedCommand): Promise<number> {
  const output = lastText(parsed, "output");
  if (parsed.files.length === 0) throw new UsageError("name at least one capture, log or model");
  if (output === null) throw new UsageError("name the model to write with -o");
  const inputs = listCaptures(parsed.files).map((file) => ({ file, kind: inputKind(file) }));
  const traffic = inputs.filter(({ kind }) => kind !== "model");
  const models = inputs.flatMap(({ file, kind }) => (kind === "model" ? [readModel(file)] : []));
  const learned = traffic.length === 0 ? null : await learnTraffic(parsed, traffic);
  if (learned === "bad rules") return ExitCode.badInput;
  const [first, ...others] = [...models, ...(learned === null ? [] : [learned])];
  if (first === undefined) {
    console.error("shrike: there was no traffic to learn from");
    return ExitCode.badInput;
  }
  const model = others.reduce(mergeModels, first);
  writeModel(output, model);
  console.error(modelSummary(model, output));
  return ExitCode.done;
}

async function learnTraffic(
  parsed: ParsedCommand,
  inputs: readonly Input[],
): Promise<LearnedModel | null | "bad rules"> {
  const configured = configure(parsed, false);
  const arena = createArena(configured.settings);
  const builder = createBuilder(arena, configured);
  const given = allTexts(parsed, "rules");
  const loaded = load(configured, given.length > 0 ? given : anomalyRules(), builder);
  const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(errors, console.error);
  if (errors.length > 0) return "bad rules";
  const metrics = metricsOf(builder);
  prepare(metrics);
  const region = arena.allocate(CHUNK_BYTES);
  const engine = createEngine(
    configured,
    arena.section(engineArenaBytes(configured.settings)),
    builder.kernels,
    metrics,
  );
  for (const { file, kind } of inputs) {
    if (kind === "eve") {
      const { records, bad } = await learnEve(file, metrics, configured.settings.flow.hashKey);
      console.error(`${file}: ${records} records${bad > 0 ? `, ${bad} lines left out` : ""}`);
      continue;
    }
    const source = await openCapture(file);
    const reader = new CaptureReader(arena.bytes, region, region + CHUNK_BYTES);
    const { problem } = await replayCapture(source, reader, {
      onRecord: (record) => engine.process(record.start, record.end, record),
      onPause: () => false,
    });
    source.close();
    if (problem !== null) console.error(`warning: ${file}: ${problem}`);
  }
  engine.finish();
  return takeModel(metrics);
}

/** All that is there is learned, limits or not, and what is measured is kept for graphs. */
function prepare(metrics: TrafficMetrics): void {
  for (const meter of metrics.allMeters) meter.limits.length = 0;
  metrics.prepare();
  for (const { series } of metrics.allMeters) {
    if (series !== null) series.history = new WindowHistory();
  }
}

function anomalyRules(): readonly string[] {
  const folder = path.join(shippedRules, "anomaly");
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".rules"));
  return names.map((name) => path.join(folder, name));
}

function createEngine(
  { settings }: Configured,
  arena: ConstructorParameters<typeof Engine>[0]["arena"],
  kernels: ConstructorParameters<typeof Engine>[0]["kernels"],
  observer: TrafficMetrics,
): Engine {
  return new Engine({
    arena,
    kernels,
    observer,
    decoder: settings.decoder,
    defrag: settings.defrag,
    defragMemoryBytes: settings.defragMemoryBytes,
    flow: settings.flow,
    stream: settings.stream,
    checksums: settings.checksums,
    protocols: settings.protocols,
    filePolicy: settings.filePolicy,
    ruleSet: null,
    inline: false,
    alertsPerPacketMax: settings.alertsPerPacketMax,
    reporters: [],
    statsIntervalSeconds: 0,
    extraCounters: [],
  });
}

function modelSummary(
  { series, startSeconds, endSeconds, seen }: LearnedModel,
  file: string,
): string {
  const count = series.reduce((sum, one) => sum + one.count, 0);
  const days = ((endSeconds - startSeconds) / 86_400).toFixed(1);
  return `${file}: ${count} baselines of ${days} days, ${seen.length / 4} first sights`;
}
