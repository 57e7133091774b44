// Reads the static dictionary of Brotli (RFC 7932 appendix A) out of the decoder that Node has: a stream of one
// command for each word, which copies it from beyond the start of the output.
import zlib from "node:zlib";

// How many bits number the words of each length (RFC 7932 section 8).
export const SIZE_BITS = [
  0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5,
];

// Distances that a window of 16 bits reaches.
const WINDOW_BYTES = 65_520;

class BitWriter {
  bytes = [];
  bits = 0;
  hold = 0n;

  put(value, count) {
    this.hold |= BigInt(value) << BigInt(this.bits);
    this.bits += count;
    for (; this.bits >= 8; this.bits -= 8) {
      this.bytes.push(Number(this.hold & 255n));
      this.hold >>= 8n;
    }
  }

  finish() {
    if (this.bits > 0) this.bytes.push(Number(this.hold & 255n));
    return Uint8Array.from(this.bytes);
  }
}

// The code for copying so many bytes, with its extra bits: [symbol, bits, value].
function copyCode(length) {
  const bases = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22];
  const extra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3];
  let code = bases.length - 1;
  while (bases[code] > length) code--;
  const symbol = code < 8 ? 128 + code : 192 + code - 8;
  return [symbol, extra[code], length - bases[code]];
}

// The code of a distance, with its extra bits; no postfix bits, no direct codes.
function distanceCode(distance) {
  for (let code = 0; ; code++) {
    const bits = 1 + (code >> 1);
    const first = ((2 + (code & 1)) << bits) - 4 + 1;
    if (distance < first + (1 << bits)) return [16 + code, bits, distance - first];
  }
}

function simpleCode(writer, symbol, alphabetBits) {
  writer.put(1, 2);
  writer.put(0, 2);
  writer.put(symbol, alphabetBits);
}

// A meta-block that puts out one word, as long as it is, from behind `position` bytes of output.
function putWord(writer, length, index, position) {
  writer.put(0, 1); // not the last
  writer.put(0, 2); // four nibbles
  writer.put(length - 1, 16);
  writer.put(0, 1); // compressed
  writer.put(0, 3); // one block type each
  writer.put(0, 2); // postfix
  writer.put(0, 4); // direct codes
  writer.put(0, 2); // context mode
  writer.put(0, 2); // one tree each
  const [symbol, copyBits, copyExtra] = copyCode(length);
  const reach = Math.min(position, WINDOW_BYTES);
  const [distance, distanceBits, distanceExtra] = distanceCode(reach + 1 + index);
  simpleCode(writer, 0, 8);
  simpleCode(writer, symbol, 10);
  simpleCode(writer, distance, 6);
  writer.put(copyExtra, copyBits);
  writer.put(distanceExtra, distanceBits);
}

/** All words, those of each length in their order, one behind the other. */
export function readDictionary() {
  const writer = new BitWriter();
  writer.put(0, 1); // window of 16 bits
  let position = 0;
  for (let length = 4; length < SIZE_BITS.length; length++) {
    for (let index = 0; index < 1 << SIZE_BITS[length]; index++) {
      putWord(writer, length, index, position);
      position += length;
    }
  }
  writer.put(3, 2); // last and empty
  return zlib.brotliDecompressSync(writer.finish());
}
