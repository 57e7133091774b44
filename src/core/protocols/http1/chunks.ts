/** The length line of a chunk (RFC 9112 section 7.1), read as leniently as servers and browsers read it. */
import { findByte } from "../../bytes/find-byte.ts";
import { hexValue } from "./uri-decoding.ts";

export const ChunkLength = { invalid: -1, empty: -2, tooLarge: -3 } as const;

/** The largest chunk that is believed. */
const CHUNK_BYTES_MAX = 0x7fff_ffff;

/** What the line before a chunk says. */
export interface ChunkLine {
  readonly length: number;
  readonly hasExtension: boolean;
}

/** `length` is a length or a value of ChunkLength; `empty` is a line with nothing in it. */
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
  if (at === first) return { length: ChunkLength.invalid, hasExtension: false };
  if (length > CHUNK_BYTES_MAX) return { length: ChunkLength.tooLarge, hasExtension: false };
  return { length, hasExtension: findByte(bytes, 0x3b, at, end) >= 0 };
}

/** Whether the data, of a line that is not whole yet, cannot become a length. */
export function beginsWithJunk(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isSkipped(bytes[at]!)) at++;
  return at < end && hexValue(bytes[at]!) < 0 && findByte(bytes, 0x0a, at, end) < 0;
}

function isSkipped(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
