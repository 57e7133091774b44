/** domain: the registrable domain of a host name, empty where there is none. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";
import { copyRange } from "./rewriting/copy-range.ts";
import { registrableStart } from "./rewriting/public-suffix.ts";

export const domain = transformKeyword({
  name: "domain",
  summary: "Reduces a host name to its registrable domain.",
  since: "8.0.0",
  examples: [
    {
      options: 'tcp.hdr; domain; content:"bbc.co.uk"; startswith; endswith;',
      meaning: "www.bbc.co.uk and all others of that domain",
    },
  ],
  apply: reduce,
});

function reduce({ bytes, start, end }: ByteRange, output: ByteRange, limit: number): boolean {
  const from = registrableStart(bytes, start, end);
  output.end = output.start;
  if (from >= 0) copyRange(bytes, from, end, output, limit);
  return true;
}
