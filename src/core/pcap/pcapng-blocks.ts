/**
 * The blocks of pcapng: sections of either byte order, interfaces with their link type and clock, packets
 * (enhanced, simple, obsolete); decryption secrets are kept, everything else is skipped.
 */
import { readUint16, readUint16Le, readUint32, readUint32Le } from "../bytes/endian.ts";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const COMMENT = 1;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Bytes of decryption secrets kept from one file. */
export const SECRETS_BYTES_MAX = 1024 * 1024;
/** A section, interface or packet block (a record of the largest size, and its options) is never longer. */
const BLOCK_LENGTH_MAX = 512 * 1024;

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks per second, and seconds added to every time. */
  readonly ticksPerSecond: number;
  readonly offsetSeconds: number;
}

export class PcapngBlocks {
  position = 0;
  isPacket = false;
  start = 0;
  end = 0;
  wireLength = 0;
  timeUs = 0;
  linkType = 0;
  snapLength = 0;
  interfaceIndex = 0;
  /** Where the options of an enhanced packet lie; empty where there are none. */
  optionsStart = 0;
  optionsEnd = 0;
  problem = "";
  /** Bytes of a skipped block that are not in the region yet. */
  skipBytes = 0;
  readonly secrets: Uint8Array[] = [];
  private readonly bytes: Uint8Array;
  private littleEndian = true;
  private interfaces: CaptureInterface[] = [];
  private secretBytes = 0;
  private readonly secretBytesMax: number;

  constructor(bytes: Uint8Array, regionBytes: number) {
    this.bytes = bytes;
    this.secretBytesMax = Math.min(SECRETS_BYTES_MAX, regionBytes);
  }

  /** Forgets the file: sections, interfaces, secrets. */
  reset(): void {
    this.isPacket = false;
    this.problem = "";
    this.littleEndian = true;
    this.interfaces = [];
    this.skipBytes = this.secretBytes = this.secrets.length = 0;
  }

  /** The first comment of the packet read last, as it is in memory; null without. */
  comment(): Uint8Array | null {
    for (let at = this.optionsStart; at + 4 <= this.optionsEnd; ) {
      const code = this.read16(at);
      const length = this.read16(at + 2);
      if (code === 0 || at + 4 + length > this.optionsEnd) return null;
      if (code === COMMENT) return this.bytes.subarray(at + 4, at + 4 + length);
      at += 4 + ((length + 3) & ~3);
    }
    return null;
  }

  /** Reads the block at `at`: 1 read, 0 not whole yet, -1 corrupt. */
  next(at: number, dataEnd: number): number {
    this.isPacket = false;
    const skipped = Math.min(this.skipBytes, dataEnd - at);
    this.skipBytes -= skipped;
    const block = at + skipped;
    this.position = block;
    if (dataEnd - block < 12) return 0;
    if (readUint32(this.bytes, block) === SECTION && !this.findByteOrder(block + 8)) {
      return this.fail("a section with an unknown byte order");
    }
    const type = this.read32(block);
    const length = this.read32(block + 4);
    const isSkipped = this.isSkipped(type, length);
    if (length < 12 || length % 4 !== 0 || (!isSkipped && length > this.lengthMax(type))) {
      return this.fail(`a block claims ${length} bytes`);
    }
    if (isSkipped) return this.skip(block, length, dataEnd);
    if (dataEnd - block < length) return 0;
    this.position = block + length;
    return this.readBlock(type, block + 8, block + length - 4);
  }

  private findByteOrder(at: number): boolean {
    this.littleEndian = readUint32Le(this.bytes, at) === BYTE_ORDER_MAGIC;
    return this.littleEndian || readUint32(this.bytes, at) === BYTE_ORDER_MAGIC;
  }

  private isSkipped(type: number, length: number): boolean {
    if (type === DECRYPTION_SECRETS) return length > this.secretBytesMax;
    const isPacketBlock =
      type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET;
    return !isPacketBlock && type !== SECTION && type !== INTERFACE;
  }

  private lengthMax(type: number): number {
    return type === DECRYPTION_SECRETS ? this.secretBytesMax : BLOCK_LENGTH_MAX;
  }

  private skip(at: number, length: number, dataEnd: number): number {
    this.position = Math.min(at + length, dataEnd);
    this.skipBytes = at + length - this.position;
    return 1;
  }

