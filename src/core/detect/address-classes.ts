/**
 * Addresses to classes: two addresses are in one class when the same rules' address sets hold them. IPv4 by a
 * sorted table; IPv6 by asking each set, because rules name few IPv6 networks and the answer is kept per flow.
 *
 * @hotpath
 */
import type { AddressSet } from "../rule/address-set.ts";

export class AddressClasses {
  private readonly distinct: AddressSet[];
  private readonly starts: Uint32Array;
  private readonly classOf: Uint32Array;
  private readonly known = new Map<string, number>();

  constructor(sets: Iterable<AddressSet>) {
    this.distinct = [...new Set(sets)].filter((set) => !set.any);
    const bounds = new Set<number>([0]);
    for (const { ipv4 } of this.distinct) {
      for (let i = 0; i < ipv4.length; i += 2) bounds.add(ipv4[i]!).add(ipv4[i + 1]! + 1);
    }
    const starts = [...bounds].filter((start) => start < 4_294_967_296).sort((a, b) => a - b);
    this.starts = Uint32Array.from(starts);
    this.classOf = Uint32Array.from(starts, (start) =>
      this.number(this.distinct.map((set) => (set.containsIpv4(start) ? "1" : "0")).join("")),
    );
  }

  /** Class of an address of four words (IPv4: word 0). */
  find(ipVersion: number, words: Int32Array): number {
    if (this.distinct.length === 0) return 0;
    if (ipVersion !== 4) return this.findIpv6(words);
    const wanted = words[0]! >>> 0;
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.starts[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    return this.classOf[low]!;
  }

  private findIpv6(words: Int32Array): number {
    let key = "6";
    for (const set of this.distinct) {
      const isIn = set.containsIpv6(
        words[0]! >>> 0,
        words[1]! >>> 0,
        words[2]! >>> 0,
        words[3]! >>> 0,
      );
      key += isIn ? "1" : "0";
    }
    return this.number(key);
  }

  private number(key: string): number {
    const number = this.known.get(key) ?? this.known.size;
    this.known.set(key, number);
    return number;
  }
}
