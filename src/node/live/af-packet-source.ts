/**
 * Packets from an AF_PACKET ring of Linux through the native addon: TPACKET_V3 blocks that are copied, in batches,
 * straight into the arena; times and drop counts are the kernel's.
 */
import fs from "node:fs";
import { LiveError } from "../errors.ts";
import {
  type NativeAddon,
  RING_COLUMNS,
  RING_COUNTS,
  RingColumn,
  RingCount,
  type RingHandle,
  type RingOptions,
  requireAddon,
} from "../native/native-addon.ts";
import type { LiveRecord, LiveSource, LiveSourceCounts } from "./live-source.ts";
import { Waiting } from "./waiting.ts";

/** Bytes of the arena that one source fills at once; the largest frame of a block fits. */
export const SOURCE_REGION_BYTES = 1024 ** 2 + 64 * 1024;
const BLOCK_BYTES = 1024 ** 2;
const FRAME_BYTES = 2048;
/** A block that does not fill up is handed over after this. */
const RETIRE_MS = 10;
const TABLE_ROWS = 2048;

export interface AfPacketOptions {
  readonly name: string;
  /** Place of the interface in the list given to the command. */
  readonly interfaceIndex: number;
  readonly arena: Uint8Array;
  /** Where the source may write: SOURCE_REGION_BYTES from here. */
  readonly regionStart: number;
  /** A filter of tcpdump, empty for none. */
  readonly filter: string;
  readonly promiscuous: boolean;
  readonly ringBytes: number;
  /** Sources of one group share the traffic of the interface by flow; -1 for none. */
  readonly fanoutGroup: number;
}

/** A record that is filled again for each packet. */
interface ReusedRecord {
  start: number;
  end: number;
  wireLength: number;
  timeUs: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
}

export class AfPacketSource implements LiveSource {
  readonly name: string;
  readonly driver: string = "af-packet";
  protected readonly addon: NativeAddon;
  protected readonly handle: RingHandle;
  protected readonly countsOfRing = new Float64Array(RING_COUNTS);
  private readonly table = new Float64Array(TABLE_ROWS * RING_COLUMNS);
  private readonly options: AfPacketOptions;
  private readonly record: ReusedRecord;
  private readonly waiting: Waiting;
  private readonly missedAtOpen: number;
  private isClosed = false;

  /** Throws LiveError: no such interface, no right to open it, a bad filter, no addon. */
  constructor(options: AfPacketOptions, ring?: Partial<RingOptions>) {
    this.addon = requireAddon("the AF_PACKET ring");
    this.options = options;
    this.name = options.name;
    this.handle = openRing(this.addon, options, ring ?? {}, this.table);
    this.record = {
      start: 0,
      end: 0,
      wireLength: 0,
      timeUs: 0,
      linkType: this.addon.ringLinkType(this.handle),
      interfaceIndex: options.interfaceIndex,
    };
    this.waiting = new Waiting((callback) => this.addon.ringWait(this.handle, callback));
    this.missedAtOpen = readMissed(options.name);
  }

  poll(onRecord: (record: LiveRecord) => void, limitPackets: number): number {
    const { regionStart } = this.options;
    const end = regionStart + SOURCE_REGION_BYTES;
    const count = this.addon.ringPoll(this.handle, regionStart, end, limitPackets);
    const { table, record } = this;
    for (let row = 0; row < count * RING_COLUMNS; row += RING_COLUMNS) {
      const start = table[row + RingColumn.start]!;
      record.start = start;
      record.end = start + table[row + RingColumn.length]!;
      record.wireLength = table[row + RingColumn.wireLength]!;
      record.timeUs = table[row + RingColumn.timeUs]!;
      onRecord(record);
    }
    return count;
  }

  /** Throws LiveError when the interface is gone; one that is only down is waited for. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (this.isClosed) return false;
    if (this.addon.ringError(this.handle) !== 0 && !fs.existsSync(`/sys/class/net/${this.name}`)) {
      throw new LiveError(`the interface "${this.name}" is gone`);
    }
    return await this.waiting.wait(timeoutMs);
  }

  counts(): LiveSourceCounts {
    const counts = this.countsOfRing;
    if (!this.isClosed) this.addon.ringCounts(this.handle, counts);
    return {
      packets: counts[RingCount.packets]!,
      kernelDrops: counts[RingCount.kernelDrops]!,
      interfaceDrops: Math.max(0, readMissed(this.name) - this.missedAtOpen),
    };
  }

  close(): void {
    if (this.isClosed) return;
    this.counts();
    this.isClosed = true;
    this.waiting.end();
    this.addon.ringClose(this.handle);
  }
}

function openRing(
  addon: NativeAddon,
  options: AfPacketOptions,
  ring: Partial<RingOptions>,
  table: Float64Array,
): RingHandle {
  try {
    return addon.openRing(
      {
        interface: options.name,
        filter: options.filter,
        version: 3,
        blockBytes: BLOCK_BYTES,
        blockCount: Math.max(2, Math.ceil(options.ringBytes / BLOCK_BYTES)),
        frameBytes: FRAME_BYTES,
        retireMs: RETIRE_MS,
        fanoutGroup: options.fanoutGroup,
        promiscuous: options.promiscuous,
        // The loopback interface shows every packet twice, once as it leaves.
        ignoreOutgoing: options.name === "lo",
        ...ring,
      },
      options.arena,
      table,
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = /not permitted/.test(message)
      ? "packet sockets need root or the capability CAP_NET_RAW"
      : undefined;
    throw new LiveError(message, hint === undefined ? {} : { hint });
  }
}

/** Packets that the card had no room for. */
function readMissed(name: string): number {
  let sum = 0;
  for (const counter of ["rx_missed_errors", "rx_fifo_errors"]) {
    try {
      sum += Number(fs.readFileSync(`/sys/class/net/${name}/statistics/${counter}`, "latin1"));
    } catch {
      // Not told by this interface, or it is gone.
    }
  }
  return sum;
}
