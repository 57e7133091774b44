/**
 * Named bits of hosts and of pairs of hosts, with an end of life in packet time: the store behind `hostbits`
 * and `xbits`. Bounded; at the limit a bit is not set and `refused` counts it.
 *
 * @hotpath
 */
import { AddressTable } from "./address-table.ts";

/** Whose bit it is. A pair is the same in both directions. */
export const BitOwner = { source: 0, destination: 1, pair: 2 } as const;

const HOST_KIND = 1;
const PAIR_KIND = 2;

/** The addresses of a packet or flow; both have these fields. */
export interface Endpoints {
  readonly sourceWords: Int32Array;
  readonly destinationWords: Int32Array;
}

export class AddressBits {
  private readonly table: AddressTable;

  constructor(limitCount: number, seed: number) {
    this.table = new AddressTable(limitCount, seed);
  }

  get count(): number {
    return this.table.count;
  }

  get refused(): number {
    return this.table.refused;
  }

  /** `owner` is a value of BitOwner, `bit` a number of the rule set's name table. */
  isSet(bit: number, owner: number, ends: Endpoints, nowUs: number): boolean {
    this.setKey(bit, owner, ends);
    return this.table.find(nowUs) >= 0;
  }

  /** Sets the bit, or prolongs it, until `expiresUs`. */
  set(bit: number, owner: number, ends: Endpoints, nowUs: number, expiresUs: number): void {
    this.setKey(bit, owner, ends);
    const slot = this.table.insert(nowUs);
    if (slot >= 0) this.table.expiresUs[slot] = expiresUs;
  }

  unset(bit: number, owner: number, ends: Endpoints, nowUs: number): void {
    this.setKey(bit, owner, ends);
    const slot = this.table.find(nowUs);
    if (slot >= 0) this.table.remove(slot);
  }

  toggle(bit: number, owner: number, ends: Endpoints, nowUs: number, expiresUs: number): void {
    if (this.isSet(bit, owner, ends, nowUs)) this.unset(bit, owner, ends, nowUs);
    else this.set(bit, owner, ends, nowUs, expiresUs);
  }

  clear(): void {
    this.table.clear();
  }

  private setKey(bit: number, owner: number, ends: Endpoints): void {
    if (owner === BitOwner.pair) {
      this.table.setPairKey(PAIR_KIND, bit, ends.sourceWords, ends.destinationWords);
    } else {
      const words = owner === BitOwner.source ? ends.sourceWords : ends.destinationWords;
      this.table.setKey(HOST_KIND, bit, words);
    }
  }
}
