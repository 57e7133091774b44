/**
 * Numbers kept for addresses: a bounded table with open addressing over typed arrays, for host bits, xbits,
 * thresholds and tags. The key is up to two addresses, a name (rule or bit number) and a kind; the value an
 * end of life in packet time, a second time, and two counts. Hashing is keyed by a seed, probing is bounded.
 *
 * At the limit the oldest entries that have expired make room; when none has, nothing is kept and `refused`
 * counts it.
 *
 * @hotpath
 */

/** Words of a key: two addresses of four words, name, kind. */
const KEY_WORDS = 10;
const PROBES_MAX = 64;

export class AddressTable {
  /** Entries that may live at once. */
  readonly limitCount: number;
  /** Entries alive or expired and not yet removed. */
  count = 0;
  /** Insertions that found no room. */
  refused = 0;

  /** Columns of the value, by slot. Times are packet time in microseconds. */
  expiresUs: Float64Array;
  startUs: Float64Array;
  amount: Float64Array;
  extra: Float64Array;

  private readonly seed: number;
  private keys: Int32Array;
  /** 0 empty, 1 taken, 2 removed. */
  private states: Uint8Array;
  private removed = 0;
  private mask: number;
  private readonly key = new Int32Array(KEY_WORDS);

  constructor(limitCount: number, seed = 0) {
    this.limitCount = limitCount;
    this.seed = seed | 0;
    const slots = Math.min(slotsFor(limitCount), 64);
    this.mask = slots - 1;
    this.keys = new Int32Array(slots * KEY_WORDS);
    this.states = new Uint8Array(slots);
    this.expiresUs = new Float64Array(slots);
    this.startUs = new Float64Array(slots);
    this.amount = new Float64Array(slots);
    this.extra = new Float64Array(slots);
  }

  /** Makes a key of one address for the next `find` or `insert`. */
  setKey(kind: number, name: number, words: Int32Array): void {
    const key = this.key;
    key[0] = words[0]!;
    key[1] = words[1]!;
    key[2] = words[2]!;
    key[3] = words[3]!;
    key[4] = key[5] = key[6] = key[7] = 0;
    key[8] = name;
    key[9] = kind;
  }

  /** Makes a key of two addresses, in this order. */
  setOrderedPairKey(kind: number, name: number, first: Int32Array, second: Int32Array): void {
    this.setKey(kind, name, first);
    const key = this.key;
    key[4] = second[0]!;
    key[5] = second[1]!;
    key[6] = second[2]!;
    key[7] = second[3]!;
  }

  /** Makes a key of two addresses that is the same in either order. */
  setPairKey(kind: number, name: number, a: Int32Array, b: Int32Array): void {
    if (precedes(a, b)) this.setOrderedPairKey(kind, name, a, b);
    else this.setOrderedPairKey(kind, name, b, a);
  }

  /** Makes a key without an address. */
  setBareKey(kind: number, name: number): void {
    this.key.fill(0);
    this.key[8] = name;
    this.key[9] = kind;
  }

  /** Slot of the current key that is alive at `nowUs`, or -1. An expired one is removed. */
  find(nowUs: number): number {
    const slot = this.slotOf();
    if (slot < 0) return -1;
    if (this.expiresUs[slot]! >= nowUs) return slot;
    this.remove(slot);
    return -1;
  }

  /**
   * Slot of the current key, made with zero values when it is not there; -1 at the limit. The caller sets
   * `expiresUs`.
   */
  insert(nowUs: number): number {
    const known = this.find(nowUs);
    if (known >= 0) return known;
    if (this.count >= this.limitCount) this.sweep(nowUs);
    if (this.count >= this.limitCount) {
      this.refused++;
      return -1;
    }
    if (2 * (this.count + this.removed + 1) > this.mask) this.rebuild(nowUs);
    const slot = this.freeSlot();
    if (slot < 0) {
      this.refused++;
      return -1;
    }
    this.take(slot);
    return slot;
  }

  remove(slot: number): void {
    this.states[slot] = 2;
    this.removed++;
    this.count--;
  }

  /** Gives names new numbers; entries whose name has none (-1) go. */
  renumber(names: Int32Array): void {
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.states[slot] !== 1) continue;
      const at = slot * KEY_WORDS + 8;
      const name = names[this.keys[at]!] ?? -1;
      if (name < 0) this.remove(slot);
      else this.keys[at] = name;
    }
    this.rebuild(Number.NEGATIVE_INFINITY);
  }

  clear(): void {
    this.states.fill(0);
    this.count = this.removed = 0;
  }

  private take(slot: number): void {
    if (this.states[slot] === 2) this.removed--;
    this.states[slot] = 1;
    const base = slot * KEY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) this.keys[base + i] = this.key[i]!;
    this.startUs[slot] = this.amount[slot] = this.extra[slot] = 0;
    this.expiresUs[slot] = Number.POSITIVE_INFINITY;
    this.count++;
  }

  private slotOf(): number {
    let slot = this.hash() & this.mask;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const state = this.states[slot]!;
      if (state === 0) return -1;
      if (state === 1 && this.isKeyAt(slot)) return slot;
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  private freeSlot(): number {
    let slot = this.hash() & this.mask;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      if (this.states[slot] !== 1) return slot;
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  private isKeyAt(slot: number): boolean {
    const base = slot * KEY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) {
      if (this.keys[base + i] !== this.key[i]) return false;
    }
    return true;
  }

  private hash(): number {
    let hash = this.seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ this.key[i]!, 0x9e3779b1);
      hash = (hash << 13) | (hash >>> 19);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  private sweep(nowUs: number): void {
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.states[slot] === 1 && this.expiresUs[slot]! < nowUs) this.remove(slot);
    }
  }

  /** Copies what is alive into a table that is at most a quarter full. */
  private rebuild(nowUs: number): void {
    const { keys, states, expiresUs, startUs, amount, extra } = this;
    const key = Int32Array.from(this.key);
    this.sweep(nowUs);
    const slots = Math.max(64, slotsFor(2 * (this.count + 1)));
    this.mask = slots - 1;
    this.keys = new Int32Array(slots * KEY_WORDS);
    this.states = new Uint8Array(slots);
    this.expiresUs = new Float64Array(slots);
    this.startUs = new Float64Array(slots);
    this.amount = new Float64Array(slots);
    this.extra = new Float64Array(slots);
    this.count = this.removed = 0;
    for (let old = 0; old < states.length; old++) {
      if (states[old] !== 1) continue;
      for (let i = 0; i < KEY_WORDS; i++) this.key[i] = keys[old * KEY_WORDS + i]!;
      const slot = this.freeSlot();
      if (slot < 0) continue;
      this.take(slot);
      this.expiresUs[slot] = expiresUs[old]!;
      this.startUs[slot] = startUs[old]!;
      this.amount[slot] = amount[old]!;
      this.extra[slot] = extra[old]!;
    }
    this.key.set(key);
  }
}

function slotsFor(count: number): number {
  let slots = 4;
  while (slots < 2 * count) slots *= 2;
  return slots;
}

function precedes(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < 4; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return true;
}
