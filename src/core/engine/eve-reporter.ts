/** Decides which events a packet or flow gives in one event log, and hands their lines on. */
import { baselineStatus } from "../anomaly/metrics/baseline-status.ts";
import { TrafficMetrics } from "../anomaly/metrics/traffic-metrics.ts";
import type { Alert } from "../detect/alert-queue.ts";
import type { RuleBuilder } from "../detect/rule-builder.ts";
import { VERDICT_STOPS, Verdict } from "../detect/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import type { HealthReport } from "../health/health-monitor.ts";
import { Direction, type Packet, PacketSource } from "../layers/packet.ts";
import type { TransactionFile } from "../protocols/file.ts";
import type { Frame } from "../protocols/frame.ts";
import type { ProtocolRecord } from "../protocols/record.ts";
import type { ProtocolRegistry, RegisteredProtocol } from "../protocols/registry.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { EveOptions } from "./eve-options.ts";
import { RuleFields, writeAlertEvent } from "./records/alert-record.ts";
import { writeAnomalyEvent, writeParserAnomaly } from "./records/anomaly-record.ts";
import { writeArpEvent } from "./records/arp-record.ts";
import { writeBaselineEvent } from "./records/baseline-record.ts";
import { writeDropEvent } from "./records/drop-record.ts";
import { EveContext } from "./records/envelope.ts";
import { writeFileinfoEvent } from "./records/fileinfo-record.ts";
import { writeFlowEvent } from "./records/flow-record.ts";
import { writeFrameEvent } from "./records/frame-record.ts";
import { writeHealthEvent } from "./records/health-record.ts";
import { writeMetadataEvent } from "./records/metadata-record.ts";
import { writeNetflowEvents } from "./records/netflow-record.ts";
import { type Counters, writeStatsEvent } from "./records/stats-record.ts";
import { writeTaggedPacket } from "./records/tagged-packet-record.ts";
import { writeTransactionEvents } from "./records/transaction-record.ts";

export type LineSink = (line: string) => void;

const LOGGED_TO_SERVER = 1;
const LOGGED_TO_CLIENT = 2;

export class EveReporter {
  readonly context: EveContext;
  readonly wantsHardwareAddresses: boolean;
  private readonly sink: LineSink;
  private readonly inline: boolean;
  private readonly rules = new RuleFields();
  /** Directions of dropped flows that have their drop event, by flow id. */
  private readonly dropsLogged = new Map<number, number>();
  /** It writes `baseline` events though the stats go elsewhere: one of several threads does. */
  tellsBaseline = false;
  private lastStats: Counters | null = null;

  constructor(
    options: EveOptions,
    bytes: Uint8Array,
    sink: LineSink,
    host: {
      readonly inline: boolean;
      readonly names: RuleBuilder | null;
      readonly protocols: ProtocolRegistry;
    },
  ) {
    this.context = new EveContext(options, bytes);
    this.wantsHardwareAddresses = options.ethernet;
    this.context.names = host.names;
    this.context.protocols = host.protocols;
    this.sink = sink;
    this.inline = host.inline;
  }

  onPacket(packet: Packet, alerts: readonly Alert[], tagged: boolean): void {
    const { options } = this.context;
    if (options.alert !== null) this.writeAlerts(packet, alerts);
    if (tagged && options.alert?.taggedPackets === true) {
      this.sink(writeTaggedPacket(this.context, packet));
    }
    const variables = this.context.names?.state.packetVariables ?? [];
    if (options.metadataEvents === true && variables.length > 0) {
      this.sink(writeMetadataEvent(this.context, packet));
    }
    if (options.anomaly !== null) this.writeAnomalies(packet);
    if (options.drop !== null && this.inline) this.writeDrop(packet, alerts);
    if (options.arp && packet.arpStart >= 0 && packet.eventCount === 0) {
      this.sink(writeArpEvent(this.context, packet));
    }
  }

  get wantsFrames(): boolean {
    return (this.context.options.frame ?? null) !== null;
  }

