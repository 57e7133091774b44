/**
 * What operation asks of a running engine: counts, interfaces, reload, stop. The control socket, the metrics page
 * and the signals know the engine by this alone; a live session, or a test, implements it.
 */
import type { DatasetStore } from "../../core/detect/datasets.ts";
import type { RuleTime } from "../../core/detect/rule-times.ts";
import type { Counters } from "../../core/engine/records/stats-record.ts";
import type { Diagnostic } from "../../core/rule/diagnostic.ts";
import type { Json } from "./control-command.ts";

/** One interface, or a capture that is played back. */
export interface InterfaceStatus {
  readonly name: string;
  /** Driver in use: `af-packet`, `cap`, `capture`. */
  readonly driver: string;
  readonly packets: number;
  readonly kernelDrops: number;
  readonly interfaceDrops: number;
  readonly invalidChecksums: number;
  /** Packets of flows that are no longer inspected. */
  readonly bypassed: number;
}

/** Rules as written: one `<>` counts one. */
export interface RuleCounts {
  readonly loaded: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface ReloadOutcome {
  readonly isDone: boolean;
  /** One line: how many rules are in use, or why the old ones stay. */
  readonly message: string;
}

/** A memory limit that can be seen and changed at run time. */
export interface MemoryLimit {
  /** Suricata's name: `stream`, `stream-reassembly`, `flow`, `defrag` ... */
  readonly name: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** The highest value it can be changed to: memory that was set aside at the start. */
  readonly highestBytes?: number;
  /** Null when the limit is fixed while the engine runs. */
  readonly change: ((limitBytes: number) => void) | null;
}

/** Which rules act inline and which only tell what they would do; 0 says that no such rule is loaded. */
export interface RuleActions {
  /** Rules of this sid act. Returns how many there are that drop or reject. */
  promote(sid: number): number;
  /** They decide but do not act. Returns how many there are. */
  demote(sid: number): number;
  /** By rule, the flows and hosts that would have been cut. */
  report(): readonly Json[];
}

/** Measures what single rules cost, while it is on. */
export interface RuleProfiling {
  start(): void;
  stop(): void;
  /** The dearest first. */
  list(): readonly RuleTime[];
  report(): Json;
}

/** What the metrics page shows. */
export type MeteredEngine = Pick<
  OperatedEngine,
  | "uptimeSeconds"
  | "counters"
  | "interfaces"
  | "ruleCounts"
  | "rulesLoadedAtMs"
  | "memoryUsage"
  | "queuedLines"
  | "memoryLimits"
  | "ruleProfiling"
>;

export interface OperatedEngine {
  readonly version: string;
  /** Suricata's words: `workers`, `single`. */
  readonly runningMode: string;
  /** Such as `AF_PACKET_DEV`, `PCAP_DEV`, `PCAP_FILE`. */
  readonly captureMode: string;
  readonly datasets: DatasetStore;
  /** Null where no packet can be dropped. */
  readonly ruleActions: RuleActions | null;
  /** Null where it is not to be had: several threads. */
  readonly ruleProfiling: RuleProfiling | null;
  uptimeSeconds(): number;
  counters(): Counters;
  interfaces(): readonly InterfaceStatus[];
  ruleCounts(): RuleCounts;
  failedRules(): readonly Diagnostic[];
  /** Milliseconds since 1970 at which rules were last loaded. */
  rulesLoadedAtMs(): number;
  /** Bytes of the process. */
  memoryUsage(): { readonly rss: number; readonly heapUsed: number };
  /** Event lines that wait for a sink that is slow. */
  queuedLines(): number;
  memoryLimits(): readonly MemoryLimit[];
  /** A setting by its dotted key, as text; null when it is not set. */
  setting(key: string): string | null;
  reload(): Promise<ReloadOutcome>;
  /** What makes the engine see less than the traffic, now. */
  health(): readonly { readonly [name: string]: string | number }[];
  /** Writes the datasets that have a file to save to. Throws FileError. */
  saveDatasets(): void;
  /** Opens log files anew under their names: somebody moved them away. */
  reopenLogs(): void;
  /** Ends after the packet at hand; flows are flushed. */
  stop(): void;
}
