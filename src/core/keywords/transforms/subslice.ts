/** subslice: a part of the buffer; negative numbers count from its end. Of Suricata's development version. */
import type { ByteRange } from "../../detect/byte-range.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { copyRange } from "./rewriting/copy-range.ts";

interface Subslice {
  readonly offset: number;
  /** 0: to the end. Negative: up to so many bytes before the end. */
  readonly bytes: number;
  /** Numbers beyond the buffer are cut; without, the result is empty. */
  readonly truncate: boolean;
}

const OFFSET_MAX = 2 ** 31 - 1;

export const subslice = argumentTransformKeyword<Subslice>({
  name: "subslice",
  summary: "Takes a part of the buffer.",
  since: "9.0.0",
  value: {
    syntax: "subslice:OFFSET [,BYTES] [,truncate]",
    argument: "required",
    parse: parseOptions,
    key: ({ offset, bytes, truncate }) => `${offset},${bytes},${truncate}`,
  },
  examples: [
    { options: 'tcp.hdr; subslice:2,4; content:"|00|";', meaning: "a zero in the bytes 2 to 5" },
    { options: 'tcp.hdr; subslice:-4; content:"|ff|";', meaning: "a byte ff in the last four" },
  ],
  apply: take,
});

function parseOptions(option: OptionText): Subslice {
  option.required();
  const [first, ...rest] = option.split();
  const last = rest.at(-1);
  const truncate = last?.text.toLowerCase() === "truncate";
  const counts = truncate ? rest.slice(0, -1) : rest;
  if (first === undefined || counts.length > 1) {
    return option.failAt(option.whole, "bad-value", '"subslice" takes an offset and a count');
  }
  const range = { min: -OFFSET_MAX, max: OFFSET_MAX };
  const offset = option.integer(first, { ...range, name: "offset" });
  const [count] = counts;
  const bytes = count === undefined ? 0 : option.integer(count, { ...range, name: "bytes" });
  if (count !== undefined && bytes === 0) {
    option.failAt(count, "number-out-of-range", "0 bytes are always an empty buffer");
  }
  return { offset, bytes, truncate };
}

function take(
  input: ByteRange,
  output: ByteRange,
  limit: number,
  { offset, bytes: count, truncate }: Subslice,
): boolean {
  const length = input.end - input.start;
  output.end = output.start;
  if (Math.abs(offset) > length && !truncate) return true;
  const first = offset >= 0 ? Math.min(offset, length) : length + Math.max(offset, -length);
  const wanted = count === 0 ? length : count < 0 ? length + count : first + count;
  if ((wanted < 0 || wanted > length) && !truncate) return true;
  const last = Math.max(0, Math.min(wanted, length));
  const from = input.start + Math.min(first, last);
  copyRange(input.bytes, from, input.start + Math.max(first, last), output, limit);
  return true;
}
