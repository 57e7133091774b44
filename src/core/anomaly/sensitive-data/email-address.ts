/**
 * Addresses of mail in their common form (RFC 5321 §4.1.2 without quoted local parts and address literals): a
 * local part of at most 64 characters, labels of a host, a last label of letters.
 *
 * @hotpath
 */
import { isDigit, isLetter, type SensitiveScanner } from "./scanner.ts";

const AT = 0x40;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const LOCAL_BYTES_MAX = 64;
const HOST_BYTES_MAX = 253;

export class EmailAddress implements SensitiveScanner {
  matchStart = 0;
  matchEnd = 0;

  next(bytes: Uint8Array, _start: number, end: number, from: number): boolean {
    for (let at = from; at < end; at++) {
      if (bytes[at] !== AT) continue;
      const local = localStart(bytes, from, at);
      const host = hostEnd(bytes, at + 1, end);
      if (local === at || host < 0) continue;
      this.matchStart = local;
      this.matchEnd = host;
      return true;
    }
    return false;
  }
}

function isLocalByte(byte: number): boolean {
  // ! # $ % & ' * + - / = ? ^ _ ` { | } ~ are allowed; the common ones are enough to find the address.
  if (isDigit(byte) || isLetter(byte)) return true;
  return byte === DOT || byte === HYPHEN || byte === 0x5f || byte === 0x2b || byte === 0x25;
}

function localStart(bytes: Uint8Array, from: number, at: number): number {
  const first = Math.max(from, at - LOCAL_BYTES_MAX);
  let start = at;
  while (start > first && isLocalByte(bytes[start - 1]!)) start--;
  while (start < at && bytes[start] === DOT) start++;
  return start;
}

/** End of the host that begins at `start`, or -1 where there is none with a last label of letters. */
function hostEnd(bytes: Uint8Array, start: number, end: number): number {
  const last = Math.min(end, start + HOST_BYTES_MAX);
  let at = start;
  let labelStart = start;
  let found = -1;
  for (;;) {
    const byte = at < last ? bytes[at]! : 0;
    if (isLetter(byte) || isDigit(byte) || (byte === HYPHEN && at > labelStart)) {
      at++;
      continue;
    }
    const isTop = labelStart > start && isAllLetters(bytes, labelStart, at);
    if (isTop) found = at;
    if (byte !== DOT || at === labelStart) return found;
    labelStart = ++at;
  }
}

function isAllLetters(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isLetter(bytes[at]!)) return false;
  return end - start >= 2;
}
