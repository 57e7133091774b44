/**
 * The Huffman code of HPACK (RFC 7541 §5.2, appendix B). It is canonical: the lengths alone define it.
 *
 * @hotpath
 */

/** Bits of the code of each byte and of the end of string, one digit each in base 36. */
const LENGTH_DIGITS = [
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca",
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds",
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn",
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq",
  "u",
].join("");

const LENGTH_MAX = 30;
const END_OF_STRING = 256;
/** Ones that may fill the last byte. */
const PADDING_BITS_MAX = 7;

/** By length: the first code, how many there are, where their symbols begin in `symbols`. */
const firstCodes = new Int32Array(LENGTH_MAX + 1);
const counts = new Int32Array(LENGTH_MAX + 1);
const offsets = new Int32Array(LENGTH_MAX + 1);
const symbols = new Int32Array(END_OF_STRING + 1);
buildTables();

/** Decodes [start, end); null for what is no such code. Linear in the bytes. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  // The shortest code has five bits.
  const output = new Uint8Array(Math.ceil(((end - start) * 8) / 5));
  let length = 0;
  let code = 0;
  let codeBits = 0;
  let isOnes = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >> shift) & 1;
      code = (code << 1) | bit;
      codeBits++;
      if (bit === 0) isOnes = false;
      const index = code - firstCodes[codeBits]!;
      if (index >= counts[codeBits]!) {
        if (codeBits === LENGTH_MAX) return null;
        continue;
      }
      const symbol = symbols[offsets[codeBits]! + index]!;
      if (symbol === END_OF_STRING) return null;
      output[length++] = symbol;
      code = codeBits = 0;
      isOnes = true;
    }
  }
  return codeBits <= PADDING_BITS_MAX && isOnes ? output.slice(0, length) : null;
}

function buildTables(): void {
  const lengths = [...LENGTH_DIGITS].map((digit) => Number.parseInt(digit, 36));
  let code = 0;
  let offset = 0;
  for (let length = 1; length <= LENGTH_MAX; length++) {
    firstCodes[length] = code;
    offsets[length] = offset;
    for (let symbol = 0; symbol <= END_OF_STRING; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[offset++] = symbol;
      code++;
    }
    counts[length] = offset - offsets[length]!;
    code <<= 1;
  }
}
