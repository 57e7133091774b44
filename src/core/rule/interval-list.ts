/**
 * Sets of whole numbers as sorted disjoint inclusive intervals, for building address and port sets. Plain
 * arithmetic on bigints, which IPv6 needs; the finished sets hold typed arrays and are what packets meet.
 */

export interface Interval {
  readonly from: bigint;
  /** Last number of the interval, inclusive. */
  readonly to: bigint;
}

/** Sorted, disjoint, not even adjacent. */
export type IntervalList = readonly Interval[];

/** Sorts and joins intervals that overlap or touch. */
export function joinIntervals(intervals: readonly Interval[]): IntervalList {
  const sorted = [...intervals].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of sorted) {
    const last = joined[joined.length - 1];
    if (last === undefined || from > last.to + 1n) joined.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return joined;
}

/** What of `list` is not in `removed`; both sorted and disjoint. */
export function subtractIntervals(list: IntervalList, removed: IntervalList): IntervalList {
  const left: Interval[] = [];
  let index = 0;
  for (const { from, to } of list) {
    let start = from;
    while (index < removed.length && removed[index]!.to < start) index++;
    for (let next = index; next < removed.length && removed[next]!.from <= to; next++) {
      const hole = removed[next]!;
      if (hole.from > start) left.push({ from: start, to: hole.from - 1n });
      if (hole.to >= start) start = hole.to + 1n;
    }
    if (start <= to) left.push({ from: start, to });
  }
  return left;
}

export function isWhole(list: IntervalList, last: bigint): boolean {
  return list.length === 1 && list[0]!.from === 0n && list[0]!.to === last;
}
