/**
 * Decodes Brotli (RFC 7932), resumable at any byte of input and of output, with the same interface as `Inflater`.
 * Input is kept until its element (a header, a command, a literal, a distance) is whole. Memory: the window, which
 * grows as the output does, and what one header may hold. Left out: the large windows of later drafts.
 *
 * @hotpath
 */
import { BrotliBits } from "./brotli-bits.ts";
import { MetaBlockHeader } from "./brotli-header.ts";
import {
  COPY_BASES,
  COPY_BITS,
  COPY_CELLS,
  INSERT_BASES,
  INSERT_BITS,
  INSERT_CELLS,
  SHORT_DISTANCE_ADDED,
  SHORT_DISTANCE_PLACES,
  SIGNED,
  UTF8_BEFORE,
  UTF8_LAST,
} from "./brotli-tables.ts";
import { brotliWord } from "./brotli-words.ts";
import { InflateStatus } from "./inflate.ts";

const Stage = {
  stream: 0,
  block: 1,
  raw: 2,
  skip: 3,
  codes: 4,
  command: 5,
  literals: 6,
  distance: 7,
  copy: 8,
  word: 9,
  done: 10,
  broken: 11,
} as const;

const FIRST_WINDOW_BYTES = 4096;
/** A header that is not whole is read again only when this part of it more has come. */
const RETRY_SHIFT = 3;
const HEADER_BYTES_MAX = 262_144;
const NOTHING = new Uint8Array(0);

export class BrotliDecoder {
  /** Offset behind the last input byte used (all of it), behind the last output byte written, after a call. */
  inputEnd = 0;
  outputEnd = 0;

  private readonly bits = new BrotliBits();
  private stage: number = Stage.stream;
  private window = new Uint8Array(FIRST_WINDOW_BYTES);
  private windowBytes = 0;
  private windowMax = 0;
  private produced = 0;
  private isLast = false;
  private blockLeft = 0;
  private header: MetaBlockHeader | null = null;
  private retryAtBytes = 0;
  private insertLeft = 0;
  private copyLength = 0;
  private copyLeft = 0;
  private usesLastDistance = false;
  private distance = 0;
  private readonly lastDistances = [4, 11, 15, 16];
  private word: Uint8Array = NOTHING;
  private output: Uint8Array = NOTHING;
  private next = 0;
  private limit = 0;

  /** Goes on with the input in [start, end), writing to [outStart, outEnd); an InflateStatus. */
  push(
    input: Uint8Array,
    start: number,
    end: number,
    output: Uint8Array,
    outStart: number,
    outEnd: number,
  ): number {
    if (end > start) this.bits.append(input, start, end);
    this.output = output;
    this.next = outStart;
    this.limit = outEnd;
    while (this.stage < Stage.done && this.step()) {
      // Each step read bits or wrote output.
    }
    this.inputEnd = end;
    this.outputEnd = this.next;
    this.output = NOTHING;
    if (this.stage === Stage.done) return InflateStatus.done;
    if (this.stage === Stage.broken) return InflateStatus.broken;
    return this.next >= this.limit ? InflateStatus.outputFull : InflateStatus.needsInput;
  }

  /** One element forward; false when it has to wait. */
  private step(): boolean {
    const { bits } = this;
    const { stage } = this;
    if (stage === Stage.copy) return this.copy();
    if (stage === Stage.word) return this.copyWord();
    if (stage === Stage.literals && this.next >= this.limit) return false;
    if (stage === Stage.raw && this.next >= this.limit) return false;
    if (stage === Stage.codes && bits.heldBytes < this.retryAtBytes) return false;
    const position = bits.position;
    bits.isStarved = false;
    this.readElement(stage);
    if (bits.isStarved) {
      // What was read beyond the end is nothing: it is no ground to call the data broken.
      bits.isBroken = false;
      bits.position = position;
      this.stage = stage;
      if (stage === Stage.codes) this.waitForHeader();
      return false;
    }
    if (bits.isBroken) this.stage = Stage.broken;
    return !bits.isBroken;
  }

  private waitForHeader(): void {
    const held = this.bits.heldBytes;
    this.retryAtBytes = held + (held >> RETRY_SHIFT) + 1;
    if (held > HEADER_BYTES_MAX) this.stage = Stage.broken;
  }

