/** zlib_deflate: the buffer decompressed, as zlib (RFC 1950). */
import type { ByteRange } from "../../detect/byte-range.ts";
import { decompressKeyword } from "./rewriting/decompress-keyword.ts";

const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

export const zlibDeflate = decompressKeyword({
  name: "zlib_deflate",
  summary: "Decompresses zlib, up to a size.",
  since: "8.0.4",
  examples: [{ options: 'tcp.hdr; zlib_deflate; content:"secret";', meaning: "compressed" }],
  dataStart: zlibDataStart,
});

/** Offset of the compressed data, or -1. */
function zlibDataStart({ bytes, start, end }: ByteRange): number {
  if (end - start < 2) return -1;
  const first = bytes[start]!;
  const second = bytes[start + 1]!;
  const isHeader = (first & 15) === DEFLATE && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
  return isHeader && (second & PRESET_DICTIONARY) === 0 ? start + 2 : -1;
}
