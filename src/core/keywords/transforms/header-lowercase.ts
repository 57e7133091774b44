/** header_lowercase: the names of header lines, up to the colon, in lower case. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { lowerByte } from "../../match/lower-case.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

const COLON = 58;
const NEWLINE = 10;

export const headerLowercase = transformKeyword({
  name: "header_lowercase",
  summary: "Turns the names of header lines into lower case.",
  examples: [
    {
      options: 'tcp.hdr; header_lowercase; content:"host: Example";',
      meaning: "the name in any case, the value as it is",
    },
  ],
  apply: lowerNames,
});

function lowerNames(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  let isValue = false;
  for (let at = input.start; at < end && next < limit; at++) {
    const byte = bytes[at]!;
    target[next++] = isValue ? byte : lowerByte(byte);
    isValue = isValue ? byte !== NEWLINE : byte === COLON;
  }
  output.end = next;
  return true;
}
