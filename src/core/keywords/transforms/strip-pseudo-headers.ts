/** strip_pseudo_headers: header lines without those that begin with a colon (HTTP/2's pseudo headers). */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

const COLON = 58;
const NEWLINE = 10;

export const stripPseudoHeaders = transformKeyword({
  name: "strip_pseudo_headers",
  summary: "Removes lines that begin with a colon.",
  examples: [
    {
      options: 'tcp.hdr; strip_pseudo_headers; content:"host"; startswith;',
      meaning: "the first line that is no pseudo header",
    },
  ],
  apply: strip,
});

function strip(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  let isStart = true;
  let isPseudo = false;
  for (let at = input.start; at < end && next < limit; at++) {
    const byte = bytes[at]!;
    if (isStart) isPseudo = byte === COLON;
    if (!isPseudo) target[next++] = byte;
    isStart = byte === NEWLINE;
  }
  output.end = next;
  return true;
}
