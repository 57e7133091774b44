/** CRC-32 as Ethernet and zip have it (ISO 3309, reflected polynomial 0xEDB88320), bit by bit: for short data. */

const POLYNOMIAL = 0xedb8_8320;

/** Of the bytes in [start, end); an unsigned number of 32 bits. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff_ffff;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) !== 0 ? POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
