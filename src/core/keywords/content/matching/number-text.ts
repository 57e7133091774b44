/**
 * Numbers written in digits inside a buffer, read as C's strtoull does, because Suricata does: white space, a
 * sign (minus wraps), 0x before hex digits, up to the first other byte. Base 0 tells by 0x and a leading 0.
 *
 * @hotpath
 */
import type { Unsigned64 } from "./unsigned64.ts";

const WORD = 0x1_0000_0000;

/** Bytes taken, the number in `value`; 0 when there is no digit or the number is above 2^64 - 1. */
export function readNumberText(
  bytes: Uint8Array,
  start: number,
  end: number,
  base: number,
  value: Unsigned64,
): number {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  const sign = at < end ? bytes[at]! : 0;
  if (sign === 43 || sign === 45) at++;
  let radix = base;
  const hasPrefix = at + 2 < end && bytes[at] === 48 && (bytes[at + 1]! | 32) === 120;
  if ((radix === 16 || radix === 0) && hasPrefix && digitOf(bytes[at + 2]!) < 16) {
    radix = 16;
    at += 2;
  } else if (radix === 0) radix = at < end && bytes[at] === 48 ? 8 : 10;
  const first = at;
  let high = 0;
  let low = 0;
  for (; at < end; at++) {
    const digit = digitOf(bytes[at]!);
    if (digit >= radix) break;
    const sum = low * radix + digit;
    low = sum >>> 0;
    high = high * radix + Math.floor(sum / WORD);
    if (high >= WORD) return 0;
  }
  if (at === first) return 0;
  value.set(0, 0);
  if (sign === 45) value.subtract(high, low);
  else value.set(high, low);
  return at - start;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** 0 to 35, or 36 for a byte that is no digit in any base. */
function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 122 ? letter - 87 : 36;
}
