/**
 * Base64 (RFC 4648 §4): an encoder for event fields and a decoder in the modes that rules can
 * name.
 *
 * The decoder follows Suricata 8.0: it works in groups of four characters, and a group that is not
 * well formed makes the whole text undecodable. Left out: the URL alphabet and line wrapping.
 */

/**
 * How `decodeBase64` treats characters that are not of the alphabet, and an unfinished last group.
 */
export const Base64Mode = {
  /** Skips foreign characters; drops an unfinished last group. */
  rfc2045: 0,
  /** Refuses foreign characters, missing padding, padding before the end and stray low bits. */
  strict: 1,
  /** Stops at the first foreign character; a last group without padding counts as padded. */
  rfc4648: 2,
} as const;

export type Base64Mode = (typeof Base64Mode)[keyof typeof Base64Mode];

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOREIGN = 255;
const PADDING = 64;

/** Base64 text with padding of the bytes in [start, end). */
export function encodeBase64(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let offset = start;
  for (; offset + 2 < end; offset += 3) {
    const group = (bytes[offset]! << 16) | (bytes[offset + 1]! << 8) | bytes[offset + 2]!;
    text +=
      ALPHABET[group >> 18]! +
      ALPHABET[(group >> 12) & 63]! +
      ALPHABET[(group >> 6) & 63]! +
      ALPHABET[group & 63]!;
  }
  if (offset >= end) return text;
  const isSingle = offset + 1 === end;
  const group = (bytes[offset]! << 16) | (isSingle ? 0 : bytes[offset + 1]! << 8);
  const third = isSingle ? "=" : ALPHABET[(group >> 6) & 63]!;
  return `${text}${ALPHABET[group >> 18]}${ALPHABET[(group >> 12) & 63]}${third}=`;
}

/**
 * Decodes the text in [start, end) of `bytes` into `out` from `outStart` on and returns the number
 * of bytes written, at most `outLimit`; decoding ends early when that is reached. Returns 0 for a
 * text that the mode refuses, whatever was written to `out` by then.
 */
export function decodeBase64(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
  outLimit: number,
  mode: Base64Mode,
): number {
  if (mode === Base64Mode.strict && !isStrict(bytes, start, end)) return 0;
  const outEnd = outStart + outLimit;
  let next = outStart;
  let group = 0; // the last four values, a byte each
  let filled = 0;
  for (let offset = start; offset < end && next < outEnd; offset++) {
    const value = valueOfCharacter(bytes[offset]!);
    if (value === FOREIGN) {
      if (mode === Base64Mode.rfc2045) continue;
      break;
    }
    group = (group << 8) | value;
    if (++filled < 4) continue;
    next = writeGroup(out, next, outEnd, group);
    if (next < 0) return 0;
    filled = 0;
  }
  if (filled > 0 && mode === Base64Mode.rfc4648) {
    for (; filled < 4; filled++) group = (group << 8) | PADDING;
    next = writeGroup(out, next, outEnd, group);
  }
  return next < 0 ? 0 : next - outStart;
}

/**
 * Writes one to three bytes and returns the offset after them; -1 when the group is not well
 * formed.
 */
function writeGroup(out: Uint8Array, next: number, outEnd: number, group: number): number {
  const first = group >>> 24;
  const second = (group >> 16) & 255;
  const third = (group >> 8) & 255;
  const fourth = group & 255;
  if (first === PADDING || second === PADDING) return -1;
  const length = third === PADDING ? 1 : fourth === PADDING ? 2 : 3;
  const fits = Math.min(next + length, outEnd);
  if (next < fits) out[next] = (first << 2) | (second >> 4);
  if (next + 1 < fits) out[next + 1] = (second << 4) | (third >> 2);
  if (next + 2 < fits) out[next + 2] = (third << 6) | fourth;
  return fits;
}

/**
 * Tells whether the whole text is canonical: groups of four, padding at the end only, no stray
 * bits.
 */
function isStrict(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length % 4 !== 0) return false;
  let padding = 0;
  while (padding < 2 && padding < length && bytes[end - 1 - padding] === 61) padding++;
  for (let offset = start; offset < end - padding; offset++) {
    if (valueOfCharacter(bytes[offset]!) >= PADDING) return false;
  }
  if (padding === 0) return true;
  const last = valueOfCharacter(bytes[end - 1 - padding]!);
  return (last & (padding === 2 ? 15 : 3)) === 0;
}

/** Six bits, `PADDING` or `FOREIGN`. */
function valueOfCharacter(byte: number): number {
  if (byte >= 97 && byte <= 122) return byte - 71;
  if (byte >= 65 && byte <= 90) return byte - 65;
  if (byte >= 48 && byte <= 57) return byte + 4;
  if (byte === 43) return 62;
  if (byte === 47) return 63;
  return byte === 61 ? PADDING : FOREIGN;
}
