/** Lower-case hexadecimal text of bytes, two digits each, as digests and event fields print it. */

const DIGITS = "0123456789abcdef";

/** Hexadecimal digits of the bytes in [start, end), without separators. */
export function bytesToHex(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let offset = start; offset < end; offset++) {
    const byte = bytes[offset]!;
    text += DIGITS[byte >> 4]! + DIGITS[byte & 15]!;
  }
  return text;
}
