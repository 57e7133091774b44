/** A zstd frame of raw blocks (RFC 8878 §3.1.1): enough to make compressed captures without a compressor. */

const BLOCK_BYTES_MAX = 128 * 1024;

export function zstdFrame(bytes: Uint8Array): Uint8Array {
  // Single segment with a content size of 4 bytes: no window descriptor.
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000, ...littleEndian(bytes.length, 4)];
  const parts: Uint8Array[] = [Uint8Array.from(header)];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES_MAX) {
    const block = bytes.subarray(at, at + BLOCK_BYTES_MAX);
    const isLast = at + block.length === bytes.length ? 1 : 0;
    parts.push(Uint8Array.from(littleEndian((block.length << 3) | isLast, 3)), block);
  }
  return Buffer.concat(parts);
}

function littleEndian(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (value >>> (8 * index)) & 0xff);
}
