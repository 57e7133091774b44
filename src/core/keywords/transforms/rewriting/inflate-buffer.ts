/**
 * What gunzip and zlib_deflate share: the header of the wrapper (RFC 1952, RFC 1950), then inflate up to a
 * size. Input that is broken gives an empty buffer; input that ends early gives what there was. Checksums at
 * the end are not verified.
 */
import { Inflater, InflateStatus } from "../../../bytes/inflate.ts";
import type { ByteRange } from "../../../detect/byte-range.ts";
import { parseNumberComparison } from "../../../rule/number-comparison.ts";
import { OptionText } from "../../../rule/option-text.ts";

export interface InflateOptions {
  readonly sizeMax: number;
  readonly inflater: Inflater;
}

/** Bytes of the result when the rule gives no `max-size`. */
export const INFLATED_BYTES_DEFAULT = 1024;
/** Largest `max-size`; the buffer of transforms may allow less. */
const INFLATED_BYTES_MAX = 16 * 1024 * 1024;

/** `max-size N`, also with kb and mb, also with an equals sign. */
export function parseInflateOptions(option: OptionText): InflateOptions {
  const inflater = new Inflater();
  if (!option.hasValue) return { sizeMax: INFLATED_BYTES_DEFAULT, inflater };
  const parts = /^max-size\s*[\s=]\s*(\w+)$/.exec(option.trimmed);
  if (parts === null) {
    return option.failAt(
      option.whole,
      "unknown-value",
      `"${option.trimmed}" is no option of "${option.keyword}"`,
      'write "max-size 4096"',
    );
  }
  const number = new OptionText(option.keyword, parts[1] ?? "");
  const { value } = parseNumberComparison(number, { bits: 32 });
  if (value === 0 || value > INFLATED_BYTES_MAX) {
    option.failAt(
      option.whole,
      "number-out-of-range",
      `max-size must be 1 to ${INFLATED_BYTES_MAX}, found ${value}`,
    );
  }
  return { sizeMax: value, inflater };
}

/** Inflates from `start` on; -1 as `start` stands for a header that was not understood. */
export function inflateBuffer(
  input: ByteRange,
  start: number,
  output: ByteRange,
  limit: number,
  { sizeMax, inflater }: InflateOptions,
): void {
  output.end = output.start;
  if (start < 0) return;
  const last = Math.min(limit, output.start + sizeMax);
  inflater.reset();
  const { bytes, end } = input;
  const status = inflater.push(bytes, start, end, output.bytes, output.start, last);
  if (status !== InflateStatus.broken) output.end = inflater.outputEnd;
}
