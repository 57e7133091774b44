/**
 * Numbers kept for addresses, for the engines of several threads at once: open addressing over shared memory of a
 * fixed size, in parts with a lock each; a key's part is given by its hash, probing stays in the part.
 *
 * - At the limit what has expired in the key's part, and in one other in turn, makes room; when nothing has, nothing
 *   is kept and `refused` counts it.
 * - Who finds a part closed (`shared-locks.ts`) does as at the limit.
 * - Each thread has packet time of its own: windows are as exact as the threads are close in time.
 *
 * @hotpath
 */
import { AddressKey, KEY_WORDS } from "./address-key.ts";
import type { AddressStore } from "./address-store.ts";
import { lockWords, SharedLocks } from "./shared-locks.ts";

const PARTS = 64;
const PROBES_MAX = 64;

/** Words before the locks. */
const LIMIT = 0;
const SEED = 1;
const COUNT = 2;
const TURN = 3;
const LOCKS = 16;
const HEADER_BYTES = (LOCKS + lockWords(PARTS)) * 4;
const SLOT_BYTES = 4 * 8 + KEY_WORDS * 4 + 1;

/** Memory for a table of so many entries; zeros but for what is written here. */
export function createSharedAddresses(limitCount: number, seed: number): SharedArrayBuffer {
  const slots = PARTS * partSlots(limitCount);
  const memory = new SharedArrayBuffer(HEADER_BYTES + slots * SLOT_BYTES);
  const header = new Int32Array(memory, 0, LOCKS);
  header[LIMIT] = limitCount;
  header[SEED] = seed;
  return memory;
}

export class SharedAddressTable implements AddressStore {
  readonly isShared = true;
  readonly key = new AddressKey();
  count = 0;
  refused = 0;

  readonly expiresUs: Float64Array;
  readonly startUs: Float64Array;
  readonly amount: Float64Array;
  readonly extra: Float64Array;

  private readonly locks: SharedLocks;
  private readonly header: Int32Array;
  private readonly keys: Int32Array;
  /** 0 empty, 1 taken. */
  private readonly states: Uint8Array;
  private readonly limitCount: number;
  private readonly seed: number;
  private readonly slotsOfPart: number;
  private readonly other = new AddressKey();
  /** Of the key that is held. */
  private part = 0;
  private home = 0;

  /** @param threadNumber from 1, another for each thread. */
  constructor(memory: SharedArrayBuffer, threadNumber: number) {
    this.header = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.locks = new SharedLocks(this.header, LOCKS, threadNumber);
    this.limitCount = this.header[LIMIT]!;
    this.seed = this.header[SEED]!;
    this.slotsOfPart = partSlots(this.limitCount);
    const slots = PARTS * this.slotsOfPart;
    const column = (place: number): Float64Array =>
      new Float64Array(memory, HEADER_BYTES + place * slots * 8, slots);
    this.expiresUs = column(0);
    this.startUs = column(1);
    this.amount = column(2);
    this.extra = column(3);
    const keysAt = HEADER_BYTES + 4 * slots * 8;
    this.keys = new Int32Array(memory, keysAt, slots * KEY_WORDS);
    this.states = new Uint8Array(memory, keysAt + slots * KEY_WORDS * 4, slots);
  }

  /** Entries of all threads. */
  get countOfAll(): number {
    return Atomics.load(this.header, COUNT);
  }

  get waits(): number {
    return this.locks.waits;
  }

  get closed(): number {
    return this.locks.closed;
  }

  acquire(): boolean {
    const hash = this.key.hash(this.seed);
    this.part = hash >>> 26;
    this.home = hash & (this.slotsOfPart - 1);
    return this.locks.acquire(this.part);
  }

  release(): void {
    this.locks.release(this.part);
  }

  find(nowUs: number): number {
    const slot = this.slotOf();
    if (slot < 0 || this.states[slot] === 0) return -1;
    if (this.expiresUs[slot]! >= nowUs) return slot;
    this.remove(slot);
    return -1;
  }

