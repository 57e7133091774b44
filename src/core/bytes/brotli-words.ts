/** The static dictionary of Brotli with its transforms (RFC 7932 section 8 and its appendices). */
import { Base64Mode, decodeBase64 } from "./base64.ts";
import { brotliDictionaryBase64 } from "./brotli-dictionary.generated.ts";
import { ALL_UPPER, FIRST_UPPER, TRANSFORMS, WORD_INDEX_BITS } from "./brotli-tables.ts";

const WORD_BYTES_MIN = 4;
const OMIT_LAST_MAX = 9;

const dictionary: Uint8Array = readDictionary();
const offsets: readonly number[] = wordOffsets();

/** The word of this length and number, its transform in the upper bits; null when there is none. */
export function brotliWord(length: number, number: number): Uint8Array | null {
  if (length < WORD_BYTES_MIN || length >= WORD_INDEX_BITS.length) return null;
  const bits = WORD_INDEX_BITS[length]!;
  const transform = TRANSFORMS[number >>> bits];
  if (transform === undefined) return null;
  const start = offsets[length]! + length * (number & ((1 << bits) - 1));
  const [before, change, after] = transform;
  const word = changed(dictionary.slice(start, start + length), change);
  if (before === "" && after === "") return word;
  const whole = new Uint8Array(before.length + word.length + after.length);
  for (let i = 0; i < before.length; i++) whole[i] = before.charCodeAt(i);
  whole.set(word, before.length);
  const next = before.length + word.length;
  for (let i = 0; i < after.length; i++) whole[next + i] = after.charCodeAt(i);
  return whole;
}

function changed(word: Uint8Array, change: number): Uint8Array {
  if (change === 0) return word;
  if (change <= OMIT_LAST_MAX) return word.subarray(0, Math.max(0, word.length - change));
  if (change > ALL_UPPER) return word.subarray(Math.min(word.length, change - ALL_UPPER));
  let at = upper(word, 0);
  while (change !== FIRST_UPPER && at < word.length) at += upper(word, at);
  return word;
}

/** Upper case as the format has it: right for Latin letters, near enough for others. Bytes of the character. */
function upper(word: Uint8Array, at: number): number {
  const byte = word[at]!;
  if (byte < 0xc0) {
    if (byte >= 0x61 && byte <= 0x7a) word[at] = byte ^ 0x20;
    return 1;
  }
  const size = byte < 0xe0 ? 2 : 3;
  const last = at + size - 1;
  if (last < word.length) word[last] = word[last]! ^ (size === 2 ? 0x20 : 5);
  return size;
}

function readDictionary(): Uint8Array {
  const text = Uint8Array.from(brotliDictionaryBase64, (letter: string) => letter.charCodeAt(0));
  const words = new Uint8Array((text.length / 4) * 3);
  const length = decodeBase64(text, 0, text.length, words, 0, words.length, Base64Mode.rfc2045);
  return words.subarray(0, length);
}

function wordOffsets(): number[] {
  let next = 0;
  return WORD_INDEX_BITS.map((bits, length) => {
    const offset = next;
    if (bits > 0) next += length << bits;
    return offset;
  });
}
