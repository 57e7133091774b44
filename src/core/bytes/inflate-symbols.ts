/**
 * The part of Inflate (RFC 1951) that the time goes into: the window, and symbols where input and output have room
 * for whatever may come. What it leaves is done by stages in inflate.ts.
 *
 * @hotpath
 */
import { HuffmanCode } from "./huffman.ts";

export const LITERALS_MAX = 288;
export const DISTANCES_MAX = 32;
export const END_OF_BLOCK = 256;
const WINDOW_BYTES = 32_768;
const WINDOW_MASK = WINDOW_BYTES - 1;
/** Longest code that is looked up rather than decoded bit by bit. */
const TABLE_BITS = 9;
const TABLE_MASK = (1 << TABLE_BITS) - 1;
/** Room in input and output that lets a symbol with all that belongs to it pass without a check. */
const FAST_INPUT_BYTES = 8;
const FAST_OUTPUT_BYTES = 258;
/** The fast loop works where at least so much can be made before it ends; the table costs some microseconds. */
const FAST_INPUT_MIN_BYTES = 64;
export const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
export const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
export const DISTANCE_BASES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12_289, 16_385, 24_577,
];

export class SymbolReader {
  protected readonly window = new Uint8Array(WINDOW_BYTES);
  protected windowNext = 0;
  protected windowFilled = 0;
  protected readonly literalCode = new HuffmanCode(LITERALS_MAX, TABLE_BITS);
  protected readonly distanceCode = new HuffmanCode(DISTANCES_MAX, TABLE_BITS);

  /** Bits read but not used, the next one lowest. */
  protected hold = 0;
  protected bits = 0;
  protected input: Uint8Array = this.window;
  protected at = 0;
  protected end = 0;
  protected output: Uint8Array = this.window;
  protected next = 0;
  protected limit = 0;
  /** Output of this call from here on is not in the window yet. */
  protected unkept = 0;

  /** Input and output are far from their ends. */
  protected hasRoom(): boolean {
    return (
      this.end - this.at >= FAST_INPUT_MIN_BYTES && this.limit - this.next >= FAST_OUTPUT_BYTES
    );
  }

  /** Puts what this call wrote into the window, where later calls look for it. */
  protected keepOutput(): void {
    const { output, window } = this;
    let at = Math.max(this.unkept, this.next - WINDOW_BYTES);
    this.windowFilled = Math.min(WINDOW_BYTES, this.windowFilled + (this.next - this.unkept));
    let place = (this.windowNext + (at - this.unkept)) & WINDOW_MASK;
    for (; at < this.next; at++) {
      window[place] = output[at]!;
      place = (place + 1) & WINDOW_MASK;
    }
    this.windowNext = place;
    this.unkept = this.next;
  }

  /**
   * Symbols as long as input and output have room for whatever may come, with registers instead of fields; short
   * codes are looked up, the few longer ones decoded bit by bit. Leaves all else, and what it cannot decide, to the
   * way by stages.
   */
  protected readFast(): void {
    const { input, output, literalCode, distanceCode, unkept } = this;
    const literals = literalCode.shortCodes();
    const distances = distanceCode.shortCodes();
    const inputLast = this.end - FAST_INPUT_BYTES;
    const outputLast = this.limit - FAST_OUTPUT_BYTES;
    let { at, next, hold, bits } = this;
    while (at <= inputLast && next <= outputLast) {
      // The longest code of a length and what belongs to it take 20 bits, so two refills do for a whole copy.
      if (bits < 16) {
        hold |= (input[at]! | (input[at + 1]! << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const entry = literals[hold & TABLE_MASK]!;
      let used = entry & 15;
      let symbol = entry >> 4;
      if (used === 0) {
        symbol = literalCode.decode(hold, bits);
        if (symbol < 0) break;
        used = literalCode.bits;
      }
      if (symbol < END_OF_BLOCK) {
        output[next++] = symbol;
        hold >>>= used;
        bits -= used;
        continue;
      }
      if (symbol === END_OF_BLOCK || symbol > 285) break;
      // What belongs to a copy, taken for good only when all of it is known.
      let after = hold >>> used;
      let left = bits - used;
      let ahead = at;
      if (left < 16) {
        after |= (input[ahead]! | (input[ahead + 1]! << 8)) << left;
        ahead += 2;
        left += 16;
      }
      const extra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASES[symbol - 257]! + (after & ((1 << extra) - 1));
      after >>>= extra;
      left -= extra;
      if (left < 16) {
        after |= (input[ahead]! | (input[ahead + 1]! << 8)) << left;
        ahead += 2;
        left += 16;
      }
      const distanceEntry = distances[after & TABLE_MASK]!;
      let distanceUsed = distanceEntry & 15;
      let distanceSymbol = distanceEntry >> 4;
      if (distanceUsed === 0) {
        distanceSymbol = distanceCode.decode(after, left);
        if (distanceSymbol < 0) break;
        distanceUsed = distanceCode.bits;
      }
      if (distanceSymbol > 29) break;
      after >>>= distanceUsed;
      left -= distanceUsed;
      if (left < 16) {
        after |= (input[ahead]! | (input[ahead + 1]! << 8)) << left;
        ahead += 2;
        left += 16;
      }
      const distanceExtra = distanceSymbol < 2 ? 0 : (distanceSymbol >> 1) - 1;
      const distance = DISTANCE_BASES[distanceSymbol]! + (after & ((1 << distanceExtra) - 1));
      const written = next - unkept;
      if (distance > this.windowFilled + written) break;
      hold = after >>> distanceExtra;
      bits = left - distanceExtra;
      at = ahead;
      if (distance > written) {
        next = this.copyFromWindow(next, distance, length);
        continue;
      }
      for (const end = next + length; next < end; next++) output[next] = output[next - distance]!;
    }
    this.at = at;
    this.next = next;
    this.hold = hold;
    this.bits = bits;
  }

  /** The byte so far behind what is written next. */
  protected byteBehind(distance: number): number {
    const inWindow = distance - (this.next - this.unkept);
    if (inWindow <= 0) return this.output[this.next - distance]!;
    return this.window[(this.windowNext - inWindow) & WINDOW_MASK]!;
  }

  /** Copies a match that has room and begins before this call's output; returns the offset behind it. */
  private copyFromWindow(start: number, distance: number, length: number): number {
    const { output, window } = this;
    const end = start + length;
    let next = start;
    let place = this.windowNext - (distance - (start - this.unkept));
    for (let before = distance - (start - this.unkept); before > 0 && next < end; before--) {
      output[next++] = window[place++ & WINDOW_MASK]!;
    }
    for (; next < end; next++) output[next] = output[next - distance]!;
    return next;
  }

  protected write(byte: number): void {
    this.output[this.next++] = byte;
  }
}
