/**
 * Who wins where two fragments of a datagram overlap: the seven behaviours of real hosts (after Novak,
 * "Target-Based Fragmentation Reassembly", 2005). A policy decides between the older and the newer fragment
 * as a whole, by their places in the datagram; where one wins it has all the bytes both have.
 *
 * @hotpath
 */

export const DefragPolicy = {
  /** The fragment that came first. */
  first: 0,
  /** The fragment that came last. */
  last: 1,
  /** The first, unless the newer one begins before it. */
  bsd: 2,
  /** The newer one, unless the older one begins after it. */
  bsdRight: 3,
  /** The first, unless the newer one begins before it or where it begins. */
  linux: 4,
  /** The first, unless the newer one begins before it and ends after it. */
  windows: 5,
  /** The first, unless the newer one begins before it and ends after it or with it. */
  solaris: 6,
} as const;

/** Whether the newer fragment, at [offset, end), wins over the older one; they overlap. */
export function newerWins(
  policy: number,
  olderOffset: number,
  olderEnd: number,
  offset: number,
  end: number,
): boolean {
  switch (policy) {
    case DefragPolicy.last:
      return true;
    case DefragPolicy.bsd:
      return offset < olderOffset;
    case DefragPolicy.bsdRight:
      return offset >= olderOffset;
    case DefragPolicy.linux:
      return offset <= olderOffset;
    case DefragPolicy.windows:
      return offset < olderOffset && end > olderEnd;
    case DefragPolicy.solaris:
      return offset < olderOffset && end >= olderEnd;
    default:
      return false;
  }
}

const byHost: ReadonlyMap<string, number> = new Map<string, number>([
  ["bsd", DefragPolicy.bsd],
  ["bsd-right", DefragPolicy.bsdRight],
  ["old-linux", DefragPolicy.linux],
  ["linux", DefragPolicy.linux],
  ["old-solaris", DefragPolicy.first],
  ["solaris", DefragPolicy.solaris],
  ["hpux10", DefragPolicy.bsd],
  ["hpux11", DefragPolicy.first],
  ["irix", DefragPolicy.bsd],
  ["macos", DefragPolicy.first],
  ["windows", DefragPolicy.windows],
  ["vista", DefragPolicy.windows],
  ["windows2k3", DefragPolicy.windows],
]);

/** The policy of a name of the `host-os-policy` section; bsd for a name that it does not have. */
export function defragPolicyOfHost(name: string): number {
  return byHost.get(name) ?? DefragPolicy.bsd;
}
