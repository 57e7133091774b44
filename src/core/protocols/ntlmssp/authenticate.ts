/** The NTLMSSP message by which a client logs on: AUTHENTICATE_MESSAGE (MS-NLMP §2.2.1.3). */
import { readUint16Le, readUint32Le } from "../../bytes/endian.ts";

export interface NtlmVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
}

export interface NtlmAuthenticate {
  readonly domain: Uint8Array;
  readonly user: Uint8Array;
  readonly host: Uint8Array;
  readonly version: NtlmVersion | null;
  /** The fields do not lie in the order that clients write them in. */
  readonly isUnusual: boolean;
}

const SIGNATURE = [0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0];
const AUTHENTICATE = 3;
/** Signature, type, six fields. The flags follow. */
const FIELDS_END = 60;
const FLAG_VERSION = 0x0200_0000;

/** The message in a blob, wherever it begins; null without one, or when its fields lie outside. */
export function readAuthenticate(
  bytes: Uint8Array,
  start: number,
  end: number,
): NtlmAuthenticate | null {
  const at = findSignature(bytes, start, end);
  if (at < 0 || end - at < FIELDS_END + 4) return null;
  if (readUint32Le(bytes, at + 8) !== AUTHENTICATE) return null;
  const domain = readField(bytes, at, end, 28);
  const user = readField(bytes, at, end, 36);
  const host = readField(bytes, at, end, 44);
  if (domain === null || user === null || host === null) return null;
  const hasVersion = (readUint32Le(bytes, at + FIELDS_END) & FLAG_VERSION) !== 0;
  if (hasVersion && end - at < FIELDS_END + 12) return null;
  const isUnusual =
    (user.offset > 0 && user.offset < domain.offset + domain.length) ||
    (host.offset > 0 && host.offset < user.offset + user.length);
  return {
    domain: domain.text,
    user: user.text,
    host: host.text,
    version: hasVersion ? readVersion(bytes, at + FIELDS_END + 4) : null,
    isUnusual,
  };
}

export function ntlmVersionText({ major, minor, build, revision }: NtlmVersion): string {
  return `${major}.${minor} build ${build} rev ${revision}`;
}

/** The bytes of a range without zeros: how UTF-16 of plain names is read. */
export function withoutZeros(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.slice(start, end).filter((byte) => byte !== 0);
}

interface Field {
  readonly offset: number;
  readonly length: number;
  readonly text: Uint8Array;
}

function readField(bytes: Uint8Array, at: number, end: number, place: number): Field | null {
  const length = readUint16Le(bytes, at + place);
  const offset = readUint32Le(bytes, at + place + 4);
  if (offset < 12 || offset + length > end - at) return null;
  const start = at + offset;
  return { offset, length, text: withoutZeros(bytes, start, start + length) };
}

function readVersion(bytes: Uint8Array, at: number): NtlmVersion {
  return {
    major: bytes[at]!,
    minor: bytes[at + 1]!,
    build: readUint16Le(bytes, at + 2),
    revision: bytes[at + 7]!,
  };
}

function findSignature(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + SIGNATURE.length <= end; at++) {
    let i = 0;
    while (i < SIGNATURE.length && bytes[at + i] === SIGNATURE[i]) i++;
    if (i === SIGNATURE.length) return at;
  }
  return -1;
}
