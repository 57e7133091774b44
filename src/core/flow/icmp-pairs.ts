/** ICMP messages that answer each other (RFC 792, 950, 4443, 4861): both are in one flow. */

type Pair = readonly [number, number];

export const icmpv4Pairs = bothWays([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
  [10, 9],
]);
export const icmpv6Pairs = bothWays([
  [128, 129],
  [133, 134],
  [135, 136],
  [144, 145],
]);

/** The type that answers, or the type itself when none does. @param protocol 1 or 58. */
export function replyType(protocol: number, type: number): number {
  return (protocol === 1 ? icmpv4Pairs : icmpv6Pairs).get(type) ?? type;
}

export function bothWays(pairs: readonly Pair[]): ReadonlyMap<number, number> {
  return new Map(
    pairs.flatMap(([a, b]): Pair[] => [
      [a, b],
      [b, a],
    ]),
  );
}
