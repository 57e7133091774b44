/** compress_whitespace: of several white space bytes in a row the first is left. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";
import { isWhitespace } from "./rewriting/copy-range.ts";

export const compressWhitespace = transformKeyword({
  name: "compress_whitespace",
  summary: "Leaves the first byte of each run of white space.",
  examples: [
    {
      options: 'tcp.hdr; compress_whitespace; content:"a b";',
      meaning: "a and b with one or more spaces between",
    },
  ],
  apply: compress,
  accepts: (pattern) =>
    !pattern.some((byte, at) => at > 0 && isWhitespace(byte) && isWhitespace(pattern[at - 1]!)),
});

function compress(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  let isInRun = false;
  for (let at = input.start; at < end && next < limit; at++) {
    const byte = bytes[at]!;
    const isSpace = isWhitespace(byte);
    if (!(isSpace && isInRun)) target[next++] = byte;
    isInRun = isSpace;
  }
  output.end = next;
  return true;
}
