/**
 * Looks through a DNS message (RFC 1035 §4.1) without making anything of it: whether its questions and answers are
 * whole, whether the other sections are, what is odd about its names. Most messages need no more than that.
 *
 * @hotpath
 */
import { readUint16 } from "../../bytes/endian.ts";
import { RecordType } from "./codes.ts";
import { NameReader } from "./name.ts";
import { HEADER_BYTES, questionEnd, RECORD_FIELDS_BYTES, recordEnd } from "./sections.ts";

export class MessageCheck {
  /** Questions and answers can be read to their ends. */
  readonly isWhole: boolean;
  readonly hasBrokenAuthorities: boolean = false;
  readonly hasBrokenAdditionals: boolean = false;
  readonly names: NameReader;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at: number;

  /** Of at least a header. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.at = start + HEADER_BYTES;
    this.names = new NameReader(bytes, start, end);
    this.isWhole =
      this.skipQuestions(readUint16(bytes, start + 4)) &&
      this.skipRecords(readUint16(bytes, start + 6));
    if (!this.isWhole) return;
    this.hasBrokenAuthorities = !this.skipRecords(readUint16(bytes, start + 8));
    if (this.hasBrokenAuthorities) return;
    this.hasBrokenAdditionals = !this.skipRecords(readUint16(bytes, start + 10));
  }

  private skipQuestions(count: number): boolean {
    const { end, names } = this;
    for (let i = 0; i < count; i++) {
      if (!names.skip(this.at, end)) return false;
      const next = questionEnd(names.next, end);
      if (next < 0) return false;
      this.at = next;
    }
    return true;
  }

  private skipRecords(count: number): boolean {
    const { bytes, end, names } = this;
    for (let i = 0; i < count; i++) {
      if (!names.skip(this.at, end)) return false;
      const fieldsStart = names.next;
      const next = recordEnd(bytes, fieldsStart, end);
      if (next < 0) return false;
      const type = readUint16(bytes, fieldsStart);
      if (!this.isRecordData(fieldsStart + RECORD_FIELDS_BYTES, next, type)) return false;
      this.at = next;
    }
    return true;
  }

  /** Whether `readRecordData` would make something of it. */
  private isRecordData(start: number, end: number, type: number): boolean {
    const { bytes, names } = this;
    if (start === end) return true;
    switch (type) {
      case RecordType.ns:
      case RecordType.cname:
      case RecordType.ptr:
        return names.skip(start, end);
      case RecordType.mx:
        return start + 2 <= end && names.skip(start + 2, end);
      case RecordType.txt:
        return start + 1 + bytes[start]! <= end;
      case RecordType.soa:
        return names.skip(start, end) && names.skip(names.next, end) && names.next + 20 <= end;
      case RecordType.srv:
        return start + 6 <= end && names.skip(start + 6, end);
      case RecordType.sshfp:
        return start + 2 <= end;
      case RecordType.opt:
        return this.areOptions(start, end);
      default:
        return true;
    }
  }

  private areOptions(start: number, end: number): boolean {
    for (let at = start; at < end; ) {
      if (at + 4 > end) return false;
      at += 4 + readUint16(this.bytes, at + 2);
      if (at > end) return false;
    }
    return true;
  }
}
