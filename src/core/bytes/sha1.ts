/**
 * SHA-1 (RFC 3174), for file and buffer digests that rules compare. It protects nothing.
 *
 * @hotpath
 */
import { BlockHash } from "./block-hash.ts";
import { readUint32 } from "./endian.ts";

export const SHA1_BYTES = 20;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

export class Sha1 extends BlockHash {
  private readonly words = new Int32Array(80);

  constructor() {
    super(INITIAL, "big");
  }

  protected override compress(bytes: Uint8Array, at: number): void {
    const { words, state } = this;
    for (let index = 0; index < 16; index++) words[index] = readUint32(bytes, at + index * 4);
    for (let index = 16; index < 80; index++) {
      const mixed = words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!;
      words[index] = (mixed << 1) | (mixed >>> 31);
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let step = 0; step < 80; step++) {
      const round = step < 20 ? 0 : step < 40 ? 1 : step < 60 ? 2 : 3;
      let mix = b ^ c ^ d;
      if (round === 0) mix = (b & c) | (~b & d);
      else if (round === 2) mix = (b & c) | (b & d) | (c & d);
      const rotated = (a << 5) | (a >>> 27);
      const sum = (rotated + mix + e + words[step]! + CONSTANTS[round]!) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = sum;
    }
    state[0] = state[0]! + a;
    state[1] = state[1]! + b;
    state[2] = state[2]! + c;
    state[3] = state[3]! + d;
    state[4] = state[4]! + e;
  }
}