  private readBlock(type: number, at: number, end: number): number {
    if (type === SECTION) this.interfaces = [];
    else if (type === INTERFACE) return this.readInterface(at, end);
    else if (type === ENHANCED_PACKET) return this.readEnhanced(at, end);
    else if (type === SIMPLE_PACKET) return this.readSimple(at, end);
    else if (type === OBSOLETE_PACKET) return this.readObsolete(at, end);
    else if (type === DECRYPTION_SECRETS) this.keepSecrets(at, end);
    return 1;
  }

  private readInterface(at: number, end: number): number {
    if (end - at < 8) return this.fail("an interface block is too short");
    let ticksPerSecond = 1_000_000;
    let offsetSeconds = 0;
    for (let option = at + 8; option + 4 <= end; ) {
      const code = this.read16(option);
      const length = this.read16(option + 2);
      const value = option + 4;
      if (code === 0 || value + length > end) break;
      if (code === 9 && length >= 1) {
        const raw = this.bytes[value]!;
        ticksPerSecond = (raw & 0x80) !== 0 ? 2 ** (raw & 0x7f) : 10 ** raw;
      } else if (code === 14 && length >= 8) {
        offsetSeconds = this.readSeconds(value);
      }
      option = value + ((length + 3) & ~3);
    }
    const linkType = this.read16(at);
    this.interfaces.push({
      linkType,
      snapLength: this.read32(at + 4),
      ticksPerSecond,
      offsetSeconds,
    });
    return 1;
  }

  private readSeconds(at: number): number {
    const first = this.read32(at);
    const second = this.read32(at + 4);
    const high = this.littleEndian ? second : first;
    return (high | 0) * 4_294_967_296 + (this.littleEndian ? first : second);
  }

  private readEnhanced(at: number, end: number): number {
    if (end - at < 20) return this.fail("a packet block is too short");
    const code = this.takePacket(this.read32(at), at, at + 20, end);
    this.optionsStart = at + 20 + ((this.end - this.start + 3) & ~3);
    this.optionsEnd = end;
    return code;
  }

  private readObsolete(at: number, end: number): number {
    if (end - at < 20) return this.fail("a packet block is too short");
    return this.takePacket(this.read16(at), at, at + 20, end);
  }

  /** Times are two words, high first; lengths follow. */
  private takePacket(index: number, at: number, data: number, end: number): number {
    const source = this.interfaces[index];
    if (source === undefined)
      return this.fail(`a packet names interface ${index}, which is not described`);
    const captured = this.read32(at + 12);
    if (captured > end - data) return this.fail("a packet is longer than its block");
    const { ticksPerSecond, offsetSeconds } = source;
    this.timeUs =
      toMicroseconds(this.read32(at + 4), this.read32(at + 8), ticksPerSecond) +
      offsetSeconds * 1_000_000;
    this.wireLength = this.read32(at + 16);
    return this.packet(source, index, data, captured);
  }

  private readSimple(at: number, end: number): number {
    const source = this.interfaces[0];
    if (source === undefined || end - at < 4)
      return this.fail("a simple packet without an interface");
    this.wireLength = this.read32(at);
    const room = end - at - 4;
    const limit = source.snapLength > 0 ? Math.min(room, source.snapLength) : room;
    return this.packet(source, 0, at + 4, Math.min(this.wireLength, limit));
  }

  private packet(source: CaptureInterface, index: number, start: number, length: number): number {
    this.isPacket = true;
    this.optionsStart = this.optionsEnd = 0;
    this.start = start;
    this.end = start + length;
    this.linkType = source.linkType;
    this.snapLength = source.snapLength;
    this.interfaceIndex = index;
    return 1;
  }

  private keepSecrets(at: number, end: number): void {
    const length = end - at;
    if (this.secretBytes + length > SECRETS_BYTES_MAX) return;
    this.secretBytes += length;
    this.secrets.push(this.bytes.slice(at, end));
  }

  private read16(offset: number): number {
    return this.littleEndian ? readUint16Le(this.bytes, offset) : readUint16(this.bytes, offset);
  }

  private read32(offset: number): number {
    return this.littleEndian ? readUint32Le(this.bytes, offset) : readUint32(this.bytes, offset);
  }

  private fail(problem: string): number {
    this.problem = problem;
    return -1;
  }
}

/** Exact for microseconds; finer clocks are cut to whole microseconds. */
function toMicroseconds(high: number, low: number, ticksPerSecond: number): number {
  if (ticksPerSecond === 1_000_000) return high * 4_294_967_296 + low;
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  return Number((ticks * 1_000_000n) / BigInt(Math.max(1, Math.round(ticksPerSecond))));
}
