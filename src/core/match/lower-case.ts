/** Lower case of ASCII letters in bytes; all other bytes, those above 127 too, stay as they are. */

/** Lower case of one byte. */
export function lowerByte(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/** A copy of the pattern in lower case. */
export function asciiLower(pattern: Uint8Array): Uint8Array {
  const lower = new Uint8Array(pattern.length);
  for (let index = 0; index < pattern.length; index++) lower[index] = lowerByte(pattern[index]!);
  return lower;
}
