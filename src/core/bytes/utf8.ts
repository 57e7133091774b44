/** UTF-8 (RFC 3629) to text and back, for what people read; matching never needs it. */

/** Text of well-formed UTF-8 in [start, end), or null when the bytes are not UTF-8. */
export function utf8ToText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = "";
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    const length = sequenceLength(lead);
    if (length === 0 || at + length > end) return null;
    const code = length === 1 ? lead : decodeSequence(bytes, at, length);
    if (code < 0) return null;
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** Text of bytes that may be anything: UTF-8 as it is, else every byte that is not ASCII as `\xHH`. */
export function bytesToText(bytes: Uint8Array, start: number, end: number): string {
  const text = utf8ToText(bytes, start, end);
  if (text !== null) return text;
  let escaped = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    escaped += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}

/** UTF-8 bytes of a text. Lone surrogates become U+FFFD. */
export function textToUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63));
      bytes.push(0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return Uint8Array.from(bytes);
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

function decodeSequence(bytes: Uint8Array, at: number, length: number): number {
  let code = bytes[at]! & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]!;
    if ((byte & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (byte & 63);
  }
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code < shortest || isSurrogate || code > 0x10ffff ? -1 : code;
}
