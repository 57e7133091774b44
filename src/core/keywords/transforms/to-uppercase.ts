/** to_uppercase: letters of ASCII in upper case. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

export const toUppercase = transformKeyword({
  name: "to_uppercase",
  summary: "Turns the letters of the buffer into upper case.",
  since: "8.0.0",
  examples: [{ options: 'tcp.hdr; to_uppercase; content:"ABC";', meaning: "abc in any case" }],
  apply: upper,
  accepts: (pattern) => !pattern.some(isLower),
});

function isLower(byte: number): boolean {
  return byte >= 97 && byte <= 122;
}

function upper(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  for (let at = input.start; at < end && next < limit; at++) {
    const byte = bytes[at]!;
    target[next++] = isLower(byte) ? byte - 32 : byte;
  }
  output.end = next;
  return true;
}
