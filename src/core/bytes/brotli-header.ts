/**
 * The header of a meta-block (RFC 7932 section 9.2): block types, context maps and prefix codes. Read as one
 * element: when the bits run out it is read again from its start.
 */
import { type BrotliBits, PrefixCode } from "./brotli-bits.ts";
import { BLOCK_COUNT_BASES, BLOCK_COUNT_BITS } from "./brotli-tables.ts";

const NO_BLOCKS_COUNT = 1 << 24;
const COMMAND_SYMBOLS = 704;

/** The block types of one category: literals, commands or distances. */
export class BlockSwitch {
  type = 0;
  /** Elements left in the block. */
  left = NO_BLOCKS_COUNT;
  readonly count: number;
  private before = 1;
  private markedType = 0;
  private markedBefore = 1;
  private markedLeft = 0;
  private readonly types: PrefixCode | null = null;
  private readonly counts: PrefixCode | null = null;

  constructor(bits: BrotliBits) {
    this.count = readCount(bits);
    if (this.count < 2 || bits.isStarved) return;
    this.types = PrefixCode.read(bits, this.count + 2);
    this.counts = PrefixCode.read(bits, BLOCK_COUNT_BASES.length);
    if (!bits.isBroken) this.left = readBlockCount(bits, this.counts);
  }

  /** Counts one element; the type is that of its block. Goes wrong only when the bits do. */
  take(bits: BrotliBits): void {
    const { types, counts } = this;
    if (types === null || counts === null) return;
    if (this.left === 0) {
      const symbol = bits.readSymbol(types);
      const left = readBlockCount(bits, counts);
      if (bits.isStarved || bits.isBroken) return;
      const type =
        symbol === 0 ? this.before : symbol === 1 ? (this.type + 1) % this.count : symbol - 2;
      this.before = this.type;
      this.type = type;
      this.left = left;
    }
    this.left--;
  }

  /** Remembers this place, to go back to when the element that `take` begins is not whole. */
  mark(): void {
    this.markedType = this.type;
    this.markedBefore = this.before;
    this.markedLeft = this.left;
  }

  rewind(): void {
    this.type = this.markedType;
    this.before = this.markedBefore;
    this.left = this.markedLeft;
  }
}

export class MetaBlockHeader {
  readonly literals: BlockSwitch;
  readonly commands: BlockSwitch;
  readonly distances: BlockSwitch;
  readonly postfixBits: number;
  readonly directCount: number;
  readonly contextModes: Uint8Array;
  readonly literalMap: Uint8Array;
  readonly distanceMap: Uint8Array;
  readonly literalCodes: readonly PrefixCode[];
  readonly commandCodes: readonly PrefixCode[];
  readonly distanceCodes: readonly PrefixCode[];

  /** Of use only when the bits are neither starved nor broken afterwards. */
  constructor(bits: BrotliBits) {
    this.literals = new BlockSwitch(bits);
    this.commands = new BlockSwitch(bits);
    this.distances = new BlockSwitch(bits);
    this.postfixBits = bits.read(2);
    this.directCount = bits.read(4) << this.postfixBits;
    this.contextModes = new Uint8Array(this.literals.count);
    for (let i = 0; i < this.contextModes.length; i++) this.contextModes[i] = bits.read(2);
    const literalTrees = readCount(bits);
    this.literalMap = readContextMap(bits, this.literals.count * 64, literalTrees);
    const distanceTrees = readCount(bits);
    this.distanceMap = readContextMap(bits, this.distances.count * 4, distanceTrees);
    const distanceSymbols = 16 + this.directCount + (48 << this.postfixBits);
    this.literalCodes = readCodes(bits, literalTrees, 256);
    this.commandCodes = readCodes(bits, this.commands.count, COMMAND_SYMBOLS);
    this.distanceCodes = readCodes(bits, distanceTrees, distanceSymbols);
  }
}

function readCodes(bits: BrotliBits, count: number, size: number): PrefixCode[] {
  const codes: PrefixCode[] = [];
  for (let i = 0; i < count && !bits.isStarved && !bits.isBroken; i++) {
    codes.push(PrefixCode.read(bits, size));
  }
  return codes;
}

/** 1 to 256. */
function readCount(bits: BrotliBits): number {
  if (bits.read(1) === 0) return 1;
  const extra = bits.read(3);
  return (1 << extra) + 1 + bits.read(extra);
}

function readBlockCount(bits: BrotliBits, code: PrefixCode): number {
  const symbol = bits.readSymbol(code);
  return BLOCK_COUNT_BASES[symbol]! + bits.read(BLOCK_COUNT_BITS[symbol]!);
}

function readContextMap(bits: BrotliBits, size: number, trees: number): Uint8Array {
  const map = new Uint8Array(size);
  if (trees < 2 || bits.isStarved || bits.isBroken) return map;
  const runsMax = bits.read(1) === 0 ? 0 : bits.read(4) + 1;
  const code = PrefixCode.read(bits, trees + runsMax);
  for (let at = 0; at < size; ) {
    const symbol = bits.readSymbol(code);
    if (bits.isStarved || bits.isBroken) return map;
    if (symbol > runsMax) map[at++] = symbol - runsMax;
    else if (symbol === 0) at++;
    else at += (1 << symbol) + bits.read(symbol);
    if (at > size) bits.isBroken = true;
  }
  if (bits.read(1) === 1) undoMoveToFront(map);
  return map;
}

function undoMoveToFront(map: Uint8Array): void {
  const order = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let at = 0; at < map.length; at++) {
    const place = map[at]!;
    const value = order[place]!;
    map[at] = value;
    order.copyWithin(1, 0, place);
    order[0] = value;
  }
}
