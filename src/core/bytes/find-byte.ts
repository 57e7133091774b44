/**
 * Looks for one byte in a range. `Uint8Array.indexOf` has no end: in the arena it would run on for gigabytes.
 *
 * @hotpath
 */
export function findByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return i;
  return -1;
}
