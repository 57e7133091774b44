/** zlib_deflate: the buffer decompressed, as zlib (RFC 1950). */
import type { ByteRange } from "../../detect/byte-range.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import {
  type InflateOptions,
  inflateBuffer,
  parseInflateOptions,
} from "./rewriting/inflate-buffer.ts";

const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

export const zlibDeflate = argumentTransformKeyword<InflateOptions>({
  name: "zlib_deflate",
  summary: "Decompresses zlib, up to a size.",
  since: "8.0.4",
  value: {
    syntax: "zlib_deflate[:max-size N]",
    argument: "optional",
    parse: parseInflateOptions,
    key: ({ sizeMax }) => `${sizeMax}`,
  },
  examples: [{ options: 'tcp.hdr; zlib_deflate; content:"secret";', meaning: "compressed" }],
  apply: decompress,
});

function decompress(
  input: ByteRange,
  output: ByteRange,
  limit: number,
  options: InflateOptions,
): boolean {
  inflateBuffer(input, zlibDataStart(input), output, limit, options);
  return true;
}

/** Offset of the compressed data, or -1. */
function zlibDataStart({ bytes, start, end }: ByteRange): number {
  if (end - start < 2) return -1;
  const first = bytes[start]!;
  const second = bytes[start + 1]!;
  const isHeader = (first & 15) === DEFLATE && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
  return isHeader && (second & PRESET_DICTIONARY) === 0 ? start + 2 : -1;
}
