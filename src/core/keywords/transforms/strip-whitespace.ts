/** strip_whitespace: the buffer without its white space. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";
import { isWhitespace } from "./rewriting/copy-range.ts";

export const stripWhitespace = transformKeyword({
  name: "strip_whitespace",
  summary: "Removes all white space from the buffer.",
  examples: [
    {
      options: 'tcp.hdr; strip_whitespace; content:"window.open(";',
      meaning: "the text with any white space between its characters",
    },
  ],
  apply: strip,
  accepts: (pattern) => !pattern.some(isWhitespace),
});

function strip(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  for (let at = input.start; at < end && next < limit; at++) {
    const byte = bytes[at]!;
    if (!isWhitespace(byte)) target[next++] = byte;
  }
  output.end = next;
  return true;
}
