/**
 * Tables of Brotli (RFC 7932): lengths and distances with their extra bits (sections 4 to 6), contexts of literals
 * (section 7), the transforms of dictionary words (appendix B).
 */
export const BLOCK_COUNT_BASES = [
  1, 5, 9, 13, 17, 25, 33, 41, 49, 65, 81, 97, 113, 145, 177, 209, 241, 305, 369, 497, 753, 1265,
  2289, 4337, 8433, 16_625,
];
export const BLOCK_COUNT_BITS = [
  2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24,
];
export const INSERT_BASES = [
  0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1090, 2114, 6210,
  22_594,
];
export const INSERT_BITS = [
  0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24,
];
export const COPY_BASES = [
  2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1094, 2118,
];
export const COPY_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24];
/** First insert and copy code of each group of 64 commands. */
export const INSERT_CELLS = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16];
export const COPY_CELLS = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16];
/** Which of the last four distances a short code means, and what is added to it. */
export const SHORT_DISTANCE_PLACES = [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
export const SHORT_DISTANCE_ADDED = [0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3];
export const CODE_LENGTH_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** Bits that number the dictionary's words of each length. */
export const WORD_INDEX_BITS = [
  0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5,
];

const ASCII_CONTEXTS = [
  8, 12, 16, 12, 12, 20, 12, 16, 24, 28, 12, 12, 32, 12, 36, 12, 44, 44, 44, 44, 44, 44, 44, 44, 44,
  44, 32, 32, 24, 40, 28, 12, 12, 48, 52, 52, 52, 48, 52, 52, 52, 48, 52, 52, 52, 52, 52, 48, 52,
  52, 52, 52, 52, 48, 52, 52, 52, 52, 52, 24, 12, 28, 12, 12, 12, 56, 60, 60, 60, 56, 60, 60, 60,
  56, 60, 60, 60, 60, 60, 56, 60, 60, 60, 60, 60, 56, 60, 60, 60, 60, 60, 24, 12, 28, 12, 0,
];

/** What the last byte adds to the context of UTF-8 text. */
export const UTF8_LAST: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 9 || byte === 10 || byte === 13) return 4;
  if (byte < 32) return 0;
  if (byte < 128) return ASCII_CONTEXTS[byte - 32] ?? 0;
  return (byte < 192 ? 0 : 2) + (byte & 1);
});

/** What the byte before it adds. */
export const UTF8_BEFORE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 32 || byte === 127) return 0;
  if (byte >= 128) return byte < 224 ? 0 : 2;
  if (byte >= 97 && byte <= 122) return 3;
  const isUpperOrDigit = (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57);
  return isUpperOrDigit ? 2 : 1;
});

/** Eight classes of bytes as signed numbers. */
export const SIGNED: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const bounds = [1, 16, 64, 128, 192, 240, 255];
  return bounds.filter((bound) => byte >= bound).length;
});

/** 0 leaves a word as it is; 1 to 9 omit so many last bytes; 10, 11: upper case; 12 to 20 omit first bytes. */
export const FIRST_UPPER = 10;
export const ALL_UPPER = 11;

/** Text before the word, what is done to the word, text behind it; one transform behind the other. */
const TRANSFORM_TEXT =
  "|0|~|0| ~ |0| ~|12|~|10| ~|0| the ~ |0|~s |0| ~|0| of ~|10|~|0| and ~|13|~|1|~, |0| ~|0|" +
  ', ~ |10| ~|0| in ~|0| to ~e |0| ~|0|"~|0|.~|0|">~|0|\n~|3|~|0|]~|0| for ~|14|~|2|~|0| a ' +
  "~|0| that ~ |10|~|0|. ~.|0|~ |0|, ~|15|~|0| with ~|0|'~|0| from ~|0| by ~|16|~|17|~ the " +
  "|0|~|4|~|0|. The ~|11|~|0| on ~|0| as ~|0| is ~|7|~|1|ing ~|0|\n\t~|0|:~ |0|. ~|0|ed ~|2" +
  '0|~|18|~|6|~|0|(~|10|, ~|8|~|0| at ~|0|ly ~ the |0| of ~|5|~|9|~ |10|, ~|10|"~.|0|(~|11| ' +
  '~|10|">~|0|="~ |0|.~.com/|0|~ the |0| of the ~|10|\'~|0|. This ~|0|,~.|0| ~|10|(~|10|.~|0' +
  '| not ~ |0|="~|0|er ~ |11| ~|0|al ~ |11|~|0|=\'~|11|"~|10|. ~ |0|(~|0|ful ~ |10|. ~|0|ive ' +
  "~|0|less ~|11|'~|0|est ~ |10|.~|11|\">~ |0|='~|10|,~|0|ize ~|11|.~\u00c2\u00a0|0|~ |0|,~|" +
  '10|="~|11|="~|0|ous ~|11|, ~|10|=\'~ |10|,~ |11|="~ |11|, ~|11|,~|11|(~|11|. ~ |11|.~|11|' +
  "='~ |11|. ~ |10|=\"~ |11|='~ |10|='";

export const TRANSFORMS: readonly (readonly [string, number, string])[] = TRANSFORM_TEXT.split(
  "~",
).map((row) => {
  const [before = "", change = "", after = ""] = row.split("|");
  return [before, Number(change), after] as const;
});
