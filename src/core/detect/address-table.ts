/**
 * Numbers kept for addresses: a bounded table with open addressing over typed arrays, for host bits, xbits,
 * thresholds and tags. The value of a key is an end of life in packet time, a second time, and two counts;
 * probing is bounded.
 *
 * At the limit the oldest entries that have expired make room; when none has, nothing is kept and `refused`
 * counts it.
 *
 * @hotpath
 */

import { AddressKey, KEY_WORDS } from "./address-key.ts";
import type { AddressStore } from "./address-store.ts";

const PROBES_MAX = 64;

export class AddressTable implements AddressStore {
  readonly isShared = false;
  readonly key = new AddressKey();
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

  get countOfAll(): number {
    return this.count;
  }

  acquire(): boolean {
    return true;
  }

  release(): void {}

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

  clear(): void {
    this.states.fill(0);
    this.count = this.removed = 0;
  }

  private take(slot: number): void {
    if (this.states[slot] === 2) this.removed--;
    this.states[slot] = 1;
    const base = slot * KEY_WORDS;
    const { words } = this.key;
    for (let i = 0; i < KEY_WORDS; i++) this.keys[base + i] = words[i]!;
    this.startUs[slot] = this.amount[slot] = this.extra[slot] = 0;
    this.expiresUs[slot] = Number.POSITIVE_INFINITY;
    this.count++;
  }

  private slotOf(): number {
    let slot = this.key.hash(this.seed) & this.mask;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      const state = this.states[slot]!;
      if (state === 0) return -1;
      if (state === 1 && this.isKeyAt(slot)) return slot;
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  private freeSlot(): number {
    let slot = this.key.hash(this.seed) & this.mask;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      if (this.states[slot] !== 1) return slot;
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  private isKeyAt(slot: number): boolean {
    const base = slot * KEY_WORDS;
    const { words } = this.key;
    for (let i = 0; i < KEY_WORDS; i++) {
      if (this.keys[base + i] !== words[i]) return false;
    }
    return true;
  }

  private sweep(nowUs: number): void {
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.states[slot] === 1 && this.expiresUs[slot]! < nowUs) this.remove(slot);
    }
  }

  /** Copies what is alive into a table that is at most a quarter full. */
  private rebuild(nowUs: number): void {
    const { keys, states, expiresUs, startUs, amount, extra } = this;
    const { words } = this.key;
    const key = Int32Array.from(words);
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
      for (let i = 0; i < KEY_WORDS; i++) words[i] = keys[old * KEY_WORDS + i]!;
      const slot = this.freeSlot();
      if (slot < 0) continue;
      this.take(slot);
      this.expiresUs[slot] = expiresUs[old]!;
      this.startUs[slot] = startUs[old]!;
      this.amount[slot] = amount[old]!;
      this.extra[slot] = extra[old]!;
    }
    words.set(key);
  }
}

function slotsFor(count: number): number {
  let slots = 4;
  while (slots < 2 * count) slots *= 2;
  return slots;
}
