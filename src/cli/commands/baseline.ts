/** shrike baseline show: a model as a table, as JSON, or one of its baselines as a graph. */
import fs from "node:fs";
import { metricNames } from "../../core/anomaly/metrics/metric.ts";
import type { LearnedModel } from "../../core/anomaly/metrics/model.ts";
import { type BaselineView, viewModel } from "../../core/anomaly/metrics/model-view.ts";
import { suggest } from "../../core/rule/suggest.ts";
import { SinkError } from "../../node/errors.ts";
import { readModel } from "../../node/models/model-files.ts";
import { amount, baselineGraph, duration } from "../baseline/baseline-graph.ts";
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { helpOption } from "../shared-options.ts";

export const BASELINE_SCHEMA = 1;
const ROWS_SHOWN = 20;
const DEVIATION = 3;

export const baseline: Command = {
  name: "baseline",
  summary: "Shows what shrike learn has learned: a table, JSON, or a graph in SVG.",
  usage: "show MODEL [options]",
  options: [
    { name: "metric", value: "NAME", summary: "only baselines of this metric" },
    { name: "key", value: "TEXT", summary: "only keys with this text in them, as an address" },
    { name: "all", summary: `all rows, not only the ${ROWS_SHOWN} most active of a metric` },
    { name: "json", summary: "one JSON object, with the expected values of each slot" },
    {
      name: "svg",
      value: "FILE",
      summary: "draws the first of the baselines, measured and expected",
    },
    {
      name: "deviation",
      value: "FACTOR",
      summary: `width of the graph's band; ${DEVIATION} without`,
    },
    helpOption,
  ],
  examples: [
    { line: "shrike baseline show office.model", meaning: "the most active keys of each metric" },
    {
      line: "shrike baseline show office.model --key 10.0.0.5 --metric upload --svg upload.svg",
      meaning: "what the host sends out by hour, and the band around what is expected",
    },
  ],
  run: (parsed) => Promise.resolve(runBaseline(parsed)),
};

function runBaseline(parsed: ParsedCommand): number {
  const [action, file, more] = parsed.files;
  if (action !== "show" || file === undefined || more !== undefined) {
    throw new UsageError("name a model: shrike baseline show MODEL");
  }
  const metric = lastText(parsed, "metric");
  if (metric !== null && !metricNames.some((name) => name === metric)) {
    const near = suggest(metric, metricNames);
    const hint =
      near === undefined ? `there are ${metricNames.join(", ")}` : `did you mean "${near}"?`;
    throw new UsageError(`unknown metric "${metric}": ${hint}`);
  }
  const key = lastText(parsed, "key") ?? "";
  const model = readModel(file);
  const views = viewModel(model).filter(
    (view) => (metric === null || view.metric === metric) && view.key.includes(key),
  );
  const graph = lastText(parsed, "svg");
  if (graph !== null) return draw(views, graph, readDeviation(parsed));
  if (parsed.switches.has("json")) console.log(JSON.stringify(toJson(model, views)));
  else for (const line of toTable(model, views, parsed.switches.has("all"))) console.log(line);
  return ExitCode.done;
}

function draw(views: readonly BaselineView[], file: string, deviation: number): number {
  const [view] = views;
  if (view === undefined) {
    console.error("shrike: the model has no such baseline");
    return ExitCode.badInput;
  }
  try {
    fs.writeFileSync(file, baselineGraph(view, deviation));
  } catch (cause) {
    throw new SinkError(`cannot write "${file}"`, { cause });
  }
  console.error(`${file}: ${view.metric} of ${view.key}`);
  return ExitCode.done;
}

function readDeviation(parsed: ParsedCommand): number {
  const text = lastText(parsed, "deviation");
  const value = text === null ? DEVIATION : Number(text);
  if (value > 0 && value <= 1000) return value;
  throw new UsageError(`--deviation takes a number from 0 to 1000, found "${text}"`);
}

function toJson(model: LearnedModel, views: readonly BaselineView[]): unknown {
  const { zone, startSeconds, endSeconds, seen } = model;
  return {
    schema: BASELINE_SCHEMA,
    zone: zone.name,
    start: new Date(startSeconds * 1000).toISOString(),
    end: new Date(endSeconds * 1000).toISOString(),
    first_sights: seen.length / 4,
    baselines: views.map(({ measured, slots, windowSeconds, learnedDays, ...view }) => ({
      ...view,
      window: windowSeconds,
      learned: learnedDays,
      slots: slots.map(({ mean, scatter }) => (mean === null ? null : { mean, scatter })),
      measured: measured.length,
    })),
  };
}

function toTable(model: LearnedModel, views: readonly BaselineView[], isWhole: boolean): string[] {
  const from = new Date(model.startSeconds * 1000).toISOString().slice(0, 16);
  const to = new Date(model.endSeconds * 1000).toISOString().slice(0, 16);
  const lines = [`learned from ${from} to ${to} UTC, hours of ${model.zone.name}`];
  const groups = new Map<string, BaselineView[]>();
  for (const view of views) {
    const name = `${view.metric} by ${view.kind}, each ${duration(view.windowSeconds)}, season ${view.season}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [view]);
    else group.push(view);
  }
  for (const [name, group] of groups) {
    const shown = isWhole ? group : group.slice(0, ROWS_SHOWN);
    const width = Math.max(3, ...shown.map(({ key }) => key.length));
    lines.push("", name, `  ${"key".padEnd(width)}     mean     peak     days`);
    for (const { key, mean, peak, learnedDays } of shown) {
      const numbers = [amount(mean), amount(peak), learnedDays.toFixed(1)];
      lines.push(`  ${key.padEnd(width)} ${numbers.map((text) => text.padStart(8)).join(" ")}`);
    }
    if (shown.length < group.length) lines.push(`  and ${group.length - shown.length} more`);
  }
  return lines;
}
