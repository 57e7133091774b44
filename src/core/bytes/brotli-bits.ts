/**
 * Bits of a Brotli stream that comes in pieces. Reading past what is there sets `isStarved`: whoever reads goes
 * back to where the element began and waits for more.
 *
 * @hotpath
 */
import { CODE_LENGTH_ORDER } from "./brotli-tables.ts";
import { HUFFMAN_MORE, HuffmanCode } from "./huffman.ts";

const FIRST_CAPACITY_BYTES = 1024;

export class BrotliBits {
  isStarved = false;
  /** The bits make no sense. */
  isBroken = false;
  /** Place of the next bit in what is held. */
  position = 0;
  private bytes = new Uint8Array(FIRST_CAPACITY_BYTES);
  private length = 0;

  append(input: Uint8Array, start: number, end: number): void {
    this.dropUsed();
    const needed = this.length + (end - start);
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    const { bytes, length } = this;
    for (let i = start; i < end; i++) bytes[length + i - start] = input[i]!;
    this.length = needed;
  }

  get heldBytes(): number {
    return this.length - (this.position >> 3);
  }

  /** At most 24 bits. */
  read(count: number): number {
    if (this.position + count > this.length * 8) {
      this.isStarved = true;
      return 0;
    }
    const value = this.peek() & ((1 << count) - 1);
    this.position += count;
    return value;
  }

  readSymbol(code: PrefixCode): number {
    if (code.single >= 0) return code.single;
    const available = Math.min(this.length * 8 - this.position, 16);
    const symbol = code.tree.decode(this.peek(), available);
    if (symbol >= 0) {
      this.position += code.tree.bits;
      return symbol;
    }
    if (symbol === HUFFMAN_MORE) this.isStarved = true;
    else this.isBroken = true;
    return 0;
  }

  /** To the next whole byte; the bits passed over must be zero. */
  align(): void {
    const rest = -this.position & 7;
    if (rest > 0 && this.read(rest) !== 0) this.isBroken = true;
  }

  private peek(): number {
    const { bytes, position } = this;
    const at = position >> 3;
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const high = ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    return (low | high) >>> (position & 7);
  }

  private dropUsed(): void {
    const used = this.position >> 3;
    if (used === 0) return;
    this.bytes.copyWithin(0, used, this.length);
    this.length -= used;
    this.position &= 7;
  }
}

/** A prefix code (RFC 7932 section 3); one of a single symbol takes no bits. */
export class PrefixCode {
  single = -1;
  readonly tree: HuffmanCode;

  private constructor(size: number) {
    this.tree = new HuffmanCode(size);
  }

  /** Reads the description of a code over `size` symbols. */
  static read(bits: BrotliBits, size: number): PrefixCode {
    const code = new PrefixCode(size);
    const skip = bits.read(2);
    if (skip === 1) code.readSimple(bits, size);
    else code.readComplex(bits, size, skip);
    return code;
  }

  private readSimple(bits: BrotliBits, size: number): void {
    const count = bits.read(2) + 1;
    const symbolBits = 32 - Math.clz32(size - 1);
    const symbols: number[] = [];
    for (let i = 0; i < count; i++) symbols.push(bits.read(symbolBits));
    const isDeep = count === 4 && bits.read(1) === 1;
    if (bits.isStarved) return;
    if (new Set(symbols).size < count || symbols.some((symbol) => symbol >= size)) {
      bits.isBroken = true;
      return;
    }
    if (count === 1) this.single = symbols[0]!;
    const lengths = new Uint8Array(size);
    symbols.forEach((symbol, place) => {
      lengths[symbol] = simpleLength(count, place, isDeep);
    });
    if (count > 1) this.build(bits, lengths);
  }

  private readComplex(bits: BrotliBits, size: number, skip: number): void {
    const lengths = new Uint8Array(CODE_LENGTH_ORDER.length);
    let space = 32;
    let used = 0;
    let last = 0;
    for (let i = skip; i < CODE_LENGTH_ORDER.length && space > 0; i++) {
      const length = readCodeLengthLength(bits);
      if (bits.isStarved) return;
      if (length === 0) continue;
      last = CODE_LENGTH_ORDER[i]!;
      lengths[last] = length;
      space -= 32 >> length;
      used++;
    }
    const lengthCode = new PrefixCode(CODE_LENGTH_ORDER.length);
    if (used === 1) lengthCode.single = last;
    else if (space !== 0) bits.isBroken = true;
    else lengthCode.build(bits, lengths);
    if (!bits.isBroken) this.readLengths(bits, size, lengthCode);
  }

  private readLengths(bits: BrotliBits, size: number, lengthCode: PrefixCode): void {
    const lengths = new Uint8Array(size);
    let space = 32_768;
    let before = 8;
    let repeat = 0;
    let repeated = 0;
    let at = 0;
    while (at < size && space > 0) {
      const symbol = bits.readSymbol(lengthCode);
      if (bits.isStarved || bits.isBroken) return;
      if (symbol < 16) {
        repeat = 0;
        lengths[at++] = symbol;
        if (symbol === 0) continue;
        before = symbol;
        space -= 32_768 >> symbol;
        continue;
      }
      const extra = symbol === 16 ? 2 : 3;
      const value = symbol === 16 ? before : 0;
      if (repeated !== value) repeat = 0;
      repeated = value;
      const old = repeat;
      repeat = (repeat > 0 ? (repeat - 2) << extra : 0) + bits.read(extra) + 3;
      const times = repeat - old;
      if (bits.isStarved) return;
      if (at + times > size) {
        bits.isBroken = true;
        return;
      }
      lengths.fill(value, at, at + times);
      at += times;
      if (value > 0) space -= times << (15 - value);
    }
    if (space !== 0) bits.isBroken = true;
    else this.build(bits, lengths);
  }

  private build(bits: BrotliBits, lengths: Uint8Array): void {
    if (!this.tree.build(lengths, 0, lengths.length)) bits.isBroken = true;
  }
}

/** Lengths of the codes of two to four symbols by their places. */
function simpleLength(count: number, place: number, isDeep: boolean): number {
  if (count === 2) return 1;
  if (count === 3) return place === 0 ? 1 : 2;
  return isDeep ? Math.min(place + 1, 3) : 2;
}

function readCodeLengthLength(bits: BrotliBits): number {
  const low = bits.read(2);
  if (low === 0) return 0;
  if (low === 1) return 4;
  if (low === 2) return 3;
  if (bits.read(1) === 0) return 2;
  return bits.read(1) === 0 ? 1 : 5;
}
