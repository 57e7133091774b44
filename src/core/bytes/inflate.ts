/**
 * Inflate (RFC 1951), resumable at any byte of input and of output: it stops where either ends and goes on with
 * the next call. Memory is the window of 32 KiB and the codes, whatever the input; the caller bounds the output.
 * Left out: preset dictionaries; the wrappers are in zlib-stream.ts.
 *
 * @hotpath
 */
import { HUFFMAN_BROKEN, HUFFMAN_MORE, HuffmanCode } from "./huffman.ts";
import {
  DISTANCE_BASES,
  DISTANCES_MAX,
  END_OF_BLOCK,
  LENGTH_BASES,
  LENGTH_EXTRA,
  LITERALS_MAX,
  SymbolReader,
} from "./inflate-symbols.ts";

/** needsInput: all input was used. outputFull: call again with more room. */
export const InflateStatus = { needsInput: 0, outputFull: 1, done: 2, broken: 3 } as const;

const Stage = {
  blockHead: 0,
  storedHead: 1,
  stored: 2,
  tableHead: 3,
  lengthCodes: 4,
  codeLengths: 5,
  symbol: 6,
  lengthExtra: 7,
  distance: 8,
  distanceExtra: 9,
  copy: 10,
  done: 11,
  broken: 12,
} as const;

/** Order in which the lengths of the length codes come. */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

export class Inflater extends SymbolReader {
  /** Offset behind the last input byte used, behind the last output byte written, after a call. */
  inputEnd = 0;
  outputEnd = 0;

  private readonly lengths = new Uint8Array(LITERALS_MAX + DISTANCES_MAX);
  private readonly lengthCode = new HuffmanCode(19);
  private stage: number = Stage.blockHead;
  private isLast = false;
  private literalCount = 0;
  private distanceCount = 0;
  private lengthCodeCount = 0;
  private index = 0;
  /** Bytes left of a stored block or of a copy. */
  private left = 0;
  private symbol = 0;
  private distance = 0;

  reset(): void {
    this.stage = Stage.blockHead;
    this.isLast = false;
    this.hold = this.bits = this.left = this.windowNext = this.windowFilled = 0;
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
    this.input = input;
    this.at = this.start = start;
    this.end = end;
    this.output = output;
    this.next = this.unkept = outStart;
    this.limit = outEnd;
    let status: number = InflateStatus.needsInput;
    while (this.step()) {
      // Each step used input or wrote output, or changed the stage.
    }
    if (this.stage === Stage.done) status = InflateStatus.done;
    else if (this.stage === Stage.broken) status = InflateStatus.broken;
    else if (this.isWaitingForRoom()) status = InflateStatus.outputFull;
    // Whole bytes that were read ahead belong to what follows.
    if (this.stage === Stage.done) this.at -= this.bits >> 3;
    if (this.stage === Stage.done) this.bits &= 7;
    this.inputEnd = this.at;
    this.outputEnd = this.next;
    this.keepOutput();
    return status;
  }

  private isWaitingForRoom(): boolean {
    const { stage } = this;
    if (this.next < this.limit) return false;
    return stage === Stage.copy || stage === Stage.symbol || stage === Stage.stored;
  }

  /** One stage forward; false when it has to wait, is done or broken. */
  private step(): boolean {
    switch (this.stage) {
      case Stage.blockHead:
        return this.readBlockHead();
      case Stage.storedHead:
        return this.readStoredHead();
      case Stage.stored:
        return this.copyStored();
      case Stage.tableHead:
        return this.readTableHead();
      case Stage.lengthCodes:
        return this.readLengthCodes();
      case Stage.codeLengths:
        return this.readCodeLengths();
      case Stage.symbol:
        return this.readSymbols();
      case Stage.lengthExtra:
        return this.readLengthExtra();
      case Stage.distance:
        return this.readDistance();
      case Stage.distanceExtra:
        return this.readDistanceExtra();
      case Stage.copy:
        return this.copyMatch();
      default:
        return false;
    }
  }

  /** Makes at least `count` bits available, at most 24. */
  private need(count: number): boolean {
    while (this.bits < count) {
      if (this.at >= this.end) return false;
      this.hold |= this.input[this.at++]! << this.bits;
      this.bits += 8;
    }
    return true;
  }

  private take(count: number): number {
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }

  private fail(): false {
    this.stage = Stage.broken;
    return false;
  }

  private readBlockHead(): boolean {
    if (this.isLast) {
      this.stage = Stage.done;
      return false;
    }
    if (!this.need(3)) return false;
    this.isLast = this.take(1) === 1;
    const type = this.take(2);
    if (type === 0) this.stage = Stage.storedHead;
    else if (type === 1) this.useFixedCodes();
    else if (type === 2) this.stage = Stage.tableHead;
    else return this.fail();
    return true;
  }

  private readStoredHead(): boolean {
    this.take(this.bits & 7);
    if (!this.need(16)) return false;
    // The length and its complement may lie across calls: `left` holds the first, plus one.
    if (this.left === 0) {
      this.left = this.take(16) + 1;
      return true;
    }
    const length = this.left - 1;
    if ((this.take(16) ^ 0xffff) !== length) return this.fail();
    this.left = length;
    this.stage = Stage.stored;
    return true;
  }

