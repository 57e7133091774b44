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
const FAST_INPUT_BYTES = 10;
const FAST_OUTPUT_BYTES = 258;
/** Bits are addressed by 32-bit numbers. */
const FAST_SPAN_BYTES_MAX = 1 << 27;
/** What `hold` has room for. */
const HELD_BYTES_MAX = 4;
/** Bits of what `bitsAt` reads, at any place in a byte. */
const READ_BITS = 25;
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
  protected start = 0;
  protected at = 0;
  protected end = 0;
  protected output: Uint8Array = this.window;
  protected next = 0;
  protected limit = 0;
  /** Output of this call from here on is not in the window yet. */
  protected unkept = 0;

  /** Input and output are far from their ends, and what is held is of this input. */
  protected hasRoom(): boolean {
    return (
      this.end - this.at >= FAST_INPUT_MIN_BYTES &&
      this.limit - this.next >= FAST_OUTPUT_BYTES &&
      this.bits <= (this.at - this.start) * 8
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
   * Symbols as long as input and output have room for whatever may come, with registers instead of fields. Bits are
   * read anew where they are needed, so nothing is held and nothing refilled. Leaves all else, and what it cannot
   * decide, to the way by stages.
   */
  protected readFast(): void {
    const { input, output, literalCode, distanceCode, unkept } = this;
    const literals = literalCode.shortCodes();
    const distances = distanceCode.shortCodes();
    // Places are bits behind `origin`; what is held comes from this call's input.
    const origin = this.at - HELD_BYTES_MAX;
    const last = Math.min(this.end - FAST_INPUT_BYTES - origin, FAST_SPAN_BYTES_MAX) * 8;
    const outputLast = this.limit - FAST_OUTPUT_BYTES;
    let place = HELD_BYTES_MAX * 8 - this.bits;
    let { next } = this;
    while (place <= last && next <= outputLast) {
      const bits = bitsAt(input, origin, place);
      const entry = entryOf(literals, literalCode, bits);
      const symbol = entry >> 4;
      if (symbol < END_OF_BLOCK) {
        if (entry < 0) break;
        output[next++] = symbol;
        place += entry & 15;
        continue;
      }
      if (symbol === END_OF_BLOCK || symbol > 285) break;
      const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASES[symbol - 257]! + low(bits >>> (entry & 15), lengthExtra);
      const distancePlace = place + (entry & 15) + lengthExtra;
      const distanceBits = bitsAt(input, origin, distancePlace);
      const distanceEntry = entryOf(distances, distanceCode, distanceBits);
      const distanceSymbol = distanceEntry >> 4;
      if (distanceEntry < 0 || distanceSymbol > 29) break;
      const extraPlace = distancePlace + (distanceEntry & 15);
      const extra = distanceSymbol < 2 ? 0 : (distanceSymbol >> 1) - 1;
      const distance =
        DISTANCE_BASES[distanceSymbol]! + low(bitsAt(input, origin, extraPlace), extra);
      if (distance > this.windowFilled + (next - unkept)) break;
      place = extraPlace + extra;
      next = this.copy(next, distance, length);
    }
    this.next = next;
    this.holdRest(origin, place);
  }

  /** Goes on at a bit: holds what is left of its byte. */
  private holdRest(origin: number, place: number): void {
    const used = place & 7;
    this.at = origin + (place >>> 3);
    this.bits = used === 0 ? 0 : 8 - used;
    this.hold = used === 0 ? 0 : this.input[this.at++]! >>> used;
  }

  /** The byte so far behind what is written next. */
  protected byteBehind(distance: number): number {
    const inWindow = distance - (this.next - this.unkept);
    if (inWindow <= 0) return this.output[this.next - distance]!;
    return this.window[(this.windowNext - inWindow) & WINDOW_MASK]!;
  }

  /** Copies a match that has room; returns the offset behind it. */
  private copy(start: number, distance: number, length: number): number {
    const { output } = this;
    const end = start + length;
    let next = start;
    const inWindow = distance - (start - this.unkept);
    if (inWindow > 0) next = this.copyFromWindow(start, inWindow, end);
    for (; next < end; next++) output[next] = output[next - distance]!;
    return next;
  }

  /** Copies what begins so far back in the window, up to its end or to `end`; returns the offset behind it. */
  private copyFromWindow(start: number, inWindow: number, end: number): number {
    const { output, window } = this;
    let next = start;
    let place = this.windowNext - inWindow;
    for (const last = Math.min(end, start + inWindow); next < last; next++) {
      output[next] = window[place++ & WINDOW_MASK]!;
    }
    return next;
  }

  protected write(byte: number): void {
    this.output[this.next++] = byte;
  }
}

/** At least READ_BITS bits from a place on, the next one lowest. */
function bitsAt(input: Uint8Array, origin: number, place: number): number {
  const at = origin + (place >>> 3);
  const word = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24);
  return word >>> (place & 7);
}

/** The symbol at the low end of `bits`, times 16, plus the bits of its code; negative: broken. */
function entryOf(shortCodes: Uint16Array, code: HuffmanCode, bits: number): number {
  const entry = shortCodes[bits & TABLE_MASK]!;
  if (entry !== 0) return entry;
  const symbol = code.decode(bits, READ_BITS);
  return symbol < 0 ? symbol : (symbol << 4) | code.bits;
}

function low(bits: number, count: number): number {
  return bits & ((1 << count) - 1);
}
