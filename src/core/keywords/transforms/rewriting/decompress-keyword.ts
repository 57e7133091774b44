/** Transforms that decompress the buffer, up to a size; what differs is the header before the compressed data. */
import type { ByteRange } from "../../../detect/byte-range.ts";
import type { Example, Keyword } from "../../../detect/keyword.ts";
import { argumentTransformKeyword } from "../../families/transform-keyword.ts";
import { type InflateOptions, inflateBuffer, parseInflateOptions } from "./inflate-buffer.ts";

interface Decompression {
  readonly name: string;
  readonly summary: string;
  readonly since: string;
  readonly examples: readonly Example[];
  /** Offset of the compressed data, or -1. */
  readonly dataStart: (input: ByteRange) => number;
}

export function decompressKeyword({ dataStart, ...about }: Decompression): Keyword {
  return argumentTransformKeyword<InflateOptions>({
    ...about,
    value: {
      syntax: `${about.name}[:max-size N]`,
      argument: "optional",
      parse: parseInflateOptions,
      key: ({ sizeMax }) => `${sizeMax}`,
    },
    apply(input, output, limit, options) {
      inflateBuffer(input, dataStart(input), output, limit, options);
      return true;
    },
  });
}
