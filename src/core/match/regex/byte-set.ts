/**
 * Sets of bytes: what one position of a regular expression accepts. Case is ASCII case, as PCRE's default
 * tables have it; `\s` has the vertical tab, `\h` the no-break space, `\v` the next-line byte.
 */

/** A mutable set over 0..255, one bit a byte in eight words. */
export class ByteSet {
  readonly words = new Uint32Array(8);

  static of(...bytes: readonly number[]): ByteSet {
    const set = new ByteSet();
    for (const byte of bytes) set.add(byte);
    return set;
  }

  static range(first: number, last: number): ByteSet {
    return new ByteSet().addRange(first, last);
  }

  has(byte: number): boolean {
    return ((this.words[byte >>> 5]! >>> (byte & 31)) & 1) === 1;
  }

  add(byte: number): void {
    this.words[byte >>> 5]! |= 1 << (byte & 31);
  }

  /** Adds both ends and all between; returns itself. */
  addRange(first: number, last: number): this {
    for (let byte = first; byte <= last; byte++) this.add(byte);
    return this;
  }

  /** Adds the members of `other`; returns itself. */
  addSet(other: ByteSet): this {
    for (let i = 0; i < 8; i++) this.words[i]! |= other.words[i]!;
    return this;
  }

  /** A new set of the bytes that are not members. */
  inverted(): ByteSet {
    const set = new ByteSet();
    for (let i = 0; i < 8; i++) set.words[i] = ~this.words[i]!;
    return set;
  }

  /** A new set that has both cases of each ASCII letter in this one. Words 2 and 3 hold 64..127. */
  caseFolded(): ByteSet {
    const set = new ByteSet().addSet(this);
    const letters = (this.words[2]! | this.words[3]!) & LETTER_BITS;
    set.words[2]! |= letters;
    set.words[3]! |= letters;
    return set;
  }

  get size(): number {
    let count = 0;
    for (let byte = 0; byte < 256; byte++) if (this.has(byte)) count++;
    return count;
  }

  /** Equal for equal sets. */
  key(): string {
    return this.words.join(",");
  }
}

/** Bits 1..26 of the words at 64 (`@A..Z`) and 96 (`` `a..z ``). */
const LETTER_BITS = 0x07fffffe;

/**
 * The one byte that the set accepts, as `byte`, or a letter in both cases as `0x100 | lower case`; -1 for
 * any other set.
 */
export function literalOf(set: ByteSet): number {
  let first = -1;
  for (let i = 0; i < 8; i++) {
    const word = set.words[i]!;
    if (word === 0) continue;
    const bit = 31 - Math.clz32(word);
    const rest = word & ~(1 << bit);
    if (first === -1 && rest === 0) first = i * 32 + bit;
    else if (i === 3 && rest === 0 && first + 32 === 96 + bit && first > 64 && first < 91) {
      first = 0x100 | (first + 32);
    } else return -1;
  }
  return first;
}

export function digitBytes(): ByteSet {
  return ByteSet.range(0x30, 0x39);
}

export function wordBytes(): ByteSet {
  return digitBytes().addRange(0x41, 0x5a).addRange(0x61, 0x7a).addRange(0x5f, 0x5f);
}

export function spaceBytes(): ByteSet {
  return ByteSet.range(0x09, 0x0d).addRange(0x20, 0x20);
}

export function horizontalSpaceBytes(): ByteSet {
  return ByteSet.of(0x09, 0x20, 0xa0);
}

export function verticalSpaceBytes(): ByteSet {
  return ByteSet.range(0x0a, 0x0d).addRange(0x85, 0x85);
}

export function allBytes(): ByteSet {
  return ByteSet.range(0, 0xff);
}

export function allButNewline(): ByteSet {
  return ByteSet.of(0x0a).inverted();
}

/** The set of a POSIX class such as `alpha`; undefined for an unknown name. */
export function posixBytes(name: string): ByteSet | undefined {
  switch (name) {
    case "alpha":
      return ByteSet.range(0x41, 0x5a).addRange(0x61, 0x7a);
    case "lower":
      return ByteSet.range(0x61, 0x7a);
    case "upper":
      return ByteSet.range(0x41, 0x5a);
    case "alnum":
      return digitBytes().addRange(0x41, 0x5a).addRange(0x61, 0x7a);
    case "ascii":
      return ByteSet.range(0, 0x7f);
    case "blank":
      return ByteSet.of(0x09, 0x20);
    case "cntrl":
      return ByteSet.range(0, 0x1f).addRange(0x7f, 0x7f);
    case "digit":
      return digitBytes();
    case "graph":
      return ByteSet.range(0x21, 0x7e);
    case "print":
      return ByteSet.range(0x20, 0x7e);
    case "punct":
      return ByteSet.range(0x21, 0x2f)
        .addRange(0x3a, 0x40)
        .addRange(0x5b, 0x60)
        .addRange(0x7b, 0x7e);
    case "space":
      return spaceBytes();
    case "word":
      return wordBytes();
    case "xdigit":
      return digitBytes().addRange(0x41, 0x46).addRange(0x61, 0x66);
    default:
      return undefined;
  }
}
