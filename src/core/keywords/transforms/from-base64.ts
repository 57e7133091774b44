/** from_base64: the buffer, or a part of it, decoded. A part that the buffer does not have leaves it as it is. */
import { Base64Mode, decodeBase64 } from "../../bytes/base64.ts";
import type { ByteRange } from "../../detect/byte-range.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { namedPart, PartsSeen } from "../content/matching/byte-options.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { copyRange } from "./rewriting/copy-range.ts";

interface FromBase64 {
  /** 0: to the end. */
  readonly bytes: number;
  readonly offset: number;
  readonly mode: keyof typeof Base64Mode;
}

export const fromBase64 = argumentTransformKeyword<FromBase64>({
  name: "from_base64",
  summary: "Decodes base64.",
  since: "8.0.0",
  value: {
    syntax: "from_base64[:[bytes N] [, offset N] [, mode strict|rfc4648|rfc2045]]",
    argument: "optional",
    parse: parseOptions,
    key: ({ bytes, offset, mode }) => `${bytes},${offset},${mode}`,
  },
  examples: [
    {
      options: 'tcp.hdr; from_base64:offset 6, mode strict; content:"foobar";',
      meaning: "the word in what is encoded from the seventh byte on",
    },
  ],
  apply: decode,
});

function parseOptions(option: OptionText): FromBase64 {
  let bytes = 0;
  let offset = 0;
  let mode: keyof typeof Base64Mode = "rfc4648";
  if (option.hasValue) {
    const seen = new PartsSeen();
    for (const piece of option.split()) {
      const part = namedPart(option, piece);
      seen.add(option, part);
      const { name, argument } = part;
      if (name === "bytes") bytes = option.integer(argument, { max: 65_535, name });
      else if (name === "offset") offset = option.integer(argument, { max: 65_535, name });
      else if (name === "mode") {
        mode = option.oneOf(argument, ["strict", "rfc4648", "rfc2045"], "mode");
      } else option.failAt(piece, "unknown-value", `unknown option "${name}"`);
    }
  }
  return { bytes, offset, mode };
}

function decode(
  input: ByteRange,
  output: ByteRange,
  limit: number,
  { bytes: count, offset, mode }: FromBase64,
): boolean {
  const { bytes, start, end } = input;
  output.end = output.start;
  if (start === end) return true;
  const from = start + offset;
  if (from >= end || (count > 0 && from + count >= end)) {
    copyRange(bytes, start, end, output, limit);
    return true;
  }
  const last = count > 0 ? from + count : end;
  const room = limit - output.start;
  const length = decodeBase64(
    bytes,
    from,
    last,
    output.bytes,
    output.start,
    room,
    Base64Mode[mode],
  );
  output.end = output.start + length;
  return length > 0;
}