  insert(nowUs: number): number {
    const known = this.find(nowUs);
    if (known >= 0) return known;
    if (!this.countOneMore()) {
      this.makeRoom(nowUs);
      if (!this.countOneMore()) return this.refuse();
    }
    const slot = this.slotOf();
    if (slot < 0) {
      Atomics.sub(this.header, COUNT, 1);
      return this.refuse();
    }
    this.count++;
    this.states[slot] = 1;
    const { words } = this.key;
    for (let i = 0; i < KEY_WORDS; i++) this.keys[slot * KEY_WORDS + i] = words[i]!;
    this.startUs[slot] = this.amount[slot] = this.extra[slot] = 0;
    this.expiresUs[slot] = Number.POSITIVE_INFINITY;
    return slot;
  }

  /** Entries behind it move up, so that no search ends too early. */
  remove(slot: number): void {
    const mask = this.slotsOfPart - 1;
    const base = slot - (slot & mask);
    let hole = slot & mask;
    let next = hole;
    for (;;) {
      next = (next + 1) & mask;
      if (next === (slot & mask) || this.states[base + next] === 0) break;
      const home = this.homeOf(base + next);
      // It may move when its home is not between the hole and itself.
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.move(base + next, base + hole);
      hole = next;
    }
    this.states[base + hole] = 0;
    this.count--;
    Atomics.sub(this.header, COUNT, 1);
  }

  clear(): void {
    for (let part = 0; part < PARTS; part++) {
      if (!this.locks.acquire(part)) continue;
      for (let place = 0; place < this.slotsOfPart; ) {
        const slot = part * this.slotsOfPart + place;
        if (this.states[slot] === 1) this.remove(slot);
        else place++;
      }
      this.locks.release(part);
    }
  }

  private countOneMore(): boolean {
    if (Atomics.add(this.header, COUNT, 1) < this.limitCount) return true;
    Atomics.sub(this.header, COUNT, 1);
    return false;
  }

  private refuse(): number {
    this.refused++;
    return -1;
  }

  private makeRoom(nowUs: number): void {
    this.sweep(this.part, nowUs);
    const other = Atomics.add(this.header, TURN, 1) & (PARTS - 1);
    if (this.locks.tryAcquire(other) !== 0) return;
    this.sweep(other, nowUs);
    this.locks.release(other);
  }

  private sweep(part: number, nowUs: number): void {
    const base = part * this.slotsOfPart;
    for (let slot = base; slot < base + this.slotsOfPart; ) {
      // What moves up when one goes is looked at in its place.
      if (this.states[slot] === 1 && this.expiresUs[slot]! < nowUs) this.remove(slot);
      else slot++;
    }
  }

  /** The key's slot, or the empty one where it belongs; -1 when there is none near. */
  private slotOf(): number {
    const mask = this.slotsOfPart - 1;
    const base = this.part * this.slotsOfPart;
    for (let probe = 0; probe < PROBES_MAX && probe <= mask; probe++) {
      const slot = base + ((this.home + probe) & mask);
      if (this.states[slot] === 0 || this.isKeyAt(slot)) return slot;
    }
    return -1;
  }

  private isKeyAt(slot: number): boolean {
    const { words } = this.key;
    for (let i = 0; i < KEY_WORDS; i++) {
      if (this.keys[slot * KEY_WORDS + i] !== words[i]) return false;
    }
    return true;
  }

  private homeOf(slot: number): number {
    const { other } = this;
    for (let i = 0; i < KEY_WORDS; i++) other.words[i] = this.keys[slot * KEY_WORDS + i]!;
    return other.hash(this.seed) & (this.slotsOfPart - 1);
  }

  private move(from: number, to: number): void {
    for (let i = 0; i < KEY_WORDS; i++) {
      this.keys[to * KEY_WORDS + i] = this.keys[from * KEY_WORDS + i]!;
    }
    this.states[to] = 1;
    this.expiresUs[to] = this.expiresUs[from]!;
    this.startUs[to] = this.startUs[from]!;
    this.amount[to] = this.amount[from]!;
    this.extra[to] = this.extra[from]!;
  }
}

/** Twice the room that is used at the limit; small tables have more, as parts fill unevenly. */
function partSlots(limitCount: number): number {
  let slots = PROBES_MAX;
  while (slots * PARTS < 2 * limitCount) slots *= 2;
  return slots;
}
