/** xor: the buffer combined with a key that repeats over it. */

import { bytesToHex } from "../../bytes/hex.ts";
import type { ByteRange } from "../../detect/byte-range.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";

const KEY_BYTES_MAX = 255;

export const xor = argumentTransformKeyword<Uint8Array>({
  name: "xor",
  summary: "Combines the buffer with a repeated key by exclusive or.",
  value: {
    syntax: 'xor:"HEX KEY"',
    argument: "required",
    parse: parseKey,
    key: (key) => bytesToHex(key, 0, key.length),
  },
  examples: [
    { options: 'tcp.hdr; xor:"0d0ac8ff"; content:"password=";', meaning: "the text under the key" },
  ],
  apply: combine,
});

function parseKey(option: OptionText): Uint8Array {
  const { text, offset } = option.quoted({ quotes: "optional" });
  if (!/^(?:[0-9a-f]{2})+$/i.test(text) || text.length > KEY_BYTES_MAX * 2) {
    return option.failAt(
      { text, offset },
      "bad-key",
      `the key must be 1 to ${KEY_BYTES_MAX} bytes in hex, found "${text}"`,
    );
  }
  const key = new Uint8Array(text.length / 2);
  key.forEach((_, index) => {
    key[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  });
  return key;
}

function combine(input: ByteRange, output: ByteRange, limit: number, key: Uint8Array): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  let place = 0;
  for (let at = input.start; at < end && next < limit; at++) {
    target[next++] = bytes[at]! ^ key[place]!;
    if (++place === key.length) place = 0;
  }
  output.end = next;
  return true;
}