  private readElement(stage: number): void {
    switch (stage) {
      case Stage.stream:
        this.readWindowSize();
        return;
      case Stage.block:
        this.readBlockHead();
        return;
      case Stage.raw:
        this.readRaw();
        return;
      case Stage.skip:
        this.skipByte();
        return;
      case Stage.codes:
        this.readCodes();
        return;
      case Stage.command:
        this.readCommand();
        return;
      case Stage.literals:
        this.readLiteral();
        return;
      default:
        this.readDistance();
    }
  }

  private readWindowSize(): void {
    const { bits } = this;
    let windowBits = 16;
    if (bits.read(1) === 1) {
      const high = bits.read(3);
      const low = high === 0 ? bits.read(3) : 0;
      windowBits = high > 0 ? 17 + high : low === 0 ? 17 : 8 + low;
      if (high === 0 && low === 1) bits.isBroken = !bits.isStarved;
    }
    this.windowBytes = 1 << windowBits;
    this.windowMax = this.windowBytes - 16;
    this.stage = Stage.block;
  }

  private readBlockHead(): void {
    const { bits } = this;
    if (this.isLast) {
      this.stage = Stage.done;
      return;
    }
    const isLast = bits.read(1) === 1;
    if (isLast && bits.read(1) === 1) {
      if (!bits.isStarved) this.stage = Stage.done;
      return;
    }
    const nibbles = bits.read(2) + 4;
    if (nibbles === 7) {
      this.readMetadataHead();
      return;
    }
    let length = 0;
    for (let i = 0; i < nibbles; i++) length |= bits.read(4) << (4 * i);
    this.blockLeft = length + 1;
    const isRaw = !isLast && bits.read(1) === 1;
    if (isRaw) bits.align();
    if (bits.isStarved) return;
    this.isLast = isLast;
    this.stage = isRaw ? Stage.raw : Stage.codes;
    this.retryAtBytes = 0;
  }

  private readMetadataHead(): void {
    const { bits } = this;
    if (bits.read(1) !== 0) bits.isBroken = true;
    const count = bits.read(2);
    let length = 0;
    for (let i = 0; i < count; i++) length |= bits.read(8) << (8 * i);
    this.blockLeft = count === 0 ? 0 : length + 1;
    bits.align();
    this.stage = this.blockLeft === 0 ? Stage.block : Stage.skip;
  }

  private skipByte(): void {
    this.bits.read(8);
    if (!this.bits.isStarved && --this.blockLeft === 0) this.stage = Stage.block;
  }

  private readRaw(): void {
    const byte = this.bits.read(8);
    if (this.bits.isStarved) return;
    this.write(byte);
    if (--this.blockLeft === 0) this.stage = Stage.block;
  }

  private readCodes(): void {
    const header = new MetaBlockHeader(this.bits);
    if (this.bits.isStarved || this.bits.isBroken) return;
    this.header = header;
    this.stage = Stage.command;
  }

  private readCommand(): void {
    const { bits, header } = this;
    if (header === null) return;
    const { commands } = header;
    commands.mark();
    commands.take(bits);
    const symbol = bits.readSymbol(header.commandCodes[commands.type]!);
    const cell = symbol >> 6;
    // Groups 0 and 1 use the distance before; the others say theirs.
    const group = cell;
    const insert = INSERT_CELLS[group]! + ((symbol >> 3) & 7);
    const copy = COPY_CELLS[group]! + (symbol & 7);
    const insertLength = INSERT_BASES[insert]! + bits.read(INSERT_BITS[insert]!);
    const copyLength = COPY_BASES[copy]! + bits.read(COPY_BITS[copy]!);
    if (bits.isStarved) {
      commands.rewind();
      return;
    }
    this.insertLeft = insertLength;
    this.copyLength = copyLength;
    this.usesLastDistance = cell < 2;
    if (insertLength > this.blockLeft) bits.isBroken = true;
    this.stage = insertLength > 0 ? Stage.literals : Stage.distance;
  }

