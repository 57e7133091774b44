/**
 * Decodes LZMA as single files have it ("lzma alone": properties, size of the dictionary, size of the contents),
 * resumable at any byte of input and of output, with the same interface as `Inflater`. Memory: tables and a window
 * that grows as the output does; beyond the limit given the decoding ends. Left out: LZMA2 and xz containers.
 *
 * @hotpath
 */
import { readUint32Le } from "./endian.ts";
import { InflateStatus } from "./inflate.ts";
import { LzmaRange } from "./lzma-range.ts";

const Stage = { header: 0, code: 1, symbols: 2, done: 3, broken: 4 } as const;

const HEADER_BYTES = 13;
const PROPERTIES_MAX = 9 * 5 * 5;
const STATES = 12;
const POSITIONS = 16;
const LITERAL_CELLS = 0x300;
const MATCH_LENGTH_MIN = 2;
const END_MARK = 0xffff_ffff;
const FIRST_WINDOW_BYTES = 4096;

/** Where the probabilities of each kind begin. */
const Place = {
  isMatch: 0,
  isRepeat: STATES * POSITIONS,
  isFirst: STATES * POSITIONS + STATES,
  isSecond: STATES * POSITIONS + 2 * STATES,
  isThird: STATES * POSITIONS + 3 * STATES,
  isLong: STATES * POSITIONS + 4 * STATES,
  slots: 2 * STATES * POSITIONS + 4 * STATES,
  distances: 2 * STATES * POSITIONS + 4 * STATES + 256,
  align: 2 * STATES * POSITIONS + 4 * STATES + 384,
  matchLength: 2 * STATES * POSITIONS + 4 * STATES + 400,
  repeatLength: 2 * STATES * POSITIONS + 4 * STATES + 920,
  literals: 2 * STATES * POSITIONS + 4 * STATES + 1440,
} as const;

/** Within the probabilities of a length. */
const LengthPlace = { isLong: 0, isLongest: 1, low: 2, middle: 130, high: 258 } as const;

export class LzmaDecoder {
  /** Offset behind the last input byte used (all of it), behind the last output byte written, after a call. */
  inputEnd = 0;
  outputEnd = 0;
  /** It ended because it would need more memory than it may have. */
  isOverMemory = false;

  private readonly memoryLimitBytes: number;
  private readonly coder = new LzmaRange();
  private stage: number = Stage.header;
  private contextBits = 0;
  private literalMask = 0;
  private positionMask = 0;
  private dictionaryBytes = 0;
  /** Bytes of contents that the header announced; Infinity for "until the end mark". */
  private announced = Number.POSITIVE_INFINITY;
  private window = new Uint8Array(FIRST_WINDOW_BYTES);
  private tableBytes = 0;
  private produced = 0;
  private state = 0;
  private readonly repeats: [number, number, number, number] = [0, 0, 0, 0];
  private copyLeft = 0;

  /** `memoryLimitBytes`: of tables and window together. */
  constructor(memoryLimitBytes: number) {
    this.memoryLimitBytes = memoryLimitBytes;
  }

  /** Goes on with the input in [start, end), writing to [outStart, outEnd); an InflateStatus. */
  push(
    input: Uint8Array,
    start: number,
    end: number,
    output: Uint8Array,
    outStart: number,
    outEnd: number,
  ): number {
    if (end > start) this.coder.append(input, start, end);
    this.inputEnd = end;
    this.outputEnd = outStart;
    if (this.stage === Stage.header) this.readHeader();
    if (this.stage === Stage.code) this.begin();
    while (this.stage === Stage.symbols && this.outputEnd < outEnd) {
      if (this.copyLeft > 0) this.copyOne(output);
      else if (this.produced >= this.announced) this.stage = Stage.done;
      else if (!this.readSymbol(output)) return InflateStatus.needsInput;
    }
    if (this.stage === Stage.done) return InflateStatus.done;
    if (this.stage === Stage.broken) return InflateStatus.broken;
    return this.stage === Stage.symbols ? InflateStatus.outputFull : InflateStatus.needsInput;
  }

  private readHeader(): void {
    const header = this.coder.take(HEADER_BYTES);
    if (header === null) return;
    let properties = header[0]!;
    if (properties >= PROPERTIES_MAX) {
      this.stage = Stage.broken;
      return;
    }
    this.contextBits = properties % 9;
    properties = Math.trunc(properties / 9);
    this.literalMask = (1 << (properties % 5)) - 1;
    this.positionMask = (1 << Math.trunc(properties / 5)) - 1;
    this.dictionaryBytes = Math.max(FIRST_WINDOW_BYTES, readUint32Le(header, 1) >>> 0);
    const low = readUint32Le(header, 5) >>> 0;
    const high = readUint32Le(header, 9) >>> 0;
    if (low !== END_MARK || high !== END_MARK) this.announced = high * 0x1_0000_0000 + low;
    this.stage = Stage.code;
  }

