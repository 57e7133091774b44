/**
 * Operation of several engines in threads: a command goes to all of them, and their answers become one. Counters are
 * added up; a command that one thread refuses is refused.
 */
import type { Counters } from "../../core/engine/records/stats-record.ts";
import type { Json } from "../../node/operation/control-command.ts";
import { failureMessage, okMessage } from "../../node/operation/control-message.ts";
import { ControlServer } from "../../node/operation/control-server.ts";
import { MetricsServer } from "../../node/operation/metrics-server.ts";
import type { MeteredEngine } from "../../node/operation/operated-engine.ts";
import { lastText, type ParsedCommand } from "../command.ts";
import { metricsAddress } from "./operation-options.ts";

/** Commands whose numbers are each thread's own share. */
const SHARED_OUT = new Set(["dump-counters", "iface-stat"]);
/** Numbers of these that are the same for all. */
const COMMON = new Set(["uptime", "memcap", "longest_pause_ms"]);

export interface Team {
  /** The answers of all threads to a command, as they give them. */
  ask(name: string, given: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Sums as of the last stats. */
  counters(): Counters;
}

export class TeamOperation {
  private readonly team: Team;
  private readonly servers: { close(): Promise<void> }[] = [];
  private readonly startedAtMs = Date.now();
  private readonly onHangUp = (): void => {
    void this.team.ask("reopen-log-files", {});
    void this.team.ask("reload-rules", {});
  };
  private readonly onReload = (): void => void this.team.ask("reload-rules", {});

  private constructor(team: Team) {
    this.team = team;
  }

  /** Throws SocketError, UsageError. */
  static async start(parsed: ParsedCommand, team: Team): Promise<TeamOperation> {
    const operation = new TeamOperation(team);
    const control = lastText(parsed, "control");
    if (control !== null) {
      const server = await ControlServer.listen(control, async ({ name, given }) =>
        mergeAnswers(name, await team.ask(name, given.toObject())),
      );
      operation.servers.push(server);
    }
    const address = lastText(parsed, "metrics");
    if (address !== null) {
      const page = await MetricsServer.listen(metricsAddress(address), operation.metered());
      operation.servers.push(page);
    }
    process.on("SIGHUP", operation.onHangUp);
    process.on("SIGUSR2", operation.onReload);
    return operation;
  }

  async close(): Promise<void> {
    process.off("SIGHUP", this.onHangUp);
    process.off("SIGUSR2", this.onReload);
    for (const server of this.servers) await server.close();
  }

  private metered(): MeteredEngine {
    const { team, startedAtMs } = this;
    return {
      uptimeSeconds: () => Math.floor((Date.now() - startedAtMs) / 1000),
      counters: () => team.counters(),
      interfaces: () => [],
      ruleCounts: () => ruleCountsIn(team.counters()),
      rulesLoadedAtMs: () => startedAtMs,
      memoryUsage: () => process.memoryUsage(),
      queuedLines: () => 0,
      memoryLimits: () => [],
      ruleProfiling: null,
    };
  }
}

interface Answer {
  readonly return: string;
  readonly message?: Json;
}

/** One answer of many: the first refusal, sums, or what the first one says. */
export function mergeAnswers(name: string, texts: readonly string[]): string {
  const answers = texts.map((text) => JSON.parse(text) as Answer); // what controlAnswers made
  const refusal = answers.findIndex((answer) => answer.return !== "OK");
  if (refusal >= 0) {
    const reason = answers[refusal]?.message;
    const text = typeof reason === "string" ? reason : "refused";
    return failureMessage(texts.length === 1 ? text : `thread ${refusal}: ${text}`);
  }
  const messages = answers.map(({ message }) => message ?? null);
  const [first = null] = messages;
  if (SHARED_OUT.has(name)) return okMessage(messages.reduce((a, b) => addUp(a, b, "")));
  if (name === "health") return okMessage(mergeHealth(messages));
  if (name === "ruleset-profile") return okMessage(mergeProfiles(messages));
  return okMessage(first);
}

/** Each finding once, with the threads that have it; the numbers are those of the first of them. */
function mergeHealth(messages: readonly Json[]): Json {
  const merged = new Map<string, { [name: string]: Json }>();
  messages.forEach((list, thread) => {
    for (const finding of Array.isArray(list) ? (list as readonly Json[]) : []) {
      if (!isObject(finding)) continue;
      const name = String(finding["check"]);
      const known = merged.get(name);
      if (known === undefined) merged.set(name, { ...finding, threads: [thread] });
      else known["threads"] = [...(known["threads"] as number[]), thread];
    }
  });
  return [...merged.values()];
}

/** Sums by rule; of the longest times, the longest. */
function mergeProfiles(messages: readonly Json[]): Json {
  const rows = new Map<string, Record<string, number>>();
  for (const message of messages) {
    const { rules } = message as { readonly rules: readonly Record<string, number>[] }; // RuleProfile.report
    for (const rule of rules) {
      const key = `${rule["gid"]}:${rule["signature_id"]}`;
      const sum = rows.get(key) ?? { ...rule, checks: 0, matches: 0, ns_total: 0, ns_max: 0 };
      for (const name of ["checks", "matches", "ns_total"]) sum[name]! += rule[name]!;
      sum["ns_max"] = Math.max(sum["ns_max"]!, rule["ns_max"]!);
      rows.set(key, sum);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => b["ns_total"]! - a["ns_total"]!);
  const total = sorted.reduce((sum, rule) => sum + rule["ns_total"]!, 0);
  for (const rule of sorted) {
    rule["ns_avg"] = Math.round(rule["ns_total"]! / rule["checks"]!);
    rule["percent"] = total === 0 ? 0 : Number(((100 * rule["ns_total"]!) / total).toFixed(2));
  }
  const [first] = messages;
  return { ...(first as { readonly [name: string]: Json }), rules: sorted };
}

function addUp(a: Json, b: Json, name: string): Json {
  if (typeof a === "number" && typeof b === "number")
    return COMMON.has(name) ? Math.max(a, b) : a + b;
  if (!isObject(a) || !isObject(b)) return a;
  const sums: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = sums[key];
    sums[key] = before === undefined ? value : addUp(before, value, key);
  }
  return sums;
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ruleCountsIn(counters: Counters): { loaded: number; failed: number; skipped: number } {
  const text = counters.get("detect.engines");
  const none = { loaded: 0, failed: 0, skipped: 0 };
  if (typeof text !== "string") return none;
  const [engine] = JSON.parse(text) as Record<string, number>[]; // what the session wrote
  return {
    loaded: engine?.["rules_loaded"] ?? 0,
    failed: engine?.["rules_failed"] ?? 0,
    skipped: engine?.["rules_skipped"] ?? 0,
  };
}
