/** The options `--site` and `--model` of commands that run rules: what they read, and where it goes. */
import { putModel, takeModel } from "../core/anomaly/metrics/model.ts";
import { TrafficMetrics } from "../core/anomaly/metrics/traffic-metrics.ts";
import type { Site } from "../core/anomaly/site.ts";
import type { RuleBuilder } from "../core/detect/rule-builder.ts";
import { renderDiagnostic } from "../core/rule/render-diagnostic.ts";
import { ConfigError } from "../node/config/config-error.ts";
import type { ConfigTree } from "../node/config/tree.ts";
import { readText } from "../node/config/values.ts";
import { readModel, writeModel } from "../node/models/model-files.ts";
import { loadSite } from "../node/site/load-site.ts";
import { type CommandOption, lastText, type ParsedCommand } from "./command.ts";

export const siteOption: CommandOption = {
  name: "site",
  value: "FILE",
  summary: "site.yaml: home networks, business hours, services, hosts",
};

export const modelOption: CommandOption = {
  name: "model",
  value: "FILE",
  summary: "what baselines start from, as shrike learn wrote it",
};

export const saveModelOption: CommandOption = {
  name: "save-model",
  value: "FILE",
  summary: "writes what baselines know in the end",
};

/** The site of `--site`, else of the setting `site-file`; null without. Throws ConfigError, FileError. */
export function readSite(parsed: ParsedCommand, tree: ConfigTree): Site | null {
  const file = lastText(parsed, "site") ?? readText(tree, "site-file");
  if (file === null) return null;
  const { site, diagnostics } = loadSite(file);
  if (diagnostics.length === 0) return site;
  const text = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic)).join("\n");
  throw new ConfigError(`the site file has errors\n${text}`);
}

/** The metrics that the rules ask for; null when none do. */
export function metricsIn({ state }: RuleBuilder): TrafficMetrics | null {
  const { packetObserver } = state;
  return packetObserver instanceof TrafficMetrics ? packetObserver : null;
}

/** Puts the model of `--model` into the metrics of compiled rules. Throws ConfigError, FileError. */
export function loadModel(parsed: ParsedCommand, builder: RuleBuilder): void {
  const file = lastText(parsed, "model");
  const metrics = metricsIn(builder);
  if (file === null) return;
  if (metrics === null) {
    console.error("warning: no rule uses the model");
    return;
  }
  const model = readModel(file);
  const { zone } = metrics.options.site;
  if (model.zone.name !== zone.name) {
    console.error(
      `warning: the model was learned in ${model.zone.name}, the site is in ${zone.name}`,
    );
  }
  putModel(metrics, model);
}

/** Writes what the metrics know to the file of `--save-model`, once all flows have ended. Throws FileError. */
export function saveModel(parsed: ParsedCommand, builder: RuleBuilder): void {
  const file = lastText(parsed, "save-model");
  if (file === null) return;
  const metrics = metricsIn(builder);
  const model = metrics === null ? null : takeModel(metrics);
  if (model === null) console.error("warning: no rule learns a model, nothing was written");
  else writeModel(file, model);
}
