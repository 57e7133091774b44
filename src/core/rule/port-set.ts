/**
 * A set of ports as sorted disjoint intervals in a typed array.
 *
 * @hotpath
 */

/** ranges: pairs first, last (inclusive), ascending, 0 to 65535. */
export class PortSet {
  /** Every port is in. */
  readonly any: boolean;
  readonly ranges: Uint16Array;

  constructor(any: boolean, ranges: Uint16Array) {
    this.any = any;
    this.ranges = ranges;
  }

  /** Tells whether `port` is in. Logarithmic in the number of intervals. */
  contains(port: number): boolean {
    if (this.any) return true;
    const ranges = this.ranges;
    let low = 0;
    let high = ranges.length >>> 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (port > ranges[2 * middle + 1]!) low = middle + 1;
      else high = middle;
    }
    return 2 * low < ranges.length && port >= ranges[2 * low]!;
  }
}
