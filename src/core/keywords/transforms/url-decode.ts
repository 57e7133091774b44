/** url_decode: %HH and + decoded as in forms; what is not well formed stays as it is. */
import type { ByteRange } from "../../detect/byte-range.ts";
import { transformKeyword } from "../families/transform-keyword.ts";

const PERCENT = 37;
const PLUS = 43;
const SPACE = 32;

export const urlDecode = transformKeyword({
  name: "url_decode",
  summary: "Decodes percent signs with two hex digits, and plus signs to spaces.",
  examples: [{ options: 'tcp.hdr; url_decode; content:"a b";', meaning: "a+b and a%20b" }],
  apply: decode,
});

function decode(input: ByteRange, output: ByteRange, limit: number): boolean {
  const { bytes, end } = input;
  const target = output.bytes;
  let next = output.start;
  let at = input.start;
  while (at < end && next < limit) {
    const byte = bytes[at]!;
    if (byte !== PERCENT) {
      target[next++] = byte === PLUS ? SPACE : byte;
      at++;
      continue;
    }
    const high = at + 1 < end ? hexDigit(bytes[at + 1]!) : -1;
    const low = high >= 0 && at + 2 < end ? hexDigit(bytes[at + 2]!) : -1;
    if (low >= 0) {
      target[next++] = high * 16 + low;
      at += 3;
      continue;
    }
    // The bytes up to and with the one that is no digit stay as they are, a plus sign too.
    const last = Math.min(end, at + (high >= 0 ? 3 : 2));
    while (at < last && next < limit) target[next++] = bytes[at++]!;
  }
  output.end = next;
  return true;
}

/** 0 to 15, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
