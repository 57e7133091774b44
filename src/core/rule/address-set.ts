/**
 * A set of IPv4 and IPv6 addresses as sorted disjoint intervals in typed arrays. Made once for each expression
 * of the rules; asked once for each flow and rule group, and for each packet by rules without a flow.
 *
 * @hotpath
 */

const V6_STRIDE = 8;

/**
 * ipv4: pairs first, last (inclusive), ascending.
 * ipv6: eight words an interval: first[0..3], last[0..3], most significant word first, ascending.
 */
export class AddressSet {
  /** Every address of both families is in. */
  readonly any: boolean;
  readonly ipv4: Uint32Array;
  readonly ipv6: Uint32Array;

  constructor(any: boolean, ipv4: Uint32Array, ipv6: Uint32Array) {
    this.any = any;
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
  }

  /** Tells whether `address` (unsigned 32 bits) is in. Logarithmic in the number of intervals. */
  containsIpv4(address: number): boolean {
    if (this.any) return true;
    const pairs = this.ipv4;
    const wanted = address >>> 0;
    let low = 0;
    let high = pairs.length >>> 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (wanted > pairs[2 * middle + 1]!) low = middle + 1;
      else high = middle;
    }
    return 2 * low < pairs.length && wanted >= pairs[2 * low]!;
  }

  /** Tells whether the address of the four words, most significant first, is in. */
  containsIpv6(a: number, b: number, c: number, d: number): boolean {
    if (this.any) return true;
    const words = this.ipv6;
    const count = words.length / V6_STRIDE;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIpv6(words, middle * V6_STRIDE + 4, a, b, c, d) < 0) low = middle + 1;
      else high = middle;
    }
    return low < count && compareIpv6(words, low * V6_STRIDE, a, b, c, d) <= 0;
  }
}

/** Below zero when the four words at `offset` are less than a, b, c, d; zero when they are equal. */
function compareIpv6(
  words: Uint32Array,
  offset: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  if (words[offset]! !== a >>> 0) return words[offset]! - (a >>> 0);
  if (words[offset + 1]! !== b >>> 0) return words[offset + 1]! - (b >>> 0);
  if (words[offset + 2]! !== c >>> 0) return words[offset + 2]! - (c >>> 0);
  return words[offset + 3]! - (d >>> 0);
}