  private readLiteral(): void {
    const { bits, header } = this;
    if (header === null) return;
    const { literals } = header;
    literals.mark();
    literals.take(bits);
    const context = this.contextOf(header.contextModes[literals.type]!);
    const tree = header.literalMap[literals.type * 64 + context]!;
    const byte = bits.readSymbol(header.literalCodes[tree]!);
    if (bits.isStarved) {
      literals.rewind();
      return;
    }
    this.write(byte);
    this.blockLeft--;
    if (--this.insertLeft > 0) return;
    this.stage = this.blockLeft === 0 ? Stage.block : Stage.distance;
  }

  private contextOf(mode: number): number {
    const last = this.byteBefore(1);
    if (mode === 0) return last & 63;
    if (mode === 1) return last >> 2;
    const before = this.byteBefore(2);
    if (mode === 2) return UTF8_LAST[last]! | UTF8_BEFORE[before]!;
    return (SIGNED[last]! << 3) | SIGNED[before]!;
  }

  private byteBefore(distance: number): number {
    if (distance > this.produced) return 0;
    return this.window[(this.produced - distance) & (this.window.length - 1)]!;
  }

  private readDistance(): void {
    const { bits, header } = this;
    if (header === null) return;
    if (this.usesLastDistance) {
      this.distance = this.lastDistances[0]!;
      this.beginCopy(true);
      return;
    }
    const { distances } = header;
    distances.mark();
    distances.take(bits);
    const context = Math.min(this.copyLength, 5) - 2;
    const tree = header.distanceMap[distances.type * 4 + context]!;
    const symbol = bits.readSymbol(header.distanceCodes[tree]!);
    this.distance = symbol < 16 ? this.shortDistance(symbol) : this.longDistance(symbol, header);
    if (bits.isStarved) {
      distances.rewind();
      return;
    }
    this.beginCopy(symbol === 0);
  }

  private shortDistance(symbol: number): number {
    return this.lastDistances[SHORT_DISTANCE_PLACES[symbol]!]! + SHORT_DISTANCE_ADDED[symbol]!;
  }

  private longDistance(symbol: number, header: MetaBlockHeader): number {
    const { postfixBits, directCount } = header;
    const direct = symbol - 16;
    if (direct < directCount) return direct + 1;
    const code = direct - directCount;
    const high = code >> postfixBits;
    const low = code & ((1 << postfixBits) - 1);
    const extraBits = 1 + (high >> 1);
    const offset = ((2 + (high & 1)) << extraBits) - 4;
    return ((offset + this.bits.read(extraBits)) << postfixBits) + low + directCount + 1;
  }

  private beginCopy(isLastDistance: boolean): void {
    const { bits, distance } = this;
    const reach = Math.min(this.produced, this.windowMax);
    if (distance <= 0) bits.isBroken = true;
    else if (distance > reach) this.beginWord(distance - reach - 1);
    else {
      if (!isLastDistance) {
        this.lastDistances.pop();
        this.lastDistances.unshift(distance);
      }
      this.copyLeft = this.copyLength;
      this.blockLeft -= this.copyLength;
      if (this.blockLeft < 0) bits.isBroken = true;
      this.stage = Stage.copy;
    }
  }

  private beginWord(number: number): void {
    const word = brotliWord(this.copyLength, number);
    if (word === null || word.length > this.blockLeft) {
      this.bits.isBroken = true;
      return;
    }
    this.word = word;
    this.copyLeft = word.length;
    this.blockLeft -= word.length;
    this.stage = Stage.word;
  }

  private copy(): boolean {
    while (this.copyLeft > 0) {
      if (this.next >= this.limit) return false;
      this.write(this.byteBefore(this.distance));
      this.copyLeft--;
    }
    this.stage = this.blockLeft === 0 ? Stage.block : Stage.command;
    return true;
  }

  private copyWord(): boolean {
    const { word } = this;
    while (this.copyLeft > 0) {
      if (this.next >= this.limit) return false;
      this.write(word[word.length - this.copyLeft]!);
      this.copyLeft--;
    }
    this.stage = this.blockLeft === 0 ? Stage.block : Stage.command;
    return true;
  }

  private write(byte: number): void {
    if (this.produced === this.window.length && this.window.length < this.windowBytes) {
      const grown = new Uint8Array(2 * this.window.length);
      grown.set(this.window);
      this.window = grown;
    }
    this.output[this.next++] = byte;
    this.window[this.produced & (this.window.length - 1)] = byte;
    this.produced++;
  }
}
