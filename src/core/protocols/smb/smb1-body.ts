/**
 * The parameter block of an SMB 1 command (MS-CIFS §2.2.3.2): a count of words, the words, a count of bytes, the
 * bytes. Chained commands have one each; `at` is the place of it in the message's body.
 */
import { SMB1_HEADER_BYTES, type SmbRecord } from "./smb-record.ts";

export class Smb1Body {
  readonly record: SmbRecord;
  /** Place of the count of words in the message's body. */
  readonly at: number;
  readonly wordCount: number;
  /** Place of the bytes, and behind the last of them that is there. */
  readonly bytesAt: number;
  readonly bytesEnd: number;
  /** Words and both counts are there. */
  readonly isWhole: boolean;

  constructor(record: SmbRecord, at: number) {
    this.record = record;
    this.at = at;
    this.wordCount = record.has(at, 1) ? record.byte(at) : 0;
    const countAt = at + 1 + 2 * this.wordCount;
    this.isWhole = record.has(countAt, 2);
    this.bytesAt = countAt + 2;
    const bodyBytes = record.bodyEnd - record.bodyStart;
    const count = this.isWhole ? record.uint16(countAt) : 0;
    this.bytesEnd = Math.min(this.bytesAt + count, bodyBytes);
  }

  /** The byte, the 16 or 32 bits at an offset into the words. */
  byte(offset: number): number {
    return this.record.byte(this.at + 1 + offset);
  }

  uint16(offset: number): number {
    return this.record.uint16(this.at + 1 + offset);
  }

  uint32(offset: number): number {
    return this.record.uint32(this.at + 1 + offset);
  }

  uint64(offset: number): bigint {
    return this.record.uint64(this.at + 1 + offset);
  }

  /** Two bytes that identify a file, as they are on the wire. */
  fileId(offset: number): Uint8Array {
    return this.record.copy(this.at + 1 + offset, 2);
  }

  /** The range of the message that begins `offset` bytes behind its header's start, cut to what is there. */
  rangeAt(offset: number, length: number): readonly [number, number] {
    const { record } = this;
    const start = record.bodyStart + Math.max(offset - SMB1_HEADER_BYTES, 0);
    const cut = Math.min(start, record.bodyEnd);
    return [cut, Math.min(cut + length, record.bodyEnd)];
  }
}

/** Reads strings that end with a zero, one after the other; UTF-16 loses its high bytes, as in Suricata. */
export class Smb1Strings {
  /** Place in the message's bytes. */
  at: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly isUnicode: boolean;

  constructor(record: SmbRecord, at: number, end: number, isUnicode: boolean) {
    this.bytes = record.bytes;
    this.at = record.bodyStart + at;
    this.end = Math.min(record.bodyStart + end, record.bodyEnd);
    this.isUnicode = isUnicode;
  }

  /** Passes over the byte that brings UTF-16 to an even place of the message. */
  align(record: SmbRecord): void {
    if (this.isUnicode && ((this.at - record.headerStart) & 1) === 1) this.at++;
  }

  /** The next string; null when its end is missing. */
  next(): Uint8Array | null {
    return this.isUnicode ? this.nextUnicode() : this.nextPlain();
  }

  private nextPlain(): Uint8Array | null {
    const stop = this.bytes.indexOf(0, this.at);
    if (stop < 0 || stop >= this.end) return null;
    const text = this.bytes.slice(this.at, stop);
    this.at = stop + 1;
    return text;
  }

  private nextUnicode(): Uint8Array | null {
    const { bytes, end } = this;
    const text: number[] = [];
    for (let at = this.at; at < end; at += 2) {
      const isLast = at + 1 === end;
      if (isLast && bytes[at] !== 0) return null;
      if (bytes[at] === 0 && (isLast || bytes[at + 1] === 0)) {
        this.at = Math.min(at + 2, end);
        return Uint8Array.from(text);
      }
      text.push(bytes[at]!);
    }
    return null;
  }
}

/** The id of a file in tables: the two bytes of the wire and the session. */
export function sessionFileId(fileId: Uint8Array, sessionId: bigint): Uint8Array {
  const id = new Uint8Array(6);
  id.set(fileId);
  const session = Number(sessionId & 0xffff_ffffn);
  for (let i = 0; i < 4; i++) id[2 + i] = (session >>> (8 * (3 - i))) & 0xff;
  return id;
}
