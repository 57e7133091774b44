/**
 * The range decoder of LZMA: bits by adaptive probabilities, resumable. Input is kept until it is used; what a
 * symbol changed is undone when the input ends within it, and the symbol is read again with more.
 *
 * @hotpath
 */
const PROBABILITY_BITS = 11;
const PROBABILITY_HALF = 1 << (PROBABILITY_BITS - 1);
const PROBABILITY_ONE = 1 << PROBABILITY_BITS;
const ADAPTION_SHIFT = 5;
const NORMAL_RANGE = 0x100_0000;
/** Bytes that one symbol takes at most; with more at hand nothing needs to be undone. */
const SYMBOL_BYTES_MAX = 24;
const FIRST_CODE_BYTES = 5;
const NOTHING = new Uint8Array(0);

export class LzmaRange {
  /** The input ended within the symbol. */
  isStarved = false;
  private probabilities = new Uint16Array(0);
  private range = 0xffff_ffff;
  private code = 0;
  private held: Uint8Array = NOTHING;
  private next = 0;
  private keepsJournal = false;
  private readonly journalPlaces: number[] = [];
  private readonly journalValues: number[] = [];
  private startRange = 0;
  private startCode = 0;
  private startNext = 0;

  get heldBytes(): number {
    return this.held.length - this.next;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const left = this.heldBytes;
    const held = new Uint8Array(left + (end - start));
    for (let i = 0; i < left; i++) held[i] = this.held[this.next + i]!;
    for (let i = start; i < end; i++) held[left + i - start] = bytes[i]!;
    this.held = held;
    this.next = 0;
  }

  /** The next `count` bytes as they are; null when there are not that many. */
  take(count: number): Uint8Array | null {
    if (this.heldBytes < count) return null;
    const taken = this.held.slice(this.next, this.next + count);
    this.next += count;
    return taken;
  }

  /** Begins with the first bytes of the code: true, null when they are not there yet, false when they are wrong. */
  begin(probabilityCount: number): boolean | null {
    const first = this.take(FIRST_CODE_BYTES);
    if (first === null) return null;
    this.probabilities = new Uint16Array(probabilityCount).fill(PROBABILITY_HALF);
    this.code = ((first[1]! << 24) | (first[2]! << 16) | (first[3]! << 8) | first[4]!) >>> 0;
    this.range = 0xffff_ffff;
    return first[0] === 0;
  }

  beginSymbol(): void {
    this.isStarved = false;
    this.startRange = this.range;
    this.startCode = this.code;
    this.startNext = this.next;
    this.keepsJournal = this.heldBytes < SYMBOL_BYTES_MAX;
    this.journalPlaces.length = this.journalValues.length = 0;
  }

  /** Takes back what the symbol changed. */
  undoSymbol(): void {
    this.range = this.startRange;
    this.code = this.startCode;
    this.next = this.startNext;
    for (let i = this.journalPlaces.length - 1; i >= 0; i--) {
      this.probabilities[this.journalPlaces[i]!] = this.journalValues[i]!;
    }
  }

  bit(place: number): number {
    this.normalise();
    const probability = this.probabilities[place]!;
    if (this.keepsJournal) {
      this.journalPlaces.push(place);
      this.journalValues.push(probability);
    }
    const bound = (this.range >>> PROBABILITY_BITS) * probability;
    if (this.code < bound) {
      this.range = bound;
      const rise = (PROBABILITY_ONE - probability) >> ADAPTION_SHIFT;
      this.probabilities[place] = probability + rise;
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    this.probabilities[place] = probability - (probability >> ADAPTION_SHIFT);
    return 1;
  }

  /** A number of `count` bits, the highest first, by a tree of probabilities that begins at `base`. */
  tree(base: number, count: number): number {
    let node = 1;
    for (let i = 0; i < count; i++) node = (node << 1) | this.bit(base + node);
    return node - (1 << count);
  }

  /** The same, the lowest bit first. */
  reverseTree(base: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < count; i++) {
      const bit = this.bit(base + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** `count` bits that are even odds. */
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.normalise();
      this.range >>>= 1;
      const isOne = this.code >= this.range;
      if (isOne) this.code -= this.range;
      value = value * 2 + (isOne ? 1 : 0);
    }
    return value;
  }

  private normalise(): void {
    if (this.range >= NORMAL_RANGE) return;
    if (this.next >= this.held.length) {
      this.isStarved = true;
      return;
    }
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.held[this.next++]!) >>> 0;
  }
}
