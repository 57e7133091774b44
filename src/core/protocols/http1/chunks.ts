/** The length line of a chunk (RFC 9112 section 7.1), read as leniently as servers and browsers read it. */
import { findByte } from "../../bytes/find-byte.ts";
import { hexValue } from "./uri.ts";

export const ChunkLength = { invalid: -1, empty: -2 } as const;

/** The largest chunk that is believed. */
const CHUNK_BYTES_MAX = 0x7fff_ffff;

/** The last line read by `parseChunkLength` had an extension. */
export interface ChunkLine {
  readonly length: number;
  readonly hasExtension: boolean;
}

/** A length, or a value of ChunkLength: invalid, or a line with nothing in it. */
export function parseChunkLine(bytes: Uint8Array, start: number, end: number): ChunkLine {
  let at = start;
  while (at < end && isSkipped(bytes[at]!)) at++;
  if (at === end) return { length: ChunkLength.empty, hasExtension: false };
  const first = at;
  let length = 0;
  for (; at < end; at++) {
    const digit = hexValue(bytes[at]!);
    if (digit < 0) break;
    length = Math.min(length * 16 + digit, CHUNK_BYTES_MAX + 1);
  }
  if (at === first || length > CHUNK_BYTES_MAX) {
    return { length: ChunkLength.invalid, hasExtension: false };
  }
  return { length, hasExtension: findByte(bytes, 0x3b, at, end) >= 0 };
}

/** Bytes that are needed to say that no length begins here. */
const PROBE_BYTES_MIN = 8;

/** The data, whatever follows, does not begin with a length. */
export function isNoChunkLength(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < PROBE_BYTES_MIN) return false;
  for (let at = start; at < end; at++) {
    if (!isSkipped(bytes[at]!)) return hexValue(bytes[at]!) < 0;
  }
  return false;
}

function isSkipped(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
