/**
 * Reads pcap and pcapng records in place from a region of the arena that the host fills: magic numbers of both
 * formats, byte orders, resolutions. No view and no object per record: fields on the reader.
 * Sources: the pcap and pcapng drafts of the IETF opsawg group.
 *
 * @hotpath
 */
import { readUint32, readUint32Le } from "../bytes/endian.ts";
import { RECORDS_AHEAD, type RecordsAhead } from "../bytes/records-ahead.ts";
import { PcapngBlocks } from "./pcapng-blocks.ts";

export const CaptureCode = { record: 1, needMore: 0, corrupt: -1 } as const;

const FRACTION_MAX = 0x7fff_ffff;
/** Captured bytes of one record; a longer one means a corrupt file. */
export const RECORD_LENGTH_MAX = 262_144 + 65_536;

const MICRO = 0xa1b2c3d4;
const NANO = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;
const PCAPNG = 0x0a0d0d0a;
const FILE_HEADER_BYTES = 24;

type Format = "unknown" | "pcap" | "pcapng";

export class CaptureReader {
  readonly bytes: Uint8Array;
  readonly regionStart: number;
  readonly regionEnd: number;
  /** The record: captured bytes [start, end), length on the wire, microseconds since the epoch. */
  start = 0;
  end = 0;
  wireLength = 0;
  timeUs = 0;
  linkType = 0;
  interfaceIndex = 0;
  recordCount = 0;
  /** Set by the host: end of the bytes in the region. */
  dataEnd: number;
  /** Next byte to read. */
  position: number;
  /** What is wrong, after `corrupt`. */
  problem = "";
  private format: Format = "unknown";
  private littleEndian = true;
  private nanoseconds = false;
  private headerBytes = 16;
  private snapLength = 0;
  private readonly blocks: PcapngBlocks;

  constructor(bytes: Uint8Array, regionStart: number, regionEnd: number) {
    this.bytes = bytes;
    this.regionStart = this.dataEnd = this.position = regionStart;
    this.regionEnd = regionEnd;
    this.blocks = new PcapngBlocks(bytes, regionEnd - regionStart);
  }

  /** Forgets the file and empties the region: ready for the next file. */
  reset(): void {
    this.start = this.end = this.wireLength = this.timeUs = 0;
    this.linkType = this.interfaceIndex = this.recordCount = 0;
    this.dataEnd = this.position = this.regionStart;
    this.problem = "";
    this.format = "unknown";
    this.littleEndian = true;
    this.nanoseconds = false;
    this.headerBytes = 16;
    this.snapLength = 0;
    this.blocks.reset();
  }

  /** Decryption secrets of a pcapng file, in the order of the file. */
  get secrets(): readonly Uint8Array[] {
    return this.blocks.secrets;
  }

  /** The comment of the record, as it is in memory until the region is filled again; null without. */
  comment(): Uint8Array | null {
    return this.format === "pcapng" ? this.blocks.comment() : null;
  }

  /** Moves to the next record; a value of CaptureCode. */
  next(): number {
    if (this.format === "unknown") {
      const code = this.detect();
      if (code !== CaptureCode.record) return code;
    }
    return this.format === "pcap" ? this.nextPcap() : this.nextPcapng();
  }

  /** Moves what is unread to the start of the region; returns the new `dataEnd`. */
  compact(): number {
    const rest = this.dataEnd - this.position;
    if (this.position > this.regionStart) {
      this.bytes.copyWithin(this.regionStart, this.position, this.dataEnd);
    }
    this.position = this.regionStart;
    this.dataEnd = this.regionStart + rest;
    return this.dataEnd;
  }

  /** Called at the end of the file: whether a cut record is left over. */
  finish(): boolean {
    return this.dataEnd > this.position || this.blocks.skipBytes > 0;
  }

  private detect(): number {
    const { bytes, position, dataEnd } = this;
    if (dataEnd - position < 4) return CaptureCode.needMore;
    const big = readUint32(bytes, position);
    const little = readUint32Le(bytes, position);
    if (big === PCAPNG) {
      this.format = "pcapng";
      return CaptureCode.record;
    }
    const magic = [MICRO, NANO, MODIFIED].find((known) => known === big || known === little);
    if (magic === undefined) return this.fail("not a capture file");
    if (dataEnd - position < FILE_HEADER_BYTES) return CaptureCode.needMore;
    this.format = "pcap";
    this.littleEndian = magic === little;
    this.nanoseconds = magic === NANO;
    this.headerBytes = magic === MODIFIED ? 24 : 16;
    this.snapLength = this.read32(position + 16);
    this.linkType = this.read32(position + 20) & 0xffff;
    this.position = position + FILE_HEADER_BYTES;
    return CaptureCode.record;
  }

  private nextPcap(): number {
    const at = this.position;
    const header = this.headerBytes;
    if (this.dataEnd - at < header) return CaptureCode.needMore;
    const captured = this.read32(at + 8);
    if (captured > RECORD_LENGTH_MAX)
      return this.fail(`record ${this.recordCount + 1} claims ${captured} bytes`);
    if (this.dataEnd - at < header + captured) return CaptureCode.needMore;
    const part = this.read32(at + 4);
    // Negative for libpcap, which takes it for none.
    const fraction = part > FRACTION_MAX ? 0 : part;
    this.timeUs =
      this.read32(at) * 1_000_000 + (this.nanoseconds ? Math.floor(fraction / 1000) : fraction);
    this.wireLength = this.read32(at + 12);
    this.start = at + header;
    this.end = this.start + this.cut(captured, this.snapLength);
    this.position = this.start + captured;
    this.recordCount++;
    return CaptureCode.record;
  }

  /** Fills `ahead` with the records that follow, as far as they are in memory; with none for pcapng. */
  peek(ahead: RecordsAhead): void {
    ahead.count = 0;
    ahead.linkType = this.linkType;
    if (this.format !== "pcap") return;
    const header = this.headerBytes;
    let at = this.position;
    while (ahead.count < RECORDS_AHEAD && this.dataEnd - at >= header) {
      const captured = this.read32(at + 8);
      if (captured > RECORD_LENGTH_MAX || this.dataEnd - at < header + captured) return;
      ahead.starts[ahead.count] = at + header;
      ahead.ends[ahead.count++] = at + header + captured;
      at += header + captured;
    }
  }

  private cut(captured: number, snapLength: number): number {
    return snapLength > 0 && snapLength < captured ? snapLength : captured;
  }

  private nextPcapng(): number {
    const { blocks } = this;
    for (;;) {
      const code = blocks.next(this.position, this.dataEnd);
      this.position = blocks.position;
      if (code === CaptureCode.corrupt) return this.fail(blocks.problem);
      if (code === CaptureCode.needMore) return code;
      if (!blocks.isPacket) continue;
      if (blocks.end - blocks.start > RECORD_LENGTH_MAX) {
        return this.fail(
          `record ${this.recordCount + 1} claims ${blocks.end - blocks.start} bytes`,
        );
      }
      this.start = blocks.start;
      this.end = blocks.start + this.cut(blocks.end - blocks.start, blocks.snapLength);
      this.wireLength = blocks.wireLength;
      this.timeUs = blocks.timeUs;
      this.linkType = blocks.linkType;
      this.interfaceIndex = blocks.interfaceIndex;
      this.recordCount++;
      return CaptureCode.record;
    }
  }

  private read32(offset: number): number {
    return this.littleEndian ? readUint32Le(this.bytes, offset) : readUint32(this.bytes, offset);
  }

  private fail(problem: string): number {
    this.problem = problem;
    return CaptureCode.corrupt;
  }
}