  private copyStored(): boolean {
    while (this.left > 0) {
      if (this.next >= this.limit || !this.need(8)) return false;
      this.write(this.take(8));
      this.left--;
    }
    this.stage = Stage.blockHead;
    return true;
  }

  private useFixedCodes(): void {
    const { lengths } = this;
    lengths.fill(8, 0, 144);
    lengths.fill(9, 144, 256);
    lengths.fill(7, 256, 280);
    lengths.fill(8, 280, LITERALS_MAX);
    lengths.fill(5, LITERALS_MAX, LITERALS_MAX + DISTANCES_MAX);
    this.literalCode.build(lengths, 0, LITERALS_MAX);
    this.distanceCode.build(lengths, LITERALS_MAX, DISTANCES_MAX);
    this.stage = Stage.symbol;
  }

  private readTableHead(): boolean {
    if (!this.need(14)) return false;
    this.literalCount = this.take(5) + 257;
    this.distanceCount = this.take(5) + 1;
    this.lengthCodeCount = this.take(4) + 4;
    if (this.literalCount > 286 || this.distanceCount > 30) return this.fail();
    this.lengths.fill(0);
    this.index = 0;
    this.stage = Stage.lengthCodes;
    return true;
  }

  private readLengthCodes(): boolean {
    while (this.index < this.lengthCodeCount) {
      if (!this.need(3)) return false;
      this.lengths[LENGTH_CODE_ORDER[this.index++]!] = this.take(3);
    }
    if (!this.lengthCode.build(this.lengths, 0, 19)) return this.fail();
    this.lengths.fill(0);
    this.index = 0;
    this.stage = Stage.codeLengths;
    return true;
  }

  private readCodeLengths(): boolean {
    const { lengths } = this;
    const count = this.literalCount + this.distanceCount;
    while (this.index < count) {
      const symbol = this.peekSymbol(this.lengthCode, 7);
      if (symbol === HUFFMAN_MORE) return false;
      if (symbol === HUFFMAN_BROKEN) return this.fail();
      if (symbol < 16) {
        this.take(this.lengthCode.bits);
        lengths[this.index++] = symbol;
      } else if (!this.repeatLength(symbol, count)) return false;
    }
    if (lengths[END_OF_BLOCK] === 0) return this.fail();
    const isWhole =
      this.literalCode.build(lengths, 0, this.literalCount) &&
      this.distanceCode.build(lengths, this.literalCount, this.distanceCount);
    if (!isWhole) return this.fail();
    this.stage = Stage.symbol;
    return true;
  }

  private repeatLength(symbol: number, count: number): boolean {
    const codeBits = this.lengthCode.bits;
    const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    if (!this.need(codeBits + extra)) return false;
    this.take(codeBits);
    const times = this.take(extra) + (symbol === 18 ? 11 : 3);
    if (this.index + times > count || (symbol === 16 && this.index === 0)) return this.fail();
    const value = symbol === 16 ? this.lengths[this.index - 1]! : 0;
    this.lengths.fill(value, this.index, this.index + times);
    this.index += times;
    return true;
  }

  /** The next symbol, its bits not yet taken; `usual` bits are enough for most. */
  private peekSymbol(code: HuffmanCode, usual: number): number {
    this.need(usual);
    let symbol = code.decode(this.hold, this.bits);
    while (symbol === HUFFMAN_MORE && this.need(this.bits + 1)) {
      symbol = code.decode(this.hold, this.bits);
    }
    return symbol;
  }

  private readSymbols(): boolean {
    if (this.hasRoom()) this.readFast();
    while (this.next < this.limit) {
      const symbol = this.peekSymbol(this.literalCode, 9);
      if (symbol === HUFFMAN_MORE) return false;
      if (symbol === HUFFMAN_BROKEN || symbol > 285) return this.fail();
      this.take(this.literalCode.bits);
      if (symbol < END_OF_BLOCK) {
        this.write(symbol);
        if (this.hasRoom()) return true;
      } else {
        this.symbol = symbol - END_OF_BLOCK - 1;
        this.left = 0;
        this.stage = symbol === END_OF_BLOCK ? Stage.blockHead : Stage.lengthExtra;
        return true;
      }
    }
    return false;
  }

  private readLengthExtra(): boolean {
    const extra = LENGTH_EXTRA[this.symbol]!;
    if (!this.need(extra)) return false;
    this.left = LENGTH_BASES[this.symbol]! + this.take(extra);
    this.stage = Stage.distance;
    return true;
  }

  private readDistance(): boolean {
    const symbol = this.peekSymbol(this.distanceCode, 5);
    if (symbol === HUFFMAN_MORE) return false;
    if (symbol === HUFFMAN_BROKEN || symbol > 29) return this.fail();
    this.take(this.distanceCode.bits);
    this.symbol = symbol;
    this.stage = Stage.distanceExtra;
    return true;
  }

  private readDistanceExtra(): boolean {
    const extra = Math.max(0, (this.symbol >> 1) - 1);
    if (!this.need(extra)) return false;
    this.distance = DISTANCE_BASES[this.symbol]! + this.take(extra);
    if (this.distance > this.windowFilled + (this.next - this.unkept)) return this.fail();
    this.stage = Stage.copy;
    return true;
  }

  private copyMatch(): boolean {
    while (this.left > 0) {
      if (this.next >= this.limit) return false;
      this.write(this.byteBehind(this.distance));
      this.left--;
    }
    this.stage = Stage.symbol;
    return true;
  }
}
