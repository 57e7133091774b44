/**
 * Data of resource records (RFC 1035 §3.3, RFC 2782 SRV, RFC 3596 AAAA, RFC 4255 SSHFP, RFC 6891 OPT). Other
 * types, HTTPS and SVCB among them, are kept as bytes.
 */
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import { RecordType } from "./codes.ts";
import type { DnsName, NameReader } from "./name.ts";

export interface SoaData {
  readonly kind: "soa";
  readonly primary: DnsName;
  readonly mailbox: DnsName;
  /** serial, refresh, retry, expire, minimum; seconds but the first. */
  readonly numbers: readonly [number, number, number, number, number];
}

export interface SrvData {
  readonly kind: "srv";
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: DnsName;
}

export interface SshfpData {
  readonly kind: "sshfp";
  readonly algorithm: number;
  readonly fingerprintType: number;
  readonly fingerprint: Uint8Array;
}

export interface OptData {
  readonly kind: "opt";
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export type RecordData =
  | { readonly kind: "address"; readonly bytes: Uint8Array }
  | { readonly kind: "name"; readonly name: DnsName }
  | { readonly kind: "txt"; readonly strings: readonly Uint8Array[] }
  | { readonly kind: "null" | "other"; readonly bytes: Uint8Array }
  | SoaData
  | SrvData
  | SshfpData
  | OptData;

/** The name in a record's data that rules may look at; null without. */
export function nameInData(data: RecordData): DnsName | null {
  if (data.kind === "name") return data.name;
  return data.kind === "soa" ? data.primary : null;
}

/** Data [start, end) of a record; null when it is broken. */
export function readRecordData(
  names: NameReader,
  bytes: Uint8Array,
  start: number,
  end: number,
  type: number,
): RecordData | null {
  if (start === end && type !== RecordType.opt) return { kind: "other", bytes: new Uint8Array(0) };
  switch (type) {
    case RecordType.a:
    case RecordType.aaaa:
      return { kind: "address", bytes: bytes.slice(start, end) };
    case RecordType.ns:
    case RecordType.cname:
    case RecordType.ptr:
      return readName(names, start, end);
    case RecordType.mx:
      // The name follows the preference.
      return start + 2 > end ? null : readName(names, start + 2, end);
    case RecordType.txt:
      return readStrings(bytes, start, end);
    case RecordType.soa:
      return readSoa(names, bytes, start, end);
    case RecordType.srv:
      return readSrv(names, bytes, start, end);
    case RecordType.sshfp:
      return readSshfp(bytes, start, end);
    case RecordType.opt:
      return readOptions(bytes, start, end);
    default:
      return {
        kind: type === RecordType.null ? "null" : "other",
        bytes: bytes.slice(start, end),
      };
  }
}

function readName(names: NameReader, start: number, end: number): RecordData | null {
  const name = names.read(start, end);
  return name === null ? null : { kind: "name", name };
}

/** Strings with a length before each; a last one that is cut ends the list, a first one breaks the record. */
function readStrings(bytes: Uint8Array, start: number, end: number): RecordData | null {
  const strings: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const next = at + 1 + bytes[at]!;
    if (next > end) break;
    strings.push(bytes.slice(at + 1, next));
    at = next;
  }
  return strings.length === 0 ? null : { kind: "txt", strings };
}

function readSoa(
  names: NameReader,
  bytes: Uint8Array,
  start: number,
  end: number,
): RecordData | null {
  const primary = names.read(start, end);
  if (primary === null) return null;
  const mailbox = names.read(names.next, end);
  const at = names.next;
  if (mailbox === null || at + 20 > end) return null;
  const word = (index: number): number => readUint32(bytes, at + 4 * index);
  return { kind: "soa", primary, mailbox, numbers: [word(0), word(1), word(2), word(3), word(4)] };
}

function readSrv(
  names: NameReader,
  bytes: Uint8Array,
  start: number,
  end: number,
): RecordData | null {
  if (start + 6 > end) return null;
  const target = names.read(start + 6, end);
  if (target === null) return null;
  return {
    kind: "srv",
    priority: readUint16(bytes, start),
    weight: readUint16(bytes, start + 2),
    port: readUint16(bytes, start + 4),
    target,
  };
}

function readSshfp(bytes: Uint8Array, start: number, end: number): RecordData | null {
  if (start + 2 > end) return null;
  return {
    kind: "sshfp",
    algorithm: bytes[start]!,
    fingerprintType: bytes[start + 1]!,
    fingerprint: bytes.slice(start + 2, end),
  };
}

function readOptions(bytes: Uint8Array, start: number, end: number): RecordData | null {
  const options: { code: number; data: Uint8Array }[] = [];
  for (let at = start; at < end; ) {
    if (at + 4 > end) return null;
    const next = at + 4 + readUint16(bytes, at + 2);
    if (next > end) return null;
    options.push({ code: readUint16(bytes, at), data: bytes.slice(at + 4, next) });
    at = next;
  }
  return { kind: "opt", options };
}
