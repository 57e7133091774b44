/** Command lines of SMTP and their arguments (RFC 5321 §4.1, RFC 3030 §2). */
import { findByte } from "../../bytes/find-byte.ts";

const SPACE = 0x20;
const LAST = "last";
const CHUNK_BYTES_MAX = 0xffff_ffff;

/** A line begins with a command, in any case; `name` in lower case. */
export function isCommand(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start < name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** The word that follows spaces at `start`; parameters after it (RFC 1870) are left out. */
export function argumentOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const from = skipSpaces(bytes, start, end);
  if (from >= end) return new Uint8Array(0);
  const space = findByte(bytes, SPACE, from, end);
  return bytes.slice(from, space < 0 ? end : space);
}

export interface ChunkArgument {
  readonly totalBytes: number;
  readonly isLast: boolean;
}

/** What follows BDAT: a number of bytes, and LAST with the last chunk; null when it is anything else. */
export function chunkArgument(bytes: Uint8Array, start: number, end: number): ChunkArgument | null {
  const numberStart = skipSpaces(bytes, start, end);
  if (numberStart === start) return null;
  let at = numberStart;
  let totalBytes = 0;
  for (; at < end && isDigit(bytes[at]!) && totalBytes <= CHUNK_BYTES_MAX; at++) {
    totalBytes = totalBytes * 10 + bytes[at]! - 0x30;
  }
  if (at === numberStart || totalBytes > CHUNK_BYTES_MAX) return null;
  const wordStart = skipSpaces(bytes, at, end);
  if (wordStart === end) return { totalBytes, isLast: false };
  if (wordStart === at || !isCommand(bytes, wordStart, end, LAST)) return null;
  const isLast = skipSpaces(bytes, wordStart + LAST.length, end) === end;
  return isLast ? { totalBytes, isLast } : null;
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
