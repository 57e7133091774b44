/**
 * What the flow table looks at to find a flow: key, hash and chain of each, side by side in one line of the
 * processor's cache, since at many flows each line that is not in it costs about as much as the rest of a search.
 * Slots that are free form a list.
 *
 * @hotpath
 */
import { KEY_WORDS } from "./flow-key.ts";

/** Words of one slot: 64 bytes. */
const SLOT_WORDS = 16;
const HASH = KEY_WORDS;
const NEXT = KEY_WORDS + 1;
const STATE = KEY_WORDS + 2;
const ALIVE = 1;
/** The client is the first of the two ends in the key. */
const CLIENT_FIRST = 2;
const NONE = -1;

export class FlowSlots {
  private words = new Int32Array(0);
  private firstFree = NONE;

  get isFull(): boolean {
    return this.firstFree === NONE;
  }

  /** The slot with this key in a chain; -1 for none. */
  find(first: number, hash: number, key: Int32Array): number {
    const { words } = this;
    let index = first;
    while (index !== NONE) {
      const at = index * SLOT_WORDS;
      if (words[at + HASH] === hash && this.holds(at, key)) return index;
      index = words[at + NEXT]!;
    }
    return NONE;
  }

  private holds(at: number, key: Int32Array): boolean {
    const { words } = this;
    for (let i = 0; i < KEY_WORDS; i++) if (words[at + i] !== key[i]) return false;
    return true;
  }

  /** A free slot, filled; not to be called when all are taken. */
  take(key: Int32Array, hash: number, next: number, isClientFirst: boolean): number {
    const { words } = this;
    const index = this.firstFree;
    const at = index * SLOT_WORDS;
    this.firstFree = words[at + NEXT]!;
    for (let i = 0; i < KEY_WORDS; i++) words[at + i] = key[i]!;
    words[at + HASH] = hash;
    words[at + NEXT] = next;
    words[at + STATE] = isClientFirst ? ALIVE | CLIENT_FIRST : ALIVE;
    return index;
  }

  give(index: number): void {
    this.words[index * SLOT_WORDS + STATE] = 0;
    this.setNext(index, this.firstFree);
    this.firstFree = index;
  }

  /** Takes a slot out of the chain that begins with `first`; returns the first of what is left. */
  unlink(first: number, index: number): number {
    const { words } = this;
    const next = words[index * SLOT_WORDS + NEXT]!;
    if (first === index) return next;
    let at = first * SLOT_WORDS;
    while (words[at + NEXT] !== index) at = words[at + NEXT]! * SLOT_WORDS;
    words[at + NEXT] = next;
    return first;
  }

  isAlive(index: number): boolean {
    return (this.words[index * SLOT_WORDS + STATE]! & ALIVE) !== 0;
  }

  hasClientFirst(index: number): boolean {
    return (this.words[index * SLOT_WORDS + STATE]! & CLIENT_FIRST) !== 0;
  }

  /** The client turned out to be the other end. */
  swapEnds(index: number): void {
    this.words[index * SLOT_WORDS + STATE]! ^= CLIENT_FIRST;
  }

  hashOf(index: number): number {
    return this.words[index * SLOT_WORDS + HASH]!;
  }

  setNext(index: number, next: number): void {
    this.words[index * SLOT_WORDS + NEXT] = next;
  }

  /** Makes room for so many slots. */
  grow(count: number): void {
    const before = this.words.length / SLOT_WORDS;
    const grown = new Int32Array(count * SLOT_WORDS);
    grown.set(this.words);
    this.words = grown;
    for (let index = count - 1; index >= before; index--) {
      this.setNext(index, this.firstFree);
      this.firstFree = index;
    }
  }
}
