/**
 * One DNS message (RFC 1035 §4.1): a copy of its bytes, and its questions and records as objects for those who ask.
 * Questions and answers must be whole; broken authority and additional sections are left out and noted, because
 * resolvers take such messages too.
 */
import { ByteSlab } from "../../bytes/byte-slab.ts";
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import type { BufferView } from "../buffer.ts";
import { MessageCheck } from "./message-check.ts";
import { type DnsName, type NameProblems, NameReader } from "./name.ts";
import { type RecordData, readRecordData } from "./record-data.ts";
import { HEADER_BYTES, questionEnd, RECORD_FIELDS_BYTES, recordEnd } from "./sections.ts";

/** No record is shorter: what a header announces must fit. */
const SHORTEST_RECORD_BYTES = 2;

/** Bits of the second word of the header. */
export const HeaderFlag = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  z: 0x0040,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const;

export interface DnsQuestion {
  readonly name: DnsName;
  readonly type: number;
}

export interface DnsRecord {
  readonly name: DnsName;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

/** Sections behind the questions. */
interface Sections {
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** A message whose questions and answers are known to be whole; its sections are read when somebody asks. */
export class DnsMessage {
  readonly id: number;
  /** The second word of the header: flags, opcode and response code. */
  readonly flags: number;
  readonly hasBrokenAuthorities: boolean;
  readonly hasBrokenAdditionals: boolean;
  private readonly names: NameReader;
  private readonly slab: ByteSlab;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  /** The question that `viewQuery` comes to next. */
  private nextQuery = Number.POSITIVE_INFINITY;
  private nextQueryAt = 0;
  private questions: readonly DnsQuestion[] | null = null;
  private sections: Sections | null = null;

  /** The message lies in [start, end) of the slab's present bytes. */
  constructor(slab: ByteSlab, start: number, end: number, check: MessageCheck) {
    const { bytes } = slab;
    this.slab = slab;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.id = readUint16(bytes, start);
    this.flags = readUint16(bytes, start + 2);
    this.hasBrokenAuthorities = check.hasBrokenAuthorities;
    this.hasBrokenAdditionals = check.hasBrokenAdditionals;
    this.names = check.names;
  }

  get problems(): NameProblems {
    return this.names;
  }

  /** Shows the name that question `index` asks for; false without one, or with the name of the root. */
  viewQuery(index: number, view: BufferView): boolean {
    const { bytes, start, end, names, slab } = this;
    if (index >= readUint16(bytes, start + 4)) return false;
    // Questions are asked for in their order; only a second round begins anew.
    if (index < this.nextQuery) {
      this.nextQuery = 0;
      this.nextQueryAt = start + HEADER_BYTES;
      names.restart();
    }
    let place = -1;
    for (; this.nextQuery <= index; this.nextQuery++) {
      place = names.readInto(slab, this.nextQueryAt, end);
      if (place < 0) return false;
      this.nextQueryAt = questionEnd(names.next, end);
    }
    if (names.textBytes === 0) return false;
    return view.setRange(slab.bytes, place, place + names.textBytes);
  }

  get queries(): readonly DnsQuestion[] {
    if (this.questions === null) {
      const { bytes, start, end } = this;
      const reader = new MessageReader(bytes, start, end);
      this.questions = reader.questions(readUint16(bytes, start + 4)) ?? [];
    }
    return this.questions;
  }

  get answers(): readonly DnsRecord[] {
    return this.readSections().answers;
  }

  get authorities(): readonly DnsRecord[] {
    return this.readSections().authorities;
  }

  get additionals(): readonly DnsRecord[] {
    return this.readSections().additionals;
  }

  private readSections(): Sections {
    if (this.sections !== null) return this.sections;
    const { bytes, start, end } = this;
    const reader = new MessageReader(bytes, start, end);
    this.questions = reader.questions(readUint16(bytes, start + 4)) ?? [];
    const answers = reader.records(readUint16(bytes, start + 6)) ?? [];
    const authorities = reader.records(readUint16(bytes, start + 8)) ?? [];
    const additionals = this.hasBrokenAuthorities
      ? []
      : (reader.records(readUint16(bytes, start + 10)) ?? []);
    this.sections = { answers, authorities, additionals };
    return this.sections;
  }
}

export function opcodeOf({ flags }: DnsMessage): number {
  return (flags >> 11) & 15;
}

export function responseCodeOf({ flags }: DnsMessage): number {
  return flags & 15;
}

/**
 * Whether [start, start + 12) may be the header of a message of `messageBytes` bytes. The caller makes sure that
 * the header is there.
 */
export function isLikelyHeader(bytes: Uint8Array, start: number, messageBytes: number): boolean {
  const questions = readUint16(bytes, start + 4);
  const records =
    questions +
    readUint16(bytes, start + 6) +
    readUint16(bytes, start + 8) +
    readUint16(bytes, start + 10);
  if (records * SHORTEST_RECORD_BYTES > messageBytes) return false;
  if (records === 0 && messageBytes > HEADER_BYTES) return false;
  return isResponse(bytes, start) || questions > 0;
}

export function isResponse(bytes: Uint8Array, start: number): boolean {
  return (bytes[start + 2]! & 0x80) !== 0;
}

/**
 * The message in [start, end), header included; null when its questions or answers are broken. It keeps a copy of
 * the bytes, in the slab if there is one.
 */
export function parseMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  slab: ByteSlab = new ByteSlab(),
): DnsMessage | null {
  if (end - start < HEADER_BYTES) return null;
  const at = slab.keep(bytes, start, end);
  const check = new MessageCheck(slab.bytes, at, at + (end - start));
  return check.isWhole ? new DnsMessage(slab, at, at + (end - start), check) : null;
}

/** Reads the sections of a message one after the other. */
class MessageReader {
  private readonly names: NameReader;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.at = start + HEADER_BYTES;
    this.names = new NameReader(bytes, start, end);
  }

  questions(count: number): DnsQuestion[] | null {
    const questions: DnsQuestion[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.names.read(this.at, this.end);
      const fieldsStart = this.names.next;
      const next = questionEnd(fieldsStart, this.end);
      if (name === null || next < 0) return null;
      questions.push({ name, type: readUint16(this.bytes, fieldsStart) });
      this.at = next;
    }
    return questions;
  }

  records(count: number): DnsRecord[] | null {
    const records: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const record = this.record();
      if (record === null) return null;
      records.push(record);
    }
    return records;
  }

  private record(): DnsRecord | null {
    const { bytes, end, names } = this;
    const name = names.read(this.at, end);
    if (name === null) return null;
    const fieldsStart = names.next;
    const next = recordEnd(bytes, fieldsStart, end);
    if (next < 0) return null;
    const type = readUint16(bytes, fieldsStart);
    const data = readRecordData(names, bytes, fieldsStart + RECORD_FIELDS_BYTES, next, type);
    if (data === null) return null;
    this.at = next;
    return { name, type, ttl: readUint32(bytes, fieldsStart + 4), data };
  }
}
