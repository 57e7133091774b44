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
    const representatives: ClassAddress[] = [];
    const known = new Map<string, number>();
    const numberOf = (key: string, address: ClassAddress): number => {
      let number = known.get(key);
      if (number === undefined) {
        number = representatives.length;
        known.set(key, number);
        representatives.push(address);
      }
      return number;
    };
    const parts4 = sweep(distinct, rangesOfIpv4, 0, 0xffff_ffff);
    this.starts4 = Uint32Array.from(parts4, ({ start }) => start);
    this.classes4 = Uint32Array.from(parts4, ({ start, members }) =>
      numberOf(`4:${members}`, { ipVersion: 4, words: Int32Array.of(start | 0, 0, 0, 0) }),
    );
    const parts6 = sweep(distinct, rangesOfIpv6, 0n, (1n << 128n) - 1n);
    this.starts6 = Uint32Array.from(parts6.flatMap(({ start }) => wordsOf(start)));
    this.classes6 = Uint32Array.from(parts6, ({ start, members }) =>
      numberOf(`6:${members}`, { ipVersion: 6, words: Int32Array.from(wordsOf(start)) }),
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

/** A stretch of the address space that the same sets hold. */
interface Part<Address> {
  readonly start: Address;
  /** Places of the sets, in rising order. */
  readonly members: string;
}

type Range<Address> = readonly [first: Address, after: Address];

/** From the first address to the last, all places where membership changes; linear in the ranges of all sets. */
function sweep<Address extends number | bigint>(
  sets: readonly AddressSet[],
  rangesOf: (set: AddressSet) => readonly Range<Address>[],
  first: Address,
  last: Address,
): Part<Address>[] {
  const changes = new Map<Address, number[]>([[first, []]]);
  const change = (at: Address, set: number): void => {
    const there = changes.get(at);
    if (there === undefined) changes.set(at, [set]);
    else there.push(set);
  };
  sets.forEach((set, number) => {
    for (const [start, after] of rangesOf(set)) {
      change(start, number);
      change(after, number);
    }
  });
  const inside = new Set<number>();
  const starts = [...changes.keys()].filter((start) => start <= last);
  return starts.sort(compare).map((start) => {
    for (const set of changes.get(start)!) if (!inside.delete(set)) inside.add(set);
    return { start, members: [...inside].sort(compare).join() };
  });
}

function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rangesOfIpv4({ ipv4 }: AddressSet): Range<number>[] {
  const ranges: Range<number>[] = [];
  for (let i = 0; i < ipv4.length; i += 2) ranges.push([ipv4[i]!, ipv4[i + 1]! + 1]);
  return ranges;
}

function rangesOfIpv6({ ipv6 }: AddressSet): Range<bigint>[] {
  const ranges: Range<bigint>[] = [];
  for (let i = 0; i < ipv6.length; i += 8) {
    ranges.push([addressAt(ipv6, i), addressAt(ipv6, i + 4) + 1n]);
  }
  return ranges;
}

function addressAt(words: Uint32Array, offset: number): bigint {
  let address = 0n;
  for (let i = 0; i < 4; i++) address = (address << 32n) | BigInt(words[offset + i]!);
  return address;
}

function wordsOf(address: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffff_ffffn));
}
