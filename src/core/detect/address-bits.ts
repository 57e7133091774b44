/**
 * Named bits of hosts and of pairs of hosts, with an end of life in packet time: the store behind `hostbits`
 * and `xbits`. Bounded; at the limit a bit is not set and `refused` counts it.
 *
 * @hotpath
 */
import { textDigest } from "../bytes/text-digest.ts";
import type { AddressStore } from "./address-store.ts";
import type { NameTable } from "./rule-builder.ts";

/** Whose bit it is. A pair is the same in both directions. */
export const BitOwner = { source: 0, destination: 1, pair: 2 } as const;

const HOST_KIND = 1;
const PAIR_KIND = 2;
const TWO_TO_32 = 2 ** 32;

/** The addresses of a packet or flow; both have these fields. */
export interface Endpoints {
  readonly sourceWords: Int32Array;
  readonly destinationWords: Int32Array;
}

export class AddressBits {
  private readonly table: AddressStore;

  constructor(table: AddressStore) {
    this.table = table;
  }

  /** Number of the bit of this name; names that engines share do not depend on the rules that each has. */
  numberOf(name: string, names: NameTable): number {
    return this.table.isShared ? textDigest(name) : names.numberOf(name);
  }

  get count(): number {
    return this.table.count;
  }

  get refused(): number {
    return this.table.refused;
  }

  /** `owner` is a value of BitOwner, `bit` a number that `numberOf` gave. */
  isSet(bit: number, owner: number, ends: Endpoints, nowUs: number): boolean {
    const { table } = this;
    this.setKey(bit, owner, ends);
    if (!table.acquire()) return false;
    const isSet = table.find(nowUs) >= 0;
    table.release();
    return isSet;
  }

  /** Sets the bit, or prolongs it, until `expiresUs`. */
  set(bit: number, owner: number, ends: Endpoints, nowUs: number, expiresUs: number): void {
    const { table } = this;
    this.setKey(bit, owner, ends);
    if (!table.acquire()) return;
    const slot = table.insert(nowUs);
    if (slot >= 0) table.expiresUs[slot] = expiresUs;
    table.release();
  }

  unset(bit: number, owner: number, ends: Endpoints, nowUs: number): void {
    const { table } = this;
    this.setKey(bit, owner, ends);
    if (!table.acquire()) return;
    const slot = table.find(nowUs);
    if (slot >= 0) table.remove(slot);
    table.release();
  }

  toggle(bit: number, owner: number, ends: Endpoints, nowUs: number, expiresUs: number): void {
    const { table } = this;
    this.setKey(bit, owner, ends);
    if (!table.acquire()) return;
    const known = table.find(nowUs);
    const slot = known >= 0 ? known : table.insert(nowUs);
    if (known >= 0) table.remove(known);
    else if (slot >= 0) table.expiresUs[slot] = expiresUs;
    table.release();
  }

  clear(): void {
    this.table.clear();
  }

  private setKey(bit: number, owner: number, ends: Endpoints): void {
    const name = bit | 0;
    const high = Math.floor(bit / TWO_TO_32) * 4;
    if (owner === BitOwner.pair) {
      this.table.key.setPair(high + PAIR_KIND, name, ends.sourceWords, ends.destinationWords);
    } else {
      const words = owner === BitOwner.source ? ends.sourceWords : ends.destinationWords;
      this.table.key.set(high + HOST_KIND, name, words);
    }
  }
}
