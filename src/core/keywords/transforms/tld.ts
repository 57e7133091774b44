/** tld: the public suffix of a host name, empty where the name is no more than that. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";
import { copyRange } from "./rewriting/copy-range.ts";
import { publicSuffixStart, registrableStart } from "./rewriting/public-suffix.ts";

export const tld = transformKeyword({
  name: "tld",
  summary: "Reduces a host name to its public suffix.",
  since: "8.0.0",
  examples: [
    {
      options: 'tcp.hdr; tld; content:"co.uk"; startswith; endswith;',
      meaning: "names under co.uk",
    },
  ],
  apply: reduce,
});

function reduce({ bytes, start, end }: ByteRange, output: ByteRange, limit: number): boolean {
  output.end = output.start;
  if (registrableStart(bytes, start, end) < 0) return true;
  copyRange(bytes, publicSuffixStart(bytes, start, end), end, output, limit);
  return true;
}