  onFrame(packet: Packet, flow: Flow, frame: Frame): void {
    const limitBytes = this.context.options.frame?.payloadLimitBytes ?? 0;
    this.sink(writeFrameEvent(this.context, packet, flow, frame, limitBytes));
  }

  onTransaction(
    packet: Packet,
    flow: Flow,
    transaction: Transaction,
    record: ProtocolRecord,
  ): void {
    const lines = writeTransactionEvents(this.context, packet, flow, transaction, record);
    for (const line of lines) this.sink(line);
  }

  onTransactionEvent(
    packet: Packet,
    flow: Flow,
    registered: RegisteredProtocol,
    transaction: Transaction,
    code: number,
  ): void {
    const { options } = this.context;
    if (options.anomaly?.application !== true) return;
    this.sink(writeParserAnomaly(this.context, packet, flow, registered, transaction, code));
  }

  onFile(
    packet: Packet,
    flow: Flow,
    registered: RegisteredProtocol,
    transaction: Transaction,
    file: TransactionFile,
  ): void {
    if (!this.context.options.application.has("files")) return;
    this.sink(writeFileinfoEvent(this.context, packet, flow, registered, transaction, file));
  }

  onFlowEnd(flow: Flow, timeUs: number): void {
    const { options } = this.context;
    this.dropsLogged.delete(flow.id);
    if (options.flow) this.sink(writeFlowEvent(this.context, flow, timeUs));
    if (options.netflow) {
      for (const line of writeNetflowEvents(this.context, flow, timeUs)) this.sink(line);
    }
  }

  onStats(counters: Counters, timeUs: number): void {
    if (this.context.options.stats !== null) {
      this.sink(writeStatsEvent(this.context, counters, timeUs, this.lastStats));
      this.lastStats = counters;
    } else if (!this.tellsBaseline) return;
    const metrics = this.context.names?.state.packetObserver ?? null;
    if (!(metrics instanceof TrafficMetrics)) return;
    this.sink(writeBaselineEvent(this.context, baselineStatus(metrics), timeUs));
  }

  /** Goes where the stats go, or where `health` is asked for. */
  onHealth(report: HealthReport, timeUs: number): void {
    const { options } = this.context;
    if (options.stats === null && !options.application.has("health")) return;
    this.sink(writeHealthEvent(this.context, report, timeUs));
  }

  private writeAlerts(packet: Packet, alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (alert.silent) continue;
      this.sink(writeAlertEvent(this.context, packet, alert, this.rules, this.inline));
    }
  }

  private writeAnomalies(packet: Packet): void {
    for (let i = 0; i < packet.eventCount; i++) {
      const line = writeAnomalyEvent(this.context, packet, packet.events[i]!);
      if (line !== null) this.sink(line);
    }
  }

  /** Of a flow that is dropped as a whole: whether this is the first packet of its direction. */
  private noteDropped(packet: Packet, flow: Flow): boolean {
    if ((flow.action & Verdict.drop) === 0) return false;
    const bit = packet.direction === Direction.toServer ? LOGGED_TO_SERVER : LOGGED_TO_CLIENT;
    const logged = this.dropsLogged.get(flow.id) ?? 0;
    this.dropsLogged.set(flow.id, logged | bit);
    return (logged & bit) === 0;
  }

  private writeDrop(packet: Packet, alerts: readonly Alert[]): void {
    const { options } = this.context;
    if ((packet.verdict & VERDICT_STOPS) === 0 || isMade(packet)) return;
    const cause = alerts.find((alert) => (alert.action & VERDICT_STOPS) !== 0) ?? null;
    if (packet.flow !== null && options.drop?.flows === "start") {
      const isFirst = this.noteDropped(packet, packet.flow);
      if (cause === null && !isFirst) return;
    }
    this.sink(writeDropEvent(this.context, packet, cause, this.rules));
  }
}

function isMade(packet: Packet): boolean {
  return packet.source === PacketSource.flowTimeout || packet.source === PacketSource.streamFlush;
}
