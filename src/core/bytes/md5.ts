/**
 * MD5 (RFC 1321), for file and buffer digests that rules compare. It protects nothing.
 *
 * @hotpath
 */
import { BlockHash } from "./block-hash.ts";
import { readUint32Le } from "./endian.ts";

export const MD5_BYTES = 16;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Integer parts of 2^32 |sin(i + 1)|, as the RFC derives them. */
const SINES = Int32Array.from({ length: 64 }, (_, index) =>
  Number(BigInt.asIntN(32, BigInt(Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32)))),
);

/** Rotations of the four rounds, four each in turn. */
const ROTATIONS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

export class Md5 extends BlockHash {
  private readonly words = new Int32Array(16);

  constructor() {
    super(INITIAL, "little");
  }

  protected override compress(bytes: Uint8Array, at: number): void {
    const { words, state } = this;
    for (let index = 0; index < 16; index++) words[index] = readUint32Le(bytes, at + index * 4);
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      let mix: number;
      let word: number;
      if (round === 0) {
        mix = (b & c) | (~b & d);
        word = step;
      } else if (round === 1) {
        mix = (d & b) | (~d & c);
        word = (5 * step + 1) & 15;
      } else if (round === 2) {
        mix = b ^ c ^ d;
        word = (3 * step + 5) & 15;
      } else {
        mix = c ^ (b | ~d);
        word = (7 * step) & 15;
      }
      const sum = (a + mix + SINES[step]! + words[word]!) | 0;
      const rotation = ROTATIONS[round * 4 + (step & 3)]!;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << rotation) | (sum >>> (32 - rotation)))) | 0;
    }
    state[0] = state[0]! + a;
    state[1] = state[1]! + b;
    state[2] = state[2]! + c;
    state[3] = state[3]! + d;
  }
}
