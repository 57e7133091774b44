/**
 * Rotating pcapng files in a folder: a new one by size and by time, the oldest removed when all together are over the
 * budget, those of earlier runs included. Blocks are gathered and written a mebibyte at a time; a file that could not
 * be written whole is cut back to its last whole block.
 */
import fs from "node:fs";
import path from "node:path";
import { PcapngEncoder } from "../../core/pcap/pcapng-encoder.ts";
import { SinkError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import type { PacketPlace, RecordedPacket } from "./recorded-packet.ts";

/** Bytes gathered before a write; a block of the longest packet fits. */
const BATCH_BYTES = 1024 ** 2;
/** A packet is cut to this. */
const PACKET_BYTES_MAX = 262_144;

export interface CaptureFilesOptions {
  readonly folder: string;
  /** Files are named PREFIX-DATE-TIME-NUMBER.pcapng; what else is in the folder is left alone. */
  readonly prefix: string;
  readonly fileBytesMax: number;
  /** Packet time that one file covers; 0 for any. */
  readonly fileSecondsMax: number;
  /** Of all files together, the open one included; 0 for any. */
  readonly budgetBytes: number;
  /** What writes the files, for their headers. */
  readonly application: string;
  /** By place in the list given to the command. */
  readonly interfaceNames: readonly string[];
}

export class CaptureFiles {
  packets = 0;
  bytes = 0;
  /** Files removed to keep within the budget. */
  removed = 0;
  private readonly options: CaptureFilesOptions;
  private readonly encoder = new PcapngEncoder(BATCH_BYTES);
  private descriptor = -1;
  private file = "";
  /** Bytes of the open file that are on disk. */
  private writtenBytes = 0;
  private startUs = 0;
  private serial = 0;
  /** Interface and link type to the number in the open file. */
  private readonly interfaces = new Map<number, number>();
  private readonly onFile: (file: string) => void;

  /** @param onFile called when a new file begins. Throws SinkError when the folder cannot be made. */
  constructor(options: CaptureFilesOptions, onFile: (file: string) => void = () => {}) {
    this.options = options;
    this.onFile = onFile;
    makeFolder(options.folder);
  }

  /** The file that packets go into now; "" before the first. */
  get currentFile(): string {
    return this.file;
  }

  /** Makes sure that a file is open that a packet of this time goes into. Throws SinkError. */
  prepare(packet: RecordedPacket): void {
    const { fileBytesMax, fileSecondsMax } = this.options;
    const size = this.writtenBytes + this.encoder.length + packet.end - packet.start;
    const isOld = fileSecondsMax > 0 && packet.timeUs - this.startUs >= fileSecondsMax * 1e6;
    if (this.descriptor < 0 || size > fileBytesMax || isOld) this.rotate(packet.timeUs);
  }

  /** Adds a packet whose bytes lie in `source`; says where. Throws SinkError (disk full ...). */
  write(source: Uint8Array, packet: RecordedPacket, comment?: Uint8Array): PacketPlace {
    this.prepare(packet);
    const number = this.interfaceNumber(packet);
    const end = Math.min(packet.end, packet.start + PACKET_BYTES_MAX);
    const blockBytes = PcapngEncoder.packetBytes(end - packet.start, comment);
    if (this.encoder.roomBytes < blockBytes) this.flush();
    const offset = this.writtenBytes + this.encoder.length;
    const { timeUs, wireLength, start } = packet;
    this.encoder.addPacket(number, timeUs, wireLength, source, start, end, comment);
    this.packets++;
    this.bytes += end - start;
    return { file: this.file, offset };
  }

  /** Writes what is gathered. Throws SinkError. */
  flush(): void {
    const { encoder, descriptor } = this;
    if (descriptor < 0 || encoder.length === 0) return;
    const { length } = encoder;
    encoder.clear();
    let done = 0;
    try {
      while (done < length) done += fs.writeSync(descriptor, encoder.bytes, done, length - done);
    } catch (cause) {
      this.abandon();
      throw new SinkError(`cannot write to "${this.file}"`, { cause });
    }
    this.writtenBytes += length;
  }

  close(): void {
    if (this.descriptor < 0) return;
    try {
      this.flush();
    } finally {
      if (this.descriptor >= 0) fs.closeSync(this.descriptor);
      this.descriptor = -1;
    }
  }

  private rotate(timeUs: number): void {
    this.close();
    const { folder, prefix, application } = this.options;
    do this.file = path.join(folder, `${prefix}-${stamp(timeUs)}-${this.nextNumber()}.pcapng`);
    while (fs.existsSync(this.file));
    try {
      this.descriptor = fs.openSync(this.file, "wx", 0o640);
    } catch (cause) {
      throw new SinkError(`cannot write "${this.file}"`, { cause });
    }
    this.writtenBytes = 0;
    this.startUs = timeUs;
    this.interfaces.clear();
    this.encoder.clear();
    this.encoder.addSection(application);
    this.keepBudget();
    this.onFile(this.file);
  }

  private nextNumber(): string {
    return String(this.serial++ % 10_000).padStart(4, "0");
  }

  private interfaceNumber({ interfaceIndex, linkType }: RecordedPacket): number {
    const key = interfaceIndex * 65_536 + linkType;
    const known = this.interfaces.get(key);
    if (known !== undefined) return known;
    const number = this.interfaces.size;
    this.interfaces.set(key, number);
    this.encoder.addInterface(linkType, this.options.interfaceNames[interfaceIndex] ?? "");
    return number;
  }

  /** Room is made for the whole of the file that begins. */
  private keepBudget(): void {
    const { budgetBytes, fileBytesMax } = this.options;
    if (budgetBytes === 0) return;
    const files = this.ownFiles().filter(({ file }) => file !== this.file);
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, fileBytesMax);
    for (const { file, sizeBytes } of files) {
      if (total <= budgetBytes) return;
      fs.rmSync(file, { force: true });
      this.removed++;
      total -= sizeBytes;
    }
  }

  /** The oldest first. */
  private ownFiles(): { readonly file: string; readonly sizeBytes: number }[] {
    const { folder, prefix } = this.options;
    const own = new RegExp(`^${escapeExpression(prefix)}-\\d{8}-\\d{6}-\\d{4}\\.pcapng$`);
    const names = fs.readdirSync(folder).filter((name) => own.test(name));
    return names
      .map((name) => {
        const file = path.join(folder, name);
        const found = fs.statSync(file, { throwIfNoEntry: false });
        return { file, sizeBytes: found?.size ?? 0, atMs: found?.mtimeMs ?? 0 };
      })
      .sort((a, b) => a.atMs - b.atMs || (a.file < b.file ? -1 : 1));
  }

  private abandon(): void {
    try {
      fs.ftruncateSync(this.descriptor, this.writtenBytes);
      fs.closeSync(this.descriptor);
    } catch {
      // The disk is in trouble already; the error that brought us here is the one to tell.
    }
    this.descriptor = -1;
  }
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** UTC as 20260131-235959. */
function stamp(timeUs: number): string {
  const text = new Date(timeUs / 1000).toISOString();
  return `${text.slice(0, 10).replaceAll("-", "")}-${text.slice(11, 19).replaceAll(":", "")}`;
}
