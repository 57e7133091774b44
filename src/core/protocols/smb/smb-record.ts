/**
 * One SMB message as read last: the header (MS-CIFS §2.2.3.1, MS-SMB2 §2.2.1) in a shape that both versions share,
 * and the range of its body. Fields of the body are read by their place in it; `has` tells whether they are there.
 *
 * @hotpath
 */
import { readUint16Le, readUint32Le, readUint64Le } from "../../bytes/endian.ts";

export const SMB1_HEADER_BYTES = 32;
export const SMB2_HEADER_BYTES = 64;

export const Magic = { smb1: 0xff, smb2: 0xfe, transform: 0xfd, compressed: 0xfc } as const;

const SMB1_FLAG_RESPONSE = 0x80;
const SMB1_FLAG2_UNICODE = 0x8000;
const SMB1_FLAG2_NT_STATUS = 0x4000;
const SMB2_FLAG_RESPONSE = 1;
const SMB2_FLAG_ASYNC = 2;

export class SmbRecord {
  version: 1 | 2 = 2;
  command = 0;
  status = 0;
  /** The status is a class and code of DOS, not of NT. */
  isDosError = false;
  isRequest = true;
  isUnicode = false;
  treeId = 0;
  sessionId = 0n;
  messageId = 0n;
  bytes: Uint8Array = new Uint8Array(0);
  headerStart = 0;
  /** The body that is there: [bodyStart, bodyEnd). */
  bodyStart = 0;
  bodyEnd = 0;
  /** Bytes of the body that are still to come. */
  missingBytes = 0;
  /** SMB 2: where the next message of a chain begins; 0: there is none. */
  nextStart = 0;

  /** Reads the header of a message [start, end), of which SMB1_HEADER_BYTES are there. */
  readSmb1(bytes: Uint8Array, start: number, end: number): void {
    this.version = 1;
    this.bytes = bytes;
    this.headerStart = start;
    this.command = bytes[start + 4]!;
    const flags2 = readUint16Le(bytes, start + 10);
    this.isDosError = (flags2 & SMB1_FLAG2_NT_STATUS) === 0;
    this.status = readUint32Le(bytes, start + 5);
    this.isRequest = (bytes[start + 9]! & SMB1_FLAG_RESPONSE) === 0;
    this.isUnicode = (flags2 & SMB1_FLAG2_UNICODE) !== 0;
    this.treeId = readUint16Le(bytes, start + 24);
    const process = readUint16Le(bytes, start + 26);
    this.sessionId = BigInt(process * 0x10000 + readUint16Le(bytes, start + 28));
    this.messageId = BigInt(readUint16Le(bytes, start + 30));
    this.setBody(start + SMB1_HEADER_BYTES, end);
  }

  /** The same for SMB2_HEADER_BYTES. False: the place of the next message makes no sense. */
  readSmb2(bytes: Uint8Array, start: number, end: number): boolean {
    this.version = 2;
    this.bytes = bytes;
    this.headerStart = start;
    this.status = readUint32Le(bytes, start + 8);
    this.isDosError = false;
    this.isUnicode = true;
    this.command = readUint16Le(bytes, start + 12);
    const flags = readUint32Le(bytes, start + 16);
    this.isRequest = (flags & SMB2_FLAG_RESPONSE) === 0;
    const next = readUint32Le(bytes, start + 20);
    this.messageId = readUint64Le(bytes, start + 24);
    this.treeId = (flags & SMB2_FLAG_ASYNC) !== 0 ? 0 : readUint32Le(bytes, start + 36);
    this.sessionId = readUint64Le(bytes, start + 40);
    this.setBody(start + SMB2_HEADER_BYTES, end);
    if (next === 0) return true;
    if (next < SMB2_HEADER_BYTES || next > end - start) return false;
    this.bodyEnd = start + next;
    this.nextStart = next === end - start ? 0 : this.bodyEnd;
    return true;
  }

  /** [at, at + length) of the body is there. */
  has(at: number, length: number): boolean {
    return this.bodyStart + at + length <= this.bodyEnd;
  }

  byte(at: number): number {
    return this.bytes[this.bodyStart + at]!;
  }

  uint16(at: number): number {
    return readUint16Le(this.bytes, this.bodyStart + at);
  }

  uint32(at: number): number {
    return readUint32Le(this.bytes, this.bodyStart + at);
  }

  uint64(at: number): bigint {
    return readUint64Le(this.bytes, this.bodyStart + at);
  }

  /** A copy of a range of the body; the caller knows that it is there. */
  copy(at: number, length: number): Uint8Array {
    const start = this.bodyStart + at;
    return this.bytes.slice(start, start + length);
  }

  /** Key of request and response within the session. */
  get messageKey(): string {
    return `${this.version}/${this.sessionId}/${this.messageId}`;
  }

  /** Key of the tree that the message is about. */
  get treeKey(): string {
    return `${this.version}/${this.sessionId}/${this.treeId}`;
  }

  private setBody(start: number, end: number): void {
    this.bodyStart = start;
    this.bodyEnd = end;
    this.missingBytes = 0;
    this.nextStart = 0;
  }
}

/** A key of bytes for tables. */
export function bytesKey(bytes: Uint8Array): string {
  let key = "";
  for (let i = 0; i < bytes.length; i++) key += String.fromCharCode(bytes[i]!);
  return key;
}
