/**
 * Conversions between bytes and strings of one code unit a byte (ISO 8859-1), the form in which
 * rule text, header names and the like are held. Strings are made when something is written, never
 * to match.
 *
 * Decoding UTF-8 is not done here.
 */

const CHUNK_BYTES = 4096;

/** Bytes of `text`, one a code unit; of a code unit above 255 the low eight bits are kept. */
export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** String of the bytes in [start, end), one code unit a byte. */
export function bytesToLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 16) return shortToLatin1(bytes, start, end);
  let text = "";
  for (let offset = start; offset < end; offset += CHUNK_BYTES) {
    const chunk = bytes.subarray(offset, Math.min(end, offset + CHUNK_BYTES));
    text += String.fromCharCode.apply(null, chunk as unknown as number[]); // an array-like will do
  }
  return text;
}

function shortToLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let offset = start; offset < end; offset++) text += String.fromCharCode(bytes[offset]!);
  return text;
}
