/**
 * Packets through libpcap by the npm package `cap`: the portable driver, slower than the ring. The package gives no
 * times and no drop counts, so times are ours, taken as packets are handed over, and drops are only those that we
 * see: packets that came while our own store was full. It cannot be loaded in a second thread.
 */
import { createRequire } from "node:module";
import { LiveError } from "../errors.ts";
import type { LiveRecord, LiveSource, LiveSourceCounts } from "./live-source.ts";
import { Waiting } from "./waiting.ts";

/** Bytes of the arena that one source stores packets in until they are polled. */
export const CAP_REGION_BYTES = 16 * 1024 ** 2;
const ROWS_MAX = 32_768;
const COLUMNS = 3;
const PACKET_BYTES_MAX = 65_535;
const KERNEL_BUFFER_BYTES = 64 * 1024 ** 2;
/** Free bytes behind a packet: the matchers read whole vectors. */
const PADDING_BYTES = 64;

/** npm 11 runs the build of a package only when it is asked for by itself. */
export const capHint =
  "npm install cap && npm rebuild cap adds it (needs libpcap-dev and a C++ compiler)";

const linkTypes: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  IEEE802_11_RADIO: 127,
  LINKTYPE_LINUX_SLL: 113,
};

/** What we use of the package. */
interface CapHandle {
  open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
  setMinBytes?(count: number): void;
  on(event: "packet", listener: (byteLength: number, truncated: boolean) => void): void;
  close(): void;
}
type CapModule = { readonly Cap: new () => CapHandle };

export interface CapOptions {
  readonly name: string;
  readonly interfaceIndex: number;
  readonly arena: Uint8Array;
  /** CAP_REGION_BYTES from here are the source's. */
  readonly regionStart: number;
  readonly filter: string;
}

/** Installed and built. */
export function isCapInstalled(): boolean {
  try {
    createRequire(import.meta.url)("cap");
    return true;
  } catch {
    return false;
  }
}

/** Throws LiveError with the command that adds the package. */
export async function openCapSource(options: CapOptions): Promise<CapSource> {
  let module: CapModule;
  try {
    const name = "cap";
    const loaded = (await import(name)) as { default: CapModule }; // a CommonJS package without types
    module = loaded.default;
  } catch {
    throw new LiveError(
      "the driver cap needs the npm package cap, which is not installed or not built",
      {
        hint: capHint,
      },
    );
  }
  return new CapSource(options, new module.Cap());
}

export class CapSource implements LiveSource {
  readonly name: string;
  readonly driver = "cap";
  private readonly options: CapOptions;
  private readonly cap: CapHandle;
  /** The package writes each packet here and does not keep it alive: we do. */
  private readonly buffer = Buffer.alloc(PACKET_BYTES_MAX);
  /** Rows of start, length and time of stored packets. */
  private readonly rows = new Float64Array(ROWS_MAX * COLUMNS);
  private readonly record: { -readonly [K in keyof LiveRecord]: LiveRecord[K] };
  private readonly waiting: Waiting;
  private onStored: (() => void) | null = null;
  private stored = 0;
  private taken = 0;
  private next: number;
  private packets = 0;
  private drops = 0;
  private isClosed = false;

  constructor(options: CapOptions, cap: CapHandle) {
    this.options = options;
    this.cap = cap;
    this.name = options.name;
    this.next = options.regionStart;
    this.record = {
      start: 0,
      end: 0,
      wireLength: 0,
      timeUs: 0,
      linkType: this.open(),
      interfaceIndex: options.interfaceIndex,
    };
    this.waiting = new Waiting((callback) => {
      this.onStored = callback;
    });
  }

  poll(onRecord: (record: LiveRecord) => void, limitPackets: number): number {
    const { record, rows } = this;
    const count = Math.min(limitPackets, this.stored - this.taken);
    for (let i = 0; i < count; i++) {
      const at = COLUMNS * this.taken++;
      record.start = rows[at]!;
      record.end = record.start + rows[at + 1]!;
      record.wireLength = rows[at + 1]!;
      record.timeUs = rows[at + 2]!;
      onRecord(record);
    }
    if (this.taken === this.stored) {
      this.stored = this.taken = 0;
      this.next = this.options.regionStart;
    }
    return count;
  }

  async wait(timeoutMs: number): Promise<boolean> {
    if (this.isClosed) return false;
    if (this.taken < this.stored) return true;
    return await this.waiting.wait(timeoutMs);
  }

  counts(): LiveSourceCounts {
    return { packets: this.packets, kernelDrops: this.drops, interfaceDrops: 0 };
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.waiting.end();
    this.cap.close();
  }

  /** Returns the LINKTYPE_ value. */
  private open(): number {
    const { name, filter } = this.options;
    let linkName: string;
    try {
      linkName = this.cap.open(name, filter, KERNEL_BUFFER_BYTES, this.buffer);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LiveError(`cannot capture on "${name}": ${reason}`);
    }
    this.cap.setMinBytes?.(0);
    this.cap.on("packet", (byteLength) => this.store(byteLength));
    const linkType = linkTypes[linkName];
    if (linkType === undefined) throw new LiveError(`the link layer "${linkName}" is not known`);
    return linkType;
  }

  private store(byteLength: number): void {
    const { arena, regionStart } = this.options;
    this.packets++;
    const end = this.next + byteLength + PADDING_BYTES;
    if (this.stored === ROWS_MAX || end > regionStart + CAP_REGION_BYTES) {
      this.drops++;
      return;
    }
    const length = Math.min(byteLength, PACKET_BYTES_MAX);
    arena.set(this.buffer.subarray(0, length), this.next);
    const at = COLUMNS * this.stored++;
    this.rows[at] = this.next;
    this.rows[at + 1] = length;
    this.rows[at + 2] = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    this.next = (end + 15) & ~15;
    const { onStored } = this;
    this.onStored = null;
    onStored?.();
  }
}
