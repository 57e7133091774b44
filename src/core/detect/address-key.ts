/**
 * The key of tables of addresses: up to two addresses, a name (rule or bit number) and a kind. Hashing is keyed by
 * a seed.
 *
 * @hotpath
 */

/** Words of a key: two addresses of four words, name, kind. */
export const KEY_WORDS = 10;

export class AddressKey {
  readonly words = new Int32Array(KEY_WORDS);

  /** One address. */
  set(kind: number, name: number, address: Int32Array): void {
    const { words } = this;
    words[0] = address[0]!;
    words[1] = address[1]!;
    words[2] = address[2]!;
    words[3] = address[3]!;
    words[4] = words[5] = words[6] = words[7] = 0;
    words[8] = name;
    words[9] = kind;
  }

  /** Two addresses; the same in either order. */
  setPair(kind: number, name: number, a: Int32Array, b: Int32Array): void {
    if (precedes(a, b)) this.setOrderedPair(kind, name, a, b);
    else this.setOrderedPair(kind, name, b, a);
  }

  /** No address. */
  setBare(kind: number, name: number): void {
    this.words.fill(0);
    this.words[8] = name;
    this.words[9] = kind;
  }

  /** The words as they are, KEY_WORDS of them. */
  setRaw(words: Int32Array): void {
    for (let i = 0; i < KEY_WORDS; i++) this.words[i] = words[i]!;
  }

  /** 32 bits, unsigned. */
  hash(seed: number): number {
    const { words } = this;
    let hash = seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
      hash = (hash << 13) | (hash >>> 19);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  private setOrderedPair(kind: number, name: number, first: Int32Array, second: Int32Array): void {
    this.set(kind, name, first);
    const { words } = this;
    words[4] = second[0]!;
    words[5] = second[1]!;
    words[6] = second[2]!;
    words[7] = second[3]!;
  }
}

function precedes(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < 4; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return true;
}
