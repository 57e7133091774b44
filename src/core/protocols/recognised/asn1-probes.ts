/** Probes of protocols in ASN.1's Basic Encoding Rules (X.690): SNMP, LDAP, Kerberos. */
import { readUint32 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { ProbeResult } from "../protocol.ts";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const BROKEN = -1;

/** Where the content of the element at `at` begins; -1 when its head is not there or is of indefinite length. */
function contentStart(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return BROKEN;
  const length = bytes[at + 1]!;
  if (length < 0x80) return at + 2;
  const lengthBytes = length & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4 || at + 2 + lengthBytes > end) return BROKEN;
  return at + 2 + lengthBytes;
}

/** Versions 1, 2c (a community follows) and 3 (a sequence follows). */
export function probeSnmp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4 || bytes[start]! !== SEQUENCE) return ProbeResult.no;
  const at = contentStart(bytes, start, end);
  if (at === BROKEN || at + 4 > end) return ProbeResult.no;
  if (bytes[at]! !== INTEGER || bytes[at + 1]! !== 1) return ProbeResult.no;
  const version = bytes[at + 2]!;
  const next = bytes[at + 3]!;
  const isOld = (version === 0 || version === 1) && next === OCTET_STRING;
  return isOld || (version === 3 && next === SEQUENCE) ? ProbeResult.yes : ProbeResult.no;
}

/** Tags of operations (RFC 4511 §4.2 and following) and who sends them. */
const ldapRequests: ReadonlySet<number> = new Set([
  0x60, 0x42, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77,
]);
const ldapResponses: ReadonlySet<number> = new Set([
  0x61, 0x64, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, 0x78, 0x79,
]);

/** A sequence of a message number and an operation. */
export function probeLdap(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < 7) return bytes[start]! === SEQUENCE ? ProbeResult.needMore : ProbeResult.no;
  if (bytes[start]! !== SEQUENCE) return ProbeResult.no;
  const at = contentStart(bytes, start, end);
  if (at === BROKEN || at + 2 > end || bytes[at]! !== INTEGER) return ProbeResult.no;
  const tagAt = at + 2 + bytes[at + 1]!;
  if (bytes[at + 1]! > 4 || tagAt >= end) return ProbeResult.no;
  const tag = bytes[tagAt]!;
  const isRequest = ldapRequests.has(tag);
  if (!isRequest && !ldapResponses.has(tag)) return ProbeResult.no;
  return (isRequest ? TO_SERVER : TO_CLIENT) === direction ? ProbeResult.yes : ProbeResult.reversed;
}

/** Application tags of messages (RFC 4120 §5.10): 10 to 15, and 30 for errors. */
function isKerberosTag(tag: number): boolean {
  return (tag >= 0x6a && tag <= 0x6f) || tag === 0x7e;
}

export function probeKerberosDatagram(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= 10 || !isKerberosTag(bytes[start]!)) return ProbeResult.no;
  const at = contentStart(bytes, start, end);
  return at !== BROKEN && at < end && bytes[at]! === SEQUENCE ? ProbeResult.yes : ProbeResult.no;
}

/** Over TCP each message has its length before it. */
export function probeKerberosStream(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= 14) return ProbeResult.needMore;
  if (readUint32(bytes, start) >= 16_384) return ProbeResult.no;
  return probeKerberosDatagram(bytes, start + 4, end);
}
