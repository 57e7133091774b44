/**
 * Header compression of HTTP/2 (RFC 7541): one decoder for each direction, with its dynamic table. The table is
 * bounded by what was negotiated and by the configuration; a wrong block ends at the wrong place with an error.
 */
import { decodeHuffman } from "./huffman.ts";
import { staticTable, type TableEntry } from "./static-table.ts";

/** RFC 7541 §4.1: what an entry costs beside its bytes. */
const ENTRY_OVERHEAD_BYTES = 32;
export const DEFAULT_TABLE_BYTES = 4096;
/** Integers may have this many bytes after the first. */
const INTEGER_BYTES_MAX = 5;
const MAX_INTEGER = 0xffff_ffff;

export const HpackError = {
  none: 0,
  integerOverflow: 1,
  badIndex: 2,
  badString: 3,
  cut: 4,
} as const;

export const hpackErrorNames = [
  "HTTP2HeaderDecodeSuccess",
  "HTTP2HeaderDecodeIntegerOverflow",
  "HTTP2HeaderDecodeIndex0",
  "HTTP2HeaderDecodeError",
  "HTTP2HeaderDecodeIncomplete",
];

/** One instruction of a header block: a field, a new size of the table, or an error. */
export interface HeaderField {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
  /** The new size of the table, bytes; -1 for fields. */
  readonly sizeUpdate: number;
  /** A value of HpackError. */
  readonly error: number;
  /** The dynamic table's entry that it came from or went to; null without. */
  readonly entry: TableEntry | null;
}

const EMPTY = new Uint8Array(0);

export class HpackDecoder {
  /** What the peer may set the size to, bytes. */
  limitBytes = DEFAULT_TABLE_BYTES;
  private readonly hardLimitBytes: number;
  /** A ring: newest entry at `newest`, older ones before it. */
  private entries: (TableEntry | undefined)[] = [];
  private first = 0;
  private tableBytes = 0;
  private sizeBytes = DEFAULT_TABLE_BYTES;
  private at = 0;

  constructor(hardLimitBytes: number) {
    this.hardLimitBytes = hardLimitBytes;
    this.sizeBytes = Math.min(DEFAULT_TABLE_BYTES, hardLimitBytes);
  }

  /** The peer announced how large its table may be (SETTINGS_HEADER_TABLE_SIZE). */
  announce(limitBytes: number): void {
    this.limitBytes = Math.min(limitBytes, this.hardLimitBytes);
    if (this.sizeBytes > this.limitBytes) this.resize(this.limitBytes);
  }

  /** Decodes a whole header block, at most `fieldsMax` instructions of it. */
  decode(bytes: Uint8Array, start: number, end: number, fieldsMax: number): HeaderField[] {
    const fields: HeaderField[] = [];
    this.at = start;
    while (this.at < end && fields.length < fieldsMax) {
      const field = this.readField(bytes, end);
      fields.push(field);
      if (field.error !== HpackError.none) break;
    }
    return fields;
  }

  private readField(bytes: Uint8Array, end: number): HeaderField {
    const first = bytes[this.at]!;
    if ((first & 0x80) !== 0) return this.readIndexed(bytes, end);
    if ((first & 0x40) !== 0) return this.readLiteral(bytes, end, 6, true);
    if ((first & 0x20) !== 0) return this.readSizeUpdate(bytes, end);
    return this.readLiteral(bytes, end, 4, false);
  }

  private readIndexed(bytes: Uint8Array, end: number): HeaderField {
    const index = this.readInteger(bytes, end, 7);
    if (index < 0) return failed(-index);
    const entry = this.entryAt(index);
    if (entry === null) return failed(HpackError.badIndex);
    const { name, value } = entry;
    const isDynamic = index > staticTable.length;
    return { name, value, sizeUpdate: -1, error: 0, entry: isDynamic ? entry : null };
  }

  private readLiteral(
    bytes: Uint8Array,
    end: number,
    prefixBits: number,
    isAdded: boolean,
  ): HeaderField {
    const index = this.readInteger(bytes, end, prefixBits);
    if (index < 0) return failed(-index);
    const known = index === 0 ? null : this.entryAt(index);
    if (index !== 0 && known === null) return failed(HpackError.badIndex);
    const name = known === null ? this.readString(bytes, end) : known.name;
    if (typeof name === "number") return failed(name);
    const value = this.readString(bytes, end);
    if (typeof value === "number") return failed(value);
    const entry = { name, value };
    if (isAdded) this.add(entry);
    return { name, value, sizeUpdate: -1, error: 0, entry: isAdded ? entry : null };
  }

  private readSizeUpdate(bytes: Uint8Array, end: number): HeaderField {
    const size = this.readInteger(bytes, end, 5);
    if (size < 0) return failed(-size);
    this.resize(Math.min(size, this.hardLimitBytes));
    return { name: EMPTY, value: EMPTY, sizeUpdate: size, error: 0, entry: null };
  }

  /** RFC 7541 §5.1. Negative: minus an HpackError. */
  private readInteger(bytes: Uint8Array, end: number, prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    if (this.at >= end) return -HpackError.cut;
    let value = bytes[this.at++]! & mask;
    if (value < mask) return value;
    let scale = 1;
    for (let i = 0; ; i++) {
      if (this.at >= end) return -HpackError.cut;
      if (i >= INTEGER_BYTES_MAX) return -HpackError.integerOverflow;
      const byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (value > MAX_INTEGER) return -HpackError.integerOverflow;
      if ((byte & 0x80) === 0) return value;
      scale *= 128;
    }
  }

  /** RFC 7541 §5.2. A number is an HpackError. */
  private readString(bytes: Uint8Array, end: number): Uint8Array | number {
    if (this.at >= end) return HpackError.cut;
    const isHuffman = (bytes[this.at]! & 0x80) !== 0;
    const length = this.readInteger(bytes, end, 7);
    if (length < 0) return -length;
    if (length > end - this.at) return HpackError.cut;
    const start = this.at;
    this.at += length;
    if (!isHuffman) return bytes.slice(start, this.at);
    return decodeHuffman(bytes, start, this.at) ?? HpackError.badString;
  }

  private entryAt(index: number): TableEntry | null {
    if (index <= staticTable.length) return staticTable[index - 1] ?? null;
    const place = this.entries.length - (index - staticTable.length);
    return place < this.first ? null : (this.entries[place] ?? null);
  }

  private add(entry: TableEntry): void {
    const cost = costOf(entry);
    this.evictTo(this.sizeBytes - cost);
    if (cost > this.sizeBytes) return;
    this.entries.push(entry);
    this.tableBytes += cost;
  }

  private resize(sizeBytes: number): void {
    this.sizeBytes = sizeBytes;
    this.evictTo(sizeBytes);
  }

  private evictTo(limitBytes: number): void {
    const { entries } = this;
    while (this.first < entries.length && this.tableBytes > limitBytes) {
      this.tableBytes -= costOf(entries[this.first]!);
      entries[this.first++] = undefined;
    }
    // The emptied places at the front go when they are the greater part.
    if (this.first < 64 || this.first * 2 < entries.length) return;
    this.entries = entries.slice(this.first);
    this.first = 0;
  }
}

function costOf({ name, value }: TableEntry): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}

function failed(error: number): HeaderField {
  return { name: EMPTY, value: EMPTY, sizeUpdate: -1, error, entry: null };
}
