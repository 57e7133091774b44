/**
 * Texts of short tokens (names of header fields above all), made once and found again by their bytes: the same few
 * come with every message. Direct mapped, so that tokens that never come again cost their text and no more.
 *
 * @hotpath
 */
import { lowerText } from "./message.ts";

/** A power of two. */
const SLOTS = 2048;
const TOKEN_BYTES_MAX = 32;

export class TokenTable {
  private readonly texts: string[] = new Array<string>(SLOTS).fill("");

  /** The Latin-1 text of [start, end) in lower case. */
  lower(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > TOKEN_BYTES_MAX) return lowerText(bytes, start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i]! | 0x20)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.texts[slot]!;
    if (known.length === length && isLowerOf(known, bytes, start)) return known;
    const made = lowerText(bytes, start, end);
    this.texts[slot] = made;
    return made;
  }
}

function isLowerOf(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[start + i]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (text.charCodeAt(i) !== lower) return false;
  }
  return true;
}
