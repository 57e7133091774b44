/** What an engine is made of, what it is given of each packet, and who hears of what it finds. */
import type { Arena } from "../bytes/arena.ts";
import type { Alert } from "../detect/alert-queue.ts";
import type { PacketObserver } from "../detect/anomaly-details.ts";
import type { RuleSet } from "../detect/rule-set.ts";
import type { DefragOptions } from "../flow/defrag-options.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowOptions } from "../flow/flow-options.ts";
import type { DecoderOptions } from "../layers/decoder-options.ts";
import type { Packet } from "../layers/packet.ts";
import type { Kernels } from "../match/kernels.ts";
import type { FilePolicy } from "../protocols/file.ts";
import type { ProtocolRegistry } from "../protocols/registry.ts";
import type { StreamOptions } from "../stream/stream-options.ts";
import type { TransactionReporter } from "./application-log.ts";
import type { ChecksumMode } from "./checksum-watch.ts";
import type { PolicyTable } from "./exception-policies.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FrameReporter } from "./frame-recorder.ts";
import type { Counters } from "./records/stats-record.ts";

/** One place that hears of packets and flows: an event log, the alert lines of a person. */
export interface Reporter extends TransactionReporter, FrameReporter {
  /** It writes the hardware addresses of flows. */
  readonly wantsHardwareAddresses?: boolean;
  onPacket(packet: Packet, alerts: readonly Alert[], tagged: boolean): void;
  onFlowEnd(flow: Flow, timeUs: number): void;
  /** A snapshot of all counters, at the end of a capture and in between. */
  onStats?(counters: Counters, timeUs: number): void;
}

export interface EngineOptions {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly decoder: DecoderOptions;
  readonly defrag: DefragOptions;
  readonly defragMemoryBytes: number;
  readonly flow: FlowOptions;
  readonly stream: StreamOptions;
  readonly checksums: ChecksumMode;
  readonly protocols: ProtocolRegistry;
  readonly filePolicy: FilePolicy;
  /** Where files go that are to be stored; null: nowhere. */
  readonly fileStorage?: FileStorage | null;
  /** Null: no rule is run. */
  readonly ruleSet: RuleSet | null;
  /** What measures traffic; by default what the rules ask for. */
  readonly observer?: PacketObserver;
  readonly inline: boolean;
  /** What to do at memory limits and the like; nothing by default. */
  readonly exceptionPolicies?: PolicyTable;
  readonly alertsPerPacketMax: number;
  /** Counts of thresholds kept at once; THRESHOLD_COUNTS_MAX by default. */
  readonly thresholdCountsMax?: number;
  readonly reporters: readonly Reporter[];
  /** Seconds of packet time between snapshots of counters; 0 for one at the end only. */
  readonly statsIntervalSeconds: number;
  /** Appended to the counters, asked each time: rules loaded, drops of the kernel ... */
  readonly extraCounters: Iterable<readonly [string, number | string]>;
  /** Packets come from interfaces: they have no place in a capture. */
  readonly isLive?: boolean;
}

/** The fields of a record, beside its bytes. */
export interface RecordFields {
  readonly wireLength: number;
  readonly timeUs: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
}
