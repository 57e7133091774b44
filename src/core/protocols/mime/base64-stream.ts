/**
 * Base64 (RFC 2045 §6.8) that comes in pieces. Characters outside of the alphabet are skipped; padding where a
 * group cannot have any makes the rest undecodable.
 *
 * @hotpath
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOREIGN = 255;
const PADDING = 64;

const VALUES = new Uint8Array(256).fill(FOREIGN);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;
VALUES[0x3d] = PADDING;

export class Base64Stream {
  /** What came cannot be base64; nothing more is decoded. */
  isBroken = false;
  private group = 0;
  private held = 0;

  /** Bytes that `decode` may write for `byteLength` bytes of text. */
  static roomBytes(byteLength: number): number {
    return Math.ceil(((byteLength + 3) * 3) / 4);
  }

  /** Writes the bytes of the text in [start, end) to `out` from its start; returns how many. */
  decode(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
    let length = 0;
    for (let i = start; i < end && !this.isBroken; i++) {
      const value = VALUES[bytes[i]!]!;
      if (value === FOREIGN) continue;
      this.group = (this.group << 8) | value;
      if (++this.held === 4) length = this.writeGroup(out, length);
    }
    return length;
  }

  /** The text is over: an unfinished group counts as padded. Returns the bytes written to `out`. */
  finish(out: Uint8Array): number {
    if (this.held === 0 || this.isBroken) return 0;
    for (; this.held < 4; this.held++) this.group = (this.group << 8) | PADDING;
    return this.writeGroup(out, 0);
  }

  private writeGroup(out: Uint8Array, at: number): number {
    const { group } = this;
    const first = group >>> 24;
    const second = (group >> 16) & 255;
    const third = (group >> 8) & 255;
    const fourth = group & 255;
    this.held = 0;
    const isTooShort = first === PADDING || second === PADDING;
    if (isTooShort) {
      this.isBroken = true;
      return at;
    }
    out[at] = (first << 2) | (second >> 4);
    if (third === PADDING) return at + 1;
    out[at + 1] = (second << 4) | (third >> 2);
    if (fourth === PADDING) return at + 2;
    out[at + 2] = (third << 6) | fourth;
    return at + 3;
  }
}
