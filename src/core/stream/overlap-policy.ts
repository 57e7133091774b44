/**
 * Which of two overlapping TCP segments a host keeps, by its operating system (Novak and Sturges,
 * "Target-Based TCP Stream Reassembly", 2007). Ends are exclusive.
 *
 * @hotpath
 */

export const OverlapPolicy = {
  bsd: 0,
  bsdRight: 1,
  oldLinux: 2,
  linux: 3,
  oldSolaris: 4,
  solaris: 5,
  hpux10: 6,
  hpux11: 7,
  irix: 8,
  macos: 9,
  windows: 10,
  vista: 11,
  windows2k3: 12,
  first: 13,
  last: 14,
} as const;

const hostNames = [
  "bsd",
  "bsd-right",
  "old-linux",
  "linux",
  "old-solaris",
  "solaris",
  "hpux10",
  "hpux11",
  "irix",
  "macos",
  "windows",
  "vista",
  "windows2k3",
] as const;

/** The policy a `host-os-policy` name of suricata.yaml stands for; null for an unknown name. */
export function overlapPolicyOfHost(name: string): number | null {
  const index = (hostNames as readonly string[]).indexOf(name);
  return index < 0 ? null : index;
}

/** Whether the new segment replaces the bytes that it shares with the old one. */
export function newDataWins(
  policy: number,
  newStart: number,
  newEnd: number,
  oldStart: number,
  oldEnd: number,
): boolean {
  switch (policy) {
    case OverlapPolicy.last:
      return true;
    case OverlapPolicy.first:
    case OverlapPolicy.vista:
      return false;
    case OverlapPolicy.linux:
      return newStart < oldStart || (newStart === oldStart && newEnd > oldEnd);
    case OverlapPolicy.oldLinux:
      return newStart < oldStart || (newStart === oldStart && newEnd >= oldEnd);
    case OverlapPolicy.solaris:
    case OverlapPolicy.oldSolaris:
    case OverlapPolicy.hpux11:
      return newStart > oldStart ? newEnd > oldEnd : newEnd >= oldEnd;
    default:
      // bsd, bsd-right (which Suricata treats alike), hpux10, irix, macos, windows, windows2k3
      return newStart < oldStart;
  }
}
