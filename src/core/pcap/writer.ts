/** Captures as bytes: pcap with microseconds, little endian, for tests and recording. */

export interface CapturedPacket {
  readonly bytes: Uint8Array;
  /** Microseconds since the epoch. */
  readonly timeUs: number;
  /** Length on the wire; that of the bytes when absent. */
  readonly wireLength?: number;
}

/** A whole pcap file. */
export function encodePcap(packets: readonly CapturedPacket[], linkType: number): Uint8Array {
  const size = packets.reduce((sum, { bytes }) => sum + 16 + bytes.length, 24);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, linkType, true);
  let at = 24;
  for (const { bytes, timeUs, wireLength } of packets) {
    view.setUint32(at, Math.floor(timeUs / 1_000_000), true);
    view.setUint32(at + 4, timeUs % 1_000_000, true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, wireLength ?? bytes.length, true);
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

/** A whole pcapng file with one section and one interface. */
export function encodePcapng(packets: readonly CapturedPacket[], linkType: number): Uint8Array {
  const blocks = [sectionBlock(), interfaceBlock(linkType), ...packets.map(packetBlock)];
  const file = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    file.set(block, at);
    at += block.length;
  }
  return file;
}

function block(type: number, bodyBytes: number): { bytes: Uint8Array; view: DataView } {
  const length = 12 + ((bodyBytes + 3) & ~3);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  view.setUint32(length - 4, length, true);
  return { bytes, view };
}

function sectionBlock(): Uint8Array {
  const { bytes, view } = block(0x0a0d0d0a, 16);
  view.setUint32(8, 0x1a2b3c4d, true);
  view.setUint16(12, 1, true);
  view.setInt32(16, -1, true);
  view.setInt32(20, -1, true);
  return bytes;
}

function interfaceBlock(linkType: number): Uint8Array {
  const { bytes, view } = block(1, 8);
  view.setUint16(8, linkType, true);
  view.setUint32(12, 262_144, true);
  return bytes;
}

function packetBlock({ bytes: data, timeUs, wireLength }: CapturedPacket): Uint8Array {
  const { bytes, view } = block(6, 20 + data.length);
  view.setUint32(12, Math.floor(timeUs / 4_294_967_296), true);
  view.setUint32(16, timeUs % 4_294_967_296, true);
  view.setUint32(20, data.length, true);
  view.setUint32(24, wireLength ?? data.length, true);
  bytes.set(data, 28);
  return bytes;
}
