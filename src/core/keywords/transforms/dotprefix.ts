/** dotprefix: a dot in front of the buffer, so that a content can match a domain and its subdomains only. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

const DOT = 46;

export const dotPrefix = transformKeyword({
  name: "dotprefix",
  summary: "Puts a dot in front of the buffer.",
  examples: [
    {
      options: 'tcp.hdr; dotprefix; content:".example.com"; endswith;',
      meaning: "example.com and its subdomains, not notexample.com",
    },
  ],
  apply: prefix,
});

function prefix(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, start, end } = input;
  const target = output.bytes;
  let next = output.start;
  if (start < end && next < limit) target[next++] = DOT;
  for (let at = start; at < end && next < limit; at++) target[next++] = bytes[at]!;
  output.end = next;
  return true;
}
