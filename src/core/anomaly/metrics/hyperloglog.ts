/**
 * HyperLogLog over 512 one-byte registers in a shared array (Flajolet et al. 2007, with linear counting below 2.5
 * registers' worth): standard error 4.6 %, less for small counts. Two sketches merge by the larger of each register.
 *
 * @hotpath
 */

export const SKETCH_BYTES = 512;
const INDEX_BITS = 9;
const ALPHA = 0.7213 / (1 + 1.079 / SKETCH_BYTES);

/** Adds a hashed value (32 bits, well mixed) to the sketch at `start`; true when a register changed. */
export function addToSketch(registers: Uint8Array, start: number, hash: number): boolean {
  const index = start + (hash >>> (32 - INDEX_BITS));
  // A one after the last bit bounds the rank.
  const rank = Math.clz32((hash << INDEX_BITS) | (1 << (INDEX_BITS - 1))) + 1;
  if (rank <= registers[index]!) return false;
  registers[index] = rank;
  return true;
}

/** About how many different values were added. */
export function estimateSketch(registers: Uint8Array, start: number): number {
  let sum = 0;
  let empty = 0;
  for (let i = start; i < start + SKETCH_BYTES; i++) {
    const rank = registers[i]!;
    sum += 1 / (1 << rank);
    if (rank === 0) empty++;
  }
  const raw = (ALPHA * SKETCH_BYTES * SKETCH_BYTES) / sum;
  if (raw > 2.5 * SKETCH_BYTES || empty === 0) return raw;
  return SKETCH_BYTES * Math.log(SKETCH_BYTES / empty);
}

/** Makes the sketch at `start` that of both. */
export function mergeSketch(
  registers: Uint8Array,
  start: number,
  from: Uint8Array,
  fromStart: number,
): void {
  for (let i = 0; i < SKETCH_BYTES; i++) {
    if (from[fromStart + i]! > registers[start + i]!) {
      registers[start + i] = from[fromStart + i]!;
    }
  }
}
