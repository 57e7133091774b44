/**
 * Operation of a live session: control socket, metrics page, signals, rules loaded anew. SIGHUP opens log files anew
 * and loads the rules; SIGUSR2 loads the rules alone, as Suricata's users know it.
 */

import type { DatasetStore } from "../../core/detect/datasets.ts";
import type { Counters } from "../../core/engine/records/stats-record.ts";
import type { Diagnostic } from "../../core/rule/diagnostic.ts";
import type {
  InterfaceStatus,
  MemoryLimit,
  OperatedEngine,
  ReloadOutcome,
  RuleActions,
  RuleCounts,
  RuleProfiling,
} from "../../node/operation/operated-engine.ts";
import { type ReloadResult, RuleReloader } from "../../node/rules/rule-reloader.ts";
import { countsLine, printDiagnostics } from "../print-diagnostics.ts";
import { createKernels, loadInSteps, reloadLists } from "../rule-session.ts";
import { shrikeVersion } from "../version.ts";
import type { LiveSession } from "./live-session.ts";
import { healthJson, type SessionHealth } from "./session-health.ts";

/** Where packets come from, in Suricata's words. */
const CAPTURE_MODES: Readonly<Record<string, string>> = {
  "af-packet": "AF_PACKET_DEV",
  cap: "PCAP_DEV",
  capture: "PCAP_FILE",
};

export class SessionOperation implements OperatedEngine {
  readonly version = shrikeVersion();
  readonly runningMode = "single";
  private readonly session: LiveSession;
  private readonly reloader: RuleReloader;
  private readonly watch: SessionHealth | null;
  private readonly startedAtMs = Date.now();
  private loadedAtMs = Date.now();
  private reloads = 0;
  private failedReloads = 0;
  private longestPauseMs = 0;

  /** @param keepsGoing rules with errors are left out, as at the start. */
  constructor(session: LiveSession, keepsGoing: boolean, watch: SessionHealth | null = null) {
    this.session = session;
    this.watch = watch;
    const { shelves, builder, configured } = session;
    this.reloader = new RuleReloader({
      shelves,
      builder,
      keepsGoing,
      createKernels: (arena) => createKernels(arena, configured),
      readLists: ({ state }) => reloadLists(state, configured),
      load: (next) => loadInSteps(configured, session.ruleFiles, next),
      use: (loaded) => session.replaceRules(loaded),
    });
  }

  get captureMode(): string {
    const driver = this.session.interfaces()[0]?.driver ?? "";
    return CAPTURE_MODES[driver] ?? driver.toUpperCase();
  }

  get datasets(): DatasetStore {
    return this.session.builder.state.datasets;
  }

  get ruleActions(): RuleActions | null {
    return this.session.shadow;
  }

  get ruleProfiling(): RuleProfiling {
    return this.session.ruleProfile;
  }

  uptimeSeconds(): number {
    return Math.floor((Date.now() - this.startedAtMs) / 1000);
  }

  counters(): Counters {
    const counters = this.session.counters();
    counters.set("reload.done", this.reloads);
    counters.set("reload.failed", this.failedReloads);
    counters.set("reload.longest_pause_ms", Math.ceil(this.longestPauseMs));
    return counters;
  }

  interfaces(): readonly InterfaceStatus[] {
    const counters = this.session.counters();
    const numberOf = (name: string): number => Number(counters.get(name) ?? 0);
    return this.session.interfaces().map((state) => ({
      ...state,
      invalidChecksums: numberOf("tcp.invalid_checksum"),
      bypassed: numberOf("flow_bypassed.local_pkts"),
    }));
  }

  ruleCounts(): RuleCounts {
    const counts = this.session.loaded?.counts;
    if (counts === undefined) return { loaded: 0, failed: 0, skipped: 0 };
    const { loaded, failed, unsupported, skipped } = counts;
    return { loaded, failed: failed + unsupported, skipped };
  }

  failedRules(): readonly Diagnostic[] {
    const all = this.session.loaded?.diagnostics ?? [];
    return all.filter(({ severity }) => severity !== "warning");
  }

  rulesLoadedAtMs(): number {
    return this.loadedAtMs;
  }

  memoryUsage(): { readonly rss: number; readonly heapUsed: number } {
    return process.memoryUsage();
  }

  queuedLines(): number {
    return this.session.logs.queuedLines;
  }

  memoryLimits(): readonly MemoryLimit[] {
    const { limits, configured } = this.session;
    const { settings } = configured;
    const counters = this.session.counters();
    const used = (counter: string) => ({ usedBytes: Number(counters.get(counter) ?? 0) });
    const { reassemblyMemoryLimitBytes: reassemblyBytes, memoryLimitBytes } = limits.stream;
    return [
      {
        name: "stream",
        limitBytes: memoryLimitBytes,
        ...used("tcp.memuse"),
        change: (bytes) => limits.setStream(bytes),
      },
      {
        name: "stream-reassembly",
        limitBytes: reassemblyBytes,
        ...used("tcp.reassembly_memuse"),
        highestBytes: settings.stream.reassemblyMemoryLimitBytes,
        change: (bytes) => limits.setReassembly(bytes),
      },
      {
        name: "flow",
        limitBytes: limits.flowBytes,
        ...used("flow.memuse"),
        change: (bytes) => {
          limits.flowBytes = bytes;
          this.session.engine.flows.setMemoryLimit(bytes);
        },
      },
      {
        name: "defrag",
        limitBytes: settings.defragMemoryBytes,
        ...used("defrag.memuse"),
        change: null,
      },
    ];
  }

  setting(key: string): string | null {
    const value = this.session.configured.tree.value(key);
    if (value === undefined || value === null) return null;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }

  async reload(): Promise<ReloadOutcome> {
    const result = await this.reloader.reload();
    this.note(result);
    if (!result.isDone) return { isDone: false, message: `the old rules stay: ${result.problem}` };
    return { isDone: true, message: "done" };
  }

  health(): readonly Record<string, string | number>[] {
    return (this.watch?.current() ?? []).map(healthJson);
  }

  saveDatasets(): void {
    this.session.saveDatasets();
  }

  reopenLogs(): void {
    this.session.logs.reopen();
  }

  stop(): void {
    this.session.stop();
  }

  private note({ isDone, loaded, problem, durationMs, longestPauseMs }: ReloadResult): void {
    this.longestPauseMs = Math.max(this.longestPauseMs, longestPauseMs);
    if (loaded !== null) printDiagnostics(loaded.diagnostics, console.error);
    if (!isDone) {
      this.failedReloads++;
      console.error(`error: the old rules stay: ${problem}`);
      return;
    }
    this.reloads++;
    this.loadedAtMs = Date.now();
    const seconds = (durationMs / 1000).toFixed(1);
    const pause = longestPauseMs.toFixed(0);
    if (loaded !== null) {
      console.error(`${countsLine(loaded)} (${seconds} s; packets waited ${pause} ms at most)`);
    }
  }
}
