/** to_lowercase: letters of ASCII in lower case. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { lowerByte } from "../../match/lower-case.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

export const toLowercase = transformKeyword({
  name: "to_lowercase",
  summary: "Turns the letters of the buffer into lower case.",
  since: "8.0.0",
  examples: [{ options: 'tcp.hdr; to_lowercase; content:"abc";', meaning: "abc in any case" }],
  apply: lower,
  accepts: (pattern) => !pattern.some((byte) => byte >= 65 && byte <= 90),
});

function lower(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  for (let at = input.start; at < end && next < limit; at++) target[next++] = lowerByte(bytes[at]!);
  output.end = next;
  return true;
}
