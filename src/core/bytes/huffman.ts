/**
 * Canonical Huffman codes (RFC 1951 §3.2.2), decoded bit by bit from counts; and by a table of the short codes, which
 * is filled only when somebody asks for it, so that input of many tiny blocks costs no more than its bits.
 *
 * @hotpath
 */
const CODE_BITS_MAX = 15;

export const HUFFMAN_MORE = -1;
export const HUFFMAN_BROKEN = -2;

export class HuffmanCode {
  /** How many codes have each length; the symbols in the order of their codes. */
  private readonly counts = new Uint16Array(CODE_BITS_MAX + 1);
  private readonly symbols: Uint16Array;
  /** Bits of the symbol decoded last. */
  bits = 0;
  /** By the next bits, lowest first: the symbol times 16 plus the bits of its code; 0 where that is longer. */
  private readonly table: Uint16Array;
  private isTableFilled = false;

  /** `tableBits`: codes up to this length are in the table. */
  constructor(symbolsMax: number, tableBits = 0) {
    this.symbols = new Uint16Array(symbolsMax);
    this.table = new Uint16Array(1 << tableBits);
  }

  /** The table for the code built last. */
  shortCodes(): Uint16Array {
    if (!this.isTableFilled) this.fillTable();
    return this.table;
  }

  private fillTable(): void {
    const { table, counts, symbols } = this;
    const size = table.length;
    table.fill(0);
    let code = 0;
    let place = 0;
    for (let length = 1; 1 << length <= size; length++) {
      for (let i = counts[length]!; i > 0; i--) {
        const entry = (symbols[place++]! << 4) | length;
        for (let at = reversed(code, length); at < size; at += 1 << length) table[at] = entry;
        code++;
      }
      code <<= 1;
    }
    this.isTableFilled = true;
  }

  /**
   * Takes the lengths of `count` symbols from `lengths` at `from`. False when they are more than codes can have;
   * too few are allowed for one symbol only, as in zlib.
   */
  build(lengths: Uint8Array, from: number, count: number): boolean {
    const { counts, symbols } = this;
    this.isTableFilled = false;
    counts.fill(0);
    for (let index = 0; index < count; index++) {
      const length = lengths[from + index]!;
      counts[length] = counts[length]! + 1;
    }
    const unused = counts[0]!;
    counts[0] = 0;
    let left = 1;
    const offsets = new Uint16Array(CODE_BITS_MAX + 2);
    for (let length = 1; length <= CODE_BITS_MAX; length++) {
      left = left * 2 - counts[length]!;
      if (left < 0) return false;
      offsets[length + 1] = offsets[length]! + counts[length]!;
    }
    for (let index = 0; index < count; index++) {
      const length = lengths[from + index]!;
      if (length === 0) continue;
      const place = offsets[length]!;
      offsets[length] = place + 1;
      symbols[place] = index;
    }
    return left === 0 || count - unused <= 1;
  }

  /** The symbol at the low end of `hold`, which has `available` bits; HUFFMAN_MORE, HUFFMAN_BROKEN. */
  decode(hold: number, available: number): number {
    const { counts } = this;
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= CODE_BITS_MAX; length++) {
      if (length > available) return HUFFMAN_MORE;
      code |= (hold >>> (length - 1)) & 1;
      const count = counts[length]!;
      if (code - first < count) {
        this.bits = length;
        return this.symbols[index + code - first]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return HUFFMAN_BROKEN;
  }
}

/** The low `length` bits of a code, the first bit last. */
function reversed(code: number, length: number): number {
  let rest = code;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 1) | (rest & 1);
    rest >>>= 1;
  }
  return bits;
}
