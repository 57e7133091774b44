/** gunzip: the buffer decompressed, as gzip (RFC 1952). */
import type { ByteRange } from "../../detect/byte-range.ts";
import { decompressKeyword } from "./rewriting/decompress-keyword.ts";

const Flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16 } as const;
const HEADER_BYTES = 10;

export const gunzip = decompressKeyword({
  name: "gunzip",
  summary: "Decompresses gzip, up to a size.",
  since: "8.0.4",
  examples: [
    { options: 'tcp.hdr; gunzip; content:"secret";', meaning: "in the first 1024 bytes" },
    { options: 'tcp.hdr; gunzip:max-size 4kb; content:"secret";', meaning: "in the first 4096" },
  ],
  dataStart: gzipDataStart,
});

/** Offset of the compressed data, or -1. */
function gzipDataStart({ bytes, start, end }: ByteRange): number {
  if (end - start < HEADER_BYTES) return -1;
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b || bytes[start + 2] !== 8) return -1;
  const flags = bytes[start + 3]!;
  let at = start + HEADER_BYTES;
  if ((flags & Flag.extra) !== 0) {
    if (at + 2 > end) return -1;
    at += 2 + (bytes[at]! | (bytes[at + 1]! << 8));
  }
  if ((flags & Flag.name) !== 0) at = behindZero(bytes, at, end);
  if ((flags & Flag.comment) !== 0 && at >= 0) at = behindZero(bytes, at, end);
  if ((flags & Flag.headerChecksum) !== 0 && at >= 0) at += 2;
  return at > end ? -1 : at;
}

function behindZero(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === 0) return at + 1;
  return -1;
}
