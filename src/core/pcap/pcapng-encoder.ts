/**
 * Writes pcapng blocks into a buffer of fixed size, one after the other: section, interfaces, enhanced packets with an
 * optional comment. Little endian, microseconds. Source: draft-ietf-opsawg-pcapng. Nothing is allocated by packet.
 *
 * @hotpath
 */
import { textToUtf8 } from "../bytes/utf8.ts";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const OPTION_COMMENT = 1;
const SECTION_APPLICATION = 4;
const INTERFACE_NAME = 2;
const SNAP_LENGTH = 262_144;
const BLOCK_BYTES = 12;
const PACKET_FIELDS_BYTES = 20;
const TWO_TO_32 = 4_294_967_296;
const EMPTY = new Uint8Array(0);

export class PcapngEncoder {
  readonly bytes: Uint8Array;
  /** Bytes written so far. */
  length = 0;
  private readonly view: DataView;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Bytes that a packet's block takes. */
  static packetBytes(length: number, comment: Uint8Array = EMPTY): number {
    const options = comment.length === 0 ? 0 : 4 + padded(comment.length) + 4;
    return BLOCK_BYTES + PACKET_FIELDS_BYTES + padded(length) + options;
  }

  get roomBytes(): number {
    return this.bytes.length - this.length;
  }

  clear(): void {
    this.length = 0;
  }

  /** Begins a file. @param application what writes it. */
  addSection(application: string): void {
    const at = this.begin(SECTION);
    this.view.setUint32(at, 0x1a2b3c4d, true);
    this.view.setUint16(at + 4, 1, true);
    this.view.setUint16(at + 6, 0, true);
    this.view.setInt32(at + 8, -1, true);
    this.view.setInt32(at + 12, -1, true);
    this.end(this.addOption(at + 16, SECTION_APPLICATION, textToUtf8(application)));
  }

  /** Interfaces are numbered in the order of the calls, from 0, in each file. */
  addInterface(linkType: number, name: string): void {
    const at = this.begin(INTERFACE);
    this.view.setUint16(at, linkType, true);
    this.view.setUint16(at + 2, 0, true);
    this.view.setUint32(at + 4, SNAP_LENGTH, true);
    this.end(name === "" ? at + 8 : this.addOption(at + 8, INTERFACE_NAME, textToUtf8(name)));
  }

  /** Bytes [start, end) of `source`; the caller has seen to the room. */
  addPacket(
    interfaceNumber: number,
    timeUs: number,
    wireLength: number,
    source: Uint8Array,
    start: number,
    end: number,
    comment: Uint8Array = EMPTY,
  ): void {
    const at = this.begin(ENHANCED_PACKET);
    const { view, bytes } = this;
    view.setUint32(at, interfaceNumber, true);
    view.setUint32(at + 4, Math.floor(timeUs / TWO_TO_32), true);
    view.setUint32(at + 8, timeUs % TWO_TO_32, true);
    view.setUint32(at + 12, end - start, true);
    view.setUint32(at + 16, wireLength, true);
    const data = at + PACKET_FIELDS_BYTES;
    for (let i = start; i < end; i++) bytes[data + i - start] = source[i]!;
    const dataEnd = data + padded(end - start);
    bytes.fill(0, data + end - start, dataEnd);
    this.end(comment.length === 0 ? dataEnd : this.addOption(dataEnd, OPTION_COMMENT, comment));
  }

  /** Where the body of a new block begins. */
  private begin(type: number): number {
    this.view.setUint32(this.length, type, true);
    return this.length + 8;
  }

  /** `bodyEnd` is a multiple of four from the start of the block. */
  private end(bodyEnd: number): void {
    const length = bodyEnd + 4 - this.length;
    this.view.setUint32(this.length + 4, length, true);
    this.view.setUint32(bodyEnd, length, true);
    this.length = bodyEnd + 4;
  }

  /** One option and the end of options; returns where the body ends. */
  private addOption(at: number, code: number, value: Uint8Array): number {
    const { view, bytes } = this;
    const end = at + 4 + padded(value.length);
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    bytes.fill(0, at + 4 + value.length, end);
    view.setUint32(end, 0, true);
    return end + 4;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
