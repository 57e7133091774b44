/** An evaluation as text: planted events by kind and one by one, false alerts by rule, and the verdict. */
import type { Evaluation, PlantResult, ToldAlert } from "./evaluation.ts";
import { plantKinds } from "./office/plants.ts";

export function describeEvaluation(evaluation: Evaluation): string {
  const { packets, bytes, hosts, weeks, plants, falseAlerts, found, passes } = evaluation;
  const { worstHostWeek, start } = evaluation;
  const hits = plants.filter(({ sids }) => sids.length > 0).length;
  const perHostWeek = falseAlerts.length / (hosts * weeks);
  return [
    `${hosts} hosts, ${(weeks * 7).toFixed(0)} days from ${new Date(start * 1000).toISOString()}, ` +
      `${packets} packets, ${(bytes / 1e9).toFixed(1)} GB`,
    "",
    `planted event          found    after  by`,
    ...plantKinds.flatMap((kind) => kindLines(kind, plants)),
    "",
    "false alerts           count  hosts  rule",
    ...ruleLines(falseAlerts),
    "",
    `found ${hits} of ${plants.length} (${(100 * found).toFixed(1)} %; 95 % wanted)`,
    `false alerts ${falseAlerts.length}, ${perHostWeek.toFixed(3)} per host and week, ` +
      `${worstHostWeek} at most (1 allowed)`,
    passes ? "passed" : "FAILED",
  ].join("\n");
}

function kindLines(kind: string, results: readonly PlantResult[]): string[] {
  const own = results.filter(({ plant }) => plant.kind === kind);
  const hits = own.filter(({ sids }) => sids.length > 0);
  const sids = [...new Set(hits.flatMap((hit) => hit.sids))].sort();
  const delays = hits.map(({ delay }) => delay).sort((a, b) => a - b);
  const delay = delays[delays.length >> 1] ?? 0;
  const line = `${kind.padEnd(22)} ${`${hits.length}/${own.length}`.padStart(5)} ${duration(delay).padStart(8)}  ${sids.join(" ")}`;
  const missed = own
    .filter((one) => one.sids.length === 0)
    .map(({ plant }) => {
      const when = new Date(plant.begin * 1000).toISOString().slice(0, 16);
      return `  missed: ${plant.actor} ${plant.peers?.join(" ") ?? "many"} ${when} ${duration(plant.end - plant.begin)}`;
    });
  return [line, ...missed];
}

function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800
    ? `${(seconds / 3600).toFixed(1)} h`
    : `${(seconds / 86_400).toFixed(1)} d`;
}

function ruleLines(alerts: readonly ToldAlert[]): string[] {
  const sids = [...new Set(alerts.map(({ sid }) => sid))].sort();
  return sids.flatMap((sid) => {
    const own = alerts.filter((alert) => alert.sid === sid);
    const hosts = new Set(own.map(({ source }) => source));
    const message = own[0]?.message ?? "";
    return [
      `${String(sid).padEnd(22)} ${String(own.length).padStart(5)} ${String(hosts.size).padStart(6)}  ${message}`,
      ...own.slice(0, 12).map(alertLine),
    ];
  });
}

function alertLine({ seconds, source, destination, port, anomaly }: ToldAlert): string {
  const when = new Date(seconds * 1000).toISOString().slice(0, 16);
  const value = anomaly === null ? "" : `${anomaly.metric} ${round(anomaly.value)}`;
  const expected = anomaly?.expected === undefined ? "" : ` expected ${round(anomaly.expected)}`;
  const off = anomaly?.deviation === undefined ? "" : ` deviation ${round(anomaly.deviation)}`;
  return `  ${when} ${source} ${destination}:${port} ${value}${expected}${off} ${anomaly?.subject ?? ""}`;
}

function round(value: number): string {
  return value < 100 ? value.toFixed(2) : value.toFixed(0);
}
