/**
 * DNS messages (RFC 1035, RFC 2782, RFC 4255, RFC 6891) to plain objects. Bounded: names follow at most 255
 * pointers and labels and are cut at 1,025 bytes; sections end with the message, whatever their counts say.
 */
import { readUint16, readUint32 } from "../../bytes/endian.ts";

export const HEADER_BYTES = 12;
const NAME_BYTES_MAX = 1025;
const LABELS_MAX = 255;
const POINTERS_MAX = 255;

export const RecordType = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  NULL: 10,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  SSHFP: 44,
} as const;

/** What is wrong with names, as bits. */
export const NameProblem = { loop: 1, tooLong: 2, tooManyLabels: 4 } as const;

export interface DnsQuery {
  readonly name: Uint8Array;
  readonly isCut: boolean;
  readonly type: number;
}

export interface Soa {
  readonly mname: Uint8Array;
  readonly rname: Uint8Array;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

export type RecordData =
  | { readonly kind: "address"; readonly bytes: Uint8Array }
  | { readonly kind: "name"; readonly name: Uint8Array }
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  | { readonly kind: "soa"; readonly soa: Soa }
  | {
      readonly kind: "srv";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly name: Uint8Array;
    }
  | {
      readonly kind: "sshfp";
      readonly algorithm: number;
      readonly fingerprintType: number;
      readonly fingerprint: Uint8Array;
    }
  | { readonly kind: "other"; readonly bytes: Uint8Array };

export interface DnsRecord {
  readonly name: Uint8Array;
  readonly isCut: boolean;
  readonly type: number;
  readonly ttl: number;
  readonly data: RecordData;
}

export interface DnsMessage {
  readonly id: number;
  readonly flags: number;
  readonly queries: readonly DnsQuery[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly hasBadAuthorities: boolean;
  readonly hasBadAdditionals: boolean;
  /** Bits of NameProblem. */
  readonly nameProblems: number;
}

/** The message in [start, end); null when its header, queries or answers are broken. */
export function parseMessage(bytes: Uint8Array, start: number, end: number): DnsMessage | null {
  if (end - start < HEADER_BYTES) return null;
  const reader = new MessageParser(bytes, start, end);
  const queries = reader.queries(readUint16(bytes, start + 4));
  const answers = queries === null ? null : reader.records(readUint16(bytes, start + 6));
  if (queries === null || answers === null) return null;
  const authorities = reader.records(readUint16(bytes, start + 8));
  const additionals = authorities === null ? null : reader.records(readUint16(bytes, start + 10));
  return {
    id: readUint16(bytes, start),
    flags: readUint16(bytes, start + 2),
    queries,
    answers,
    authorities: authorities ?? [],
    additionals: additionals ?? [],
    hasBadAuthorities: authorities === null,
    hasBadAdditionals: authorities !== null && additionals === null,
    nameProblems: reader.problems,
  };
}

class MessageParser {
  problems = 0;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  private at: number;
  private isCut = false;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.at = start + HEADER_BYTES;
  }

  queries(count: number): DnsQuery[] | null {
    const found: DnsQuery[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.name();
      if (name === null || this.at + 4 > this.end) return null;
      found.push({ name, isCut: this.isCut, type: readUint16(this.bytes, this.at) });
      this.at += 4;
    }
    return found;
  }

  records(count: number): DnsRecord[] | null {
    const found: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.name();
      const { isCut } = this;
      if (name === null || this.at + 10 > this.end) return null;
      const { bytes, at } = this;
      const type = readUint16(bytes, at);
      const ttl = readUint32(bytes, at + 4);
      const dataStart = at + 10;
      const dataEnd = dataStart + readUint16(bytes, at + 8);
      if (dataEnd > this.end) return null;
      for (const data of this.data(type, dataStart, dataEnd)) {
        found.push({ name, isCut, type, ttl, data });
      }
      this.at = dataEnd;
    }
    return found;
  }