  private begin(): void {
    const literals = (this.literalMask + 1) << this.contextBits;
    const probabilities = Place.literals + literals * LITERAL_CELLS;
    this.tableBytes = probabilities * 2;
    if (this.tableBytes + this.window.length > this.memoryLimitBytes) {
      this.isOverMemory = true;
      this.stage = Stage.broken;
      return;
    }
    const isRight = this.coder.begin(probabilities);
    if (isRight !== null) this.stage = isRight ? Stage.symbols : Stage.broken;
  }

  /** One literal or match; false when it has to wait for input. */
  private readSymbol(output: Uint8Array): boolean {
    const { coder, state, repeats } = this;
    const [first, second, third, fourth] = repeats;
    coder.beginSymbol();
    const byte = this.decodeSymbol();
    if (coder.isStarved) {
      coder.undoSymbol();
      this.state = state;
      this.copyLeft = 0;
      repeats[0] = first;
      repeats[1] = second;
      repeats[2] = third;
      repeats[3] = fourth;
      return false;
    }
    if (byte >= 0) this.put(byte, output);
    else if (this.repeats[0] === END_MARK) this.stage = Stage.done;
    else if (this.repeats[0] >= Math.min(this.produced, this.dictionaryBytes)) {
      this.stage = Stage.broken;
    }
    return true;
  }

  /** A byte, or -1 for a match: `copyLeft` bytes from `repeats[0]` + 1 bytes back. */
  private decodeSymbol(): number {
    const { coder, state } = this;
    const position = this.produced & this.positionMask;
    if (coder.bit(Place.isMatch + state * POSITIONS + position) === 0) return this.readLiteral();
    if (coder.bit(Place.isRepeat + state) === 0) {
      this.state = state < 7 ? 7 : 10;
      const length = this.readLength(Place.matchLength, position);
      this.repeats.copyWithin(1, 0, 3);
      this.repeats[0] = this.readDistance(length);
      this.copyLeft = length + MATCH_LENGTH_MIN;
      return -1;
    }
    return this.readRepeat(state, position);
  }

  private readRepeat(state: number, position: number): number {
    const { coder, repeats } = this;
    if (coder.bit(Place.isFirst + state) === 0) {
      if (coder.bit(Place.isLong + state * POSITIONS + position) === 0) {
        this.state = state < 7 ? 9 : 11;
        this.copyLeft = 1;
        return -1;
      }
    } else {
      let which = 1;
      if (coder.bit(Place.isSecond + state) === 1) which = 2 + coder.bit(Place.isThird + state);
      const distance = repeats[which as 1 | 2 | 3];
      repeats.copyWithin(1, 0, which);
      repeats[0] = distance;
    }
    this.state = state < 7 ? 8 : 11;
    this.copyLeft = this.readLength(Place.repeatLength, position) + MATCH_LENGTH_MIN;
    return -1;
  }

  private readLiteral(): number {
    const { coder, state, contextBits } = this;
    const before = this.produced === 0 ? 0 : this.byteBack(0);
    const context =
      ((this.produced & this.literalMask) << contextBits) | (before >> (8 - contextBits));
    const base = Place.literals + context * LITERAL_CELLS;
    let symbol = 1;
    if (state >= 7) {
      let matched = this.byteBack(this.repeats[0]);
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = coder.bit(base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(base + symbol);
    this.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    return symbol & 0xff;
  }

  private readLength(base: number, position: number): number {
    const { coder } = this;
    if (coder.bit(base + LengthPlace.isLong) === 0) {
      return coder.tree(base + LengthPlace.low + position * 8, 3);
    }
    if (coder.bit(base + LengthPlace.isLongest) === 0) {
      return 8 + coder.tree(base + LengthPlace.middle + position * 8, 3);
    }
    return 16 + coder.tree(base + LengthPlace.high, 8);
  }

  private readDistance(length: number): number {
    const { coder } = this;
    const slot = coder.tree(Place.slots + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return high + coder.reverseTree(Place.distances + high - slot, bits);
    return high + coder.direct(bits - 4) * 16 + coder.reverseTree(Place.align, 4);
  }

  private byteBack(distance: number): number {
    const at = this.produced - 1 - distance;
    return at < 0 ? 0 : this.window[at % this.window.length]!;
  }

  private copyOne(output: Uint8Array): void {
    this.copyLeft--;
    this.put(this.byteBack(this.repeats[0]), output);
  }

  private put(byte: number, output: Uint8Array): void {
    if (this.produced >= this.window.length && !this.growWindow()) return;
    this.window[this.produced % this.window.length] = byte;
    this.produced++;
    output[this.outputEnd++] = byte;
  }

  /** Until the window is the dictionary it holds all that came out, from its start. */
  private growWindow(): boolean {
    const { window, dictionaryBytes } = this;
    if (window.length >= dictionaryBytes) return true;
    const length = Math.min(window.length * 2, dictionaryBytes);
    if (length + this.tableBytes > this.memoryLimitBytes) {
      this.isOverMemory = true;
      this.stage = Stage.broken;
      return false;
    }
    this.window = new Uint8Array(length);
    this.window.set(window);
    return true;
  }
}
