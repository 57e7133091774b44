/**
 * Addresses to classes: two addresses of a family are in one class when the same address sets of the rules hold
 * them. For each family a sorted table of the places where membership changes, searched by halving.
 *
 * @hotpath
 */
import type { AddressSet } from "../rule/address-set.ts";

export class AddressClasses {
  /** One address of each class; the class of an address is its place here. */
  readonly representatives: readonly ClassAddress[];
  private readonly starts4: Uint32Array;
  private readonly classes4: Uint32Array;
  /** Four words an entry, most significant first. */
  private readonly starts6: Uint32Array;
  private readonly classes6: Uint32Array;

  constructor(sets: Iterable<AddressSet>) {
    const distinct = [...new Set(sets)].filter((set) => !set.any);
    const known = new Map<string, number>();
    const representatives: ClassAddress[] = [];
    const classOf = (address: ClassAddress): number => {
      const key = address.ipVersion + membership(distinct, address);
      let number = known.get(key);
      if (number === undefined) {
        number = representatives.length;
        known.set(key, number);
        representatives.push(address);
      }
      return number;
    };
    const bounds4 = boundsOfIpv4(distinct);
    this.starts4 = Uint32Array.from(bounds4);
    this.classes4 = Uint32Array.from(bounds4, (start) =>
      classOf({ ipVersion: 4, words: Int32Array.of(start | 0, 0, 0, 0) }),
    );
    const bounds6 = boundsOfIpv6(distinct);
    this.starts6 = Uint32Array.from(bounds6.flatMap(wordsOf));
    this.classes6 = Uint32Array.from(bounds6, (start) =>
      classOf({ ipVersion: 6, words: Int32Array.from(wordsOf(start)) }),
    );
    this.representatives = representatives;
  }

  /** Class of an address of four words (IPv4: word 0). */
  find(ipVersion: number, words: Int32Array): number {
    return ipVersion === 6 ? this.findIpv6(words) : this.findIpv4(words[0]! >>> 0);
  }

  private findIpv4(address: number): number {
    const starts = this.starts4;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return this.classes4[low]!;
  }

  private findIpv6(words: Int32Array): number {
    let low = 0;
    let high = this.classes6.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (isAtMost(this.starts6, middle * 4, words)) low = middle;
      else high = middle - 1;
    }
    return this.classes6[low]!;
  }
}

export interface ClassAddress {
  readonly ipVersion: number;
  readonly words: Int32Array;
}

/** Whether the set holds an address of four words. */
export function holdsAddress(set: AddressSet, ipVersion: number, words: Int32Array): boolean {
  if (set.any) return true;
  if (ipVersion === 4) return set.containsIpv4(words[0]! >>> 0);
  return set.containsIpv6(words[0]! >>> 0, words[1]! >>> 0, words[2]! >>> 0, words[3]! >>> 0);
}

function isAtMost(starts: Uint32Array, offset: number, words: Int32Array): boolean {
  for (let i = 0; i < 4; i++) {
    const word = words[i]! >>> 0;
    if (starts[offset + i]! !== word) return starts[offset + i]! < word;
  }
  return true;
}

function membership(sets: readonly AddressSet[], address: ClassAddress): string {
  let key = "";
  for (let i = 0; i < sets.length; i++) {
    if (holdsAddress(sets[i]!, address.ipVersion, address.words)) key += `,${i}`;
  }
  return key;
}

function boundsOfIpv4(sets: readonly AddressSet[]): number[] {
  const bounds = new Set<number>([0]);
  for (const { ipv4 } of sets) {
    for (let i = 0; i < ipv4.length; i += 2) bounds.add(ipv4[i]!).add(ipv4[i + 1]! + 1);
  }
  return [...bounds].filter((bound) => bound <= 0xffff_ffff).sort((a, b) => a - b);
}

function boundsOfIpv6(sets: readonly AddressSet[]): bigint[] {
  const bounds = new Set<bigint>([0n]);
  for (const { ipv6 } of sets) {
    for (let i = 0; i < ipv6.length; i += 8) {
      bounds.add(addressAt(ipv6, i)).add(addressAt(ipv6, i + 4) + 1n);
    }
  }
  const last = (1n << 128n) - 1n;
  return [...bounds].filter((bound) => bound <= last).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function addressAt(words: Uint32Array, offset: number): bigint {
  let address = 0n;
  for (let i = 0; i < 4; i++) address = (address << 32n) | BigInt(words[offset + i]!);
  return address;
}

function wordsOf(address: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffff_ffffn));
}
