/**
 * Decides which packets are kept: all, or those of flows that raised an alert, with what came before, and those that a
 * rule's tag asks for. Says of each alert where its packet is. When the disk fails the engine goes on; recording starts
 * again when a try a few seconds later succeeds.
 */

import { textToUtf8 } from "../../core/bytes/utf8.ts";
import type { Alert } from "../../core/detect/alert-queue.ts";
import type { Flow } from "../../core/flow/flow.ts";
import type { Packet } from "../../core/layers/packet.ts";
import { SinkError } from "../errors.ts";
import { CaptureFiles, type CaptureFilesOptions } from "./capture-files.ts";
import { LookBack } from "./look-back.ts";
import type { PacketPlace, RecordedPacket } from "./recorded-packet.ts";

export type RecordMode = "all" | "alerts" | "tag";

export interface RecorderOptions extends CaptureFilesOptions {
  /** Everything; flows with an alert, and tagged packets; tagged packets and the alerts' own. */
  readonly mode: RecordMode;
  /** Packets before the alert that are kept of its flow. */
  readonly lookBackPackets: number;
  /** Bytes of packets that may turn out to be wanted. */
  readonly lookBackBytes: number;
}

const RETRY_MS = 10_000;

export class Recorder {
  /** Packets that could not be written. */
  failed = 0;
  /** Where the packet at hand is, once it is written; for the alert events. */
  place: PacketPlace | null = null;
  readonly files: CaptureFiles;
  private readonly options: RecorderOptions;
  private readonly arena: Uint8Array;
  private readonly lookBack: LookBack | null;
  private readonly report: (line: string) => void;
  /** Flows that are recorded, with the file that their id was last noted in. */
  private readonly recorded = new Map<number, string>();
  private record: RecordedPacket | null = null;
  private isWritten = false;
  private retryAtMs = 0;

  /** @param report told in one line when the disk fails. Throws SinkError. */
  constructor(options: RecorderOptions, arena: Uint8Array, report: (line: string) => void) {
    this.options = options;
    this.arena = arena;
    this.report = report;
    this.files = new CaptureFiles(options);
    const { mode, lookBackPackets, lookBackBytes } = options;
    this.lookBack =
      mode === "alerts" && lookBackPackets > 0
        ? new LookBack(lookBackBytes, lookBackPackets)
        : null;
  }

  /** A packet comes; it was not looked at yet. */
  begin(record: RecordedPacket): void {
    this.record = record;
    this.place = null;
    this.isWritten = false;
  }

  /** Writes a packet that nobody looks at. */
  writeUnseen(record: RecordedPacket): void {
    this.write(record, null, "");
  }

  /** What the engine found in the packet, before events are written: called for packets with something to tell. */
  onPacket(packet: Packet, alerts: readonly Alert[], tagged: boolean): void {
    const { record } = this;
    if (alerts.length === 0 && !tagged) return;
    const { flow } = packet;
    if (alerts.length > 0 && this.options.mode === "alerts") this.followAll(packet);
    if (record === null || this.isWritten) return;
    this.write(record, packet.parent === null ? flow : null, this.alertComment(packet, alerts));
  }

  /** The packet was looked at: writes it if it is wanted, or remembers it for a while. */
  end(packet: Packet): void {
    const { record, options } = this;
    if (record === null) return;
    const { flow } = packet;
    const isWanted = options.mode === "all" || (flow !== null && this.recorded.has(flow.id));
    if (!this.isWritten && isWanted) this.write(record, flow, "");
    else if (!this.isWritten && flow !== null) this.lookBack?.keep(flow.id, this.arena, record);
    this.record = null;
  }

  onFlowEnd(flow: Flow): void {
    this.recorded.delete(flow.id);
    this.lookBack?.forget(flow.id);
  }

  /** About once a second: what is gathered goes to disk. */
  tick(): void {
    this.attempt(() => this.files.flush());
  }

  close(): void {
    this.attempt(() => this.files.close());
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["record.packets", this.files.packets];
    yield ["record.bytes", this.files.bytes];
    yield ["record.files_removed", this.files.removed];
    yield ["record.failed_packets", this.failed];
    yield ["record.look_back_lost", this.lookBack?.lost ?? 0];
  }

  /** The packet's flow, and those of the packets around it: an inner packet comes only with them. */
  private followAll(packet: Packet): void {
    for (let one: Packet | null = packet; one !== null; one = one.parent) {
      if (one.flow !== null) this.follow(one.flow);
    }
  }

  /** The flow is recorded from its kept packets on. */
  private follow(flow: Flow): void {
    if (this.recorded.has(flow.id)) return;
    this.recorded.set(flow.id, "");
    const { lookBack } = this;
    if (lookBack === null) return;
    for (const packet of lookBack.take(flow.id)) {
      this.attempt(() => {
        this.files.prepare(packet);
        this.files.write(lookBack.bytes, packet, this.commentOf(flow, ""));
      });
    }
  }

  private write(record: RecordedPacket, flow: Flow | null, alerts: string): void {
    this.isWritten = true;
    this.attempt(() => {
      this.files.prepare(record);
      this.place = this.files.write(this.arena, record, this.commentOf(flow, alerts));
    });
  }

  /** The flow's id on its first packet in each file, and the alerts on their packets. */
  private commentOf(flow: Flow | null, alerts: string): Uint8Array | undefined {
    let text = alerts;
    const { currentFile } = this.files;
    if (flow !== null && this.recorded.get(flow.id) !== currentFile) {
      this.recorded.set(flow.id, currentFile);
      text = `flow_id=${flow.id} ${alerts}`;
    }
    return text === "" ? undefined : textToUtf8(text.trimEnd());
  }

  private alertComment({ flow, parent }: Packet, alerts: readonly Alert[]): string {
    const names = alerts.map(({ rule }) => `alert=${rule.gid}:${rule.sid}:${rule.revision}`);
    if (flow !== null && parent !== null) names.unshift(`inner_flow_id=${flow.id}`);
    return names.join(" ");
  }

  private attempt(work: () => void): void {
    if (this.retryAtMs > 0) {
      if (Date.now() < this.retryAtMs) {
        this.failed++;
        return;
      }
      this.retryAtMs = 0;
    }
    try {
      work();
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      this.failed++;
      this.retryAtMs = Date.now() + RETRY_MS;
      this.report(`recording stops for ${RETRY_MS / 1000} s: ${error.message}`);
    }
  }
}