  /** A TXT record gives one entry for each of its strings. */
  private data(type: number, start: number, end: number): RecordData[] {
    const { bytes } = this;
    const other: RecordData = { kind: "other", bytes: bytes.slice(start, end) };
    switch (type) {
      case RecordType.A:
      case RecordType.AAAA:
        return [{ kind: "address", bytes: bytes.slice(start, end) }];
      case RecordType.NS:
      case RecordType.CNAME:
      case RecordType.PTR:
        return [this.nameData(start) ?? other];
      case RecordType.MX:
        return [this.nameData(start + 2) ?? other];
      case RecordType.TXT:
        return this.texts(start, end);
      case RecordType.NULL:
        return [{ kind: "text", bytes: bytes.slice(start, end) }];
      case RecordType.SOA:
        return [this.soa(start, end) ?? other];
      case RecordType.SRV:
        return [this.srv(start, end) ?? other];
      case RecordType.SSHFP:
        if (end - start < 2) return [other];
        return [
          {
            kind: "sshfp",
            algorithm: bytes[start]!,
            fingerprintType: bytes[start + 1]!,
            fingerprint: bytes.slice(start + 2, end),
          },
        ];
      default:
        return [other];
    }
  }

  private texts(start: number, end: number): RecordData[] {
    const found: RecordData[] = [];
    for (let at = start; at < end; ) {
      const length = this.bytes[at]!;
      const textEnd = Math.min(end, at + 1 + length);
      found.push({ kind: "text", bytes: this.bytes.slice(at + 1, textEnd) });
      at = textEnd;
    }
    return found;
  }

  private nameData(at: number): RecordData | null {
    const name = this.nameAt(at);
    return name === null ? null : { kind: "name", name };
  }

  private soa(start: number, end: number): RecordData | null {
    this.at = start;
    const mname = this.name();
    const rname = mname === null ? null : this.name();
    const { at, bytes } = this;
    if (mname === null || rname === null || at + 20 > end) return null;
    const soa = {
      mname,
      rname,
      serial: readUint32(bytes, at),
      refresh: readUint32(bytes, at + 4),
      retry: readUint32(bytes, at + 8),
      expire: readUint32(bytes, at + 12),
      minimum: readUint32(bytes, at + 16),
    };
    return { kind: "soa", soa };
  }

  private srv(start: number, end: number): RecordData | null {
    if (end - start < 6) return null;
    const { bytes } = this;
    const name = this.nameAt(start + 6);
    if (name === null) return null;
    return {
      kind: "srv",
      priority: readUint16(bytes, start),
      weight: readUint16(bytes, start + 2),
      port: readUint16(bytes, start + 4),
      name,
    };
  }

  private nameAt(at: number): Uint8Array | null {
    const before = this.at;
    this.at = at;
    const name = this.name();
    this.at = before;
    return name;
  }

  /** The name at the current place, labels joined by dots; null when it leaves the message. */
  private name(): Uint8Array | null {
    const { bytes, end } = this;
    const out: number[] = [];
    let at = this.at;
    let after = -1;
    let labels = 0;
    let pointers = 0;
    this.isCut = false;
    for (;;) {
      if (at >= end) return null;
      const length = bytes[at]!;
      if (length === 0) {
        at++;
        break;
      }
      if ((length & 0xc0) === 0xc0) {
        if (at + 2 > end) return null;
        if (after < 0) after = at + 2;
        at = this.start + (readUint16(bytes, at) & 0x3fff);
        if (++pointers > POINTERS_MAX) {
          this.problems |= NameProblem.loop;
          break;
        }
        continue;
      }
      if (length > 63 || at + 1 + length > end) return null;
      if (++labels > LABELS_MAX) {
        this.problems |= NameProblem.tooManyLabels;
        break;
      }
      this.append(out, at + 1, at + 1 + length);
      at += 1 + length;
    }
    this.at = after < 0 ? at : after;
    return Uint8Array.from(out);
  }

  private append(out: number[], start: number, end: number): void {
    if (this.isCut) return;
    if (out.length > 0) out.push(0x2e);
    for (let i = start; i < end; i++) out.push(this.bytes[i]!);
    if (out.length <= NAME_BYTES_MAX) return;
    out.length = NAME_BYTES_MAX;
    this.isCut = true;
    this.problems |= NameProblem.tooLong;
  }
}
