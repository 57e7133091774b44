/** FILETIME of Windows: 100 ns since 1601. */
const UNIX_EPOCH = 116_444_736_000_000_000n;

/** Seconds since 1970; 0 for times before, cut to 32 bits. */
export function unixSeconds(fileTime: bigint): number {
  if (fileTime <= UNIX_EPOCH) return 0;
  return Number(BigInt.asUintN(32, (fileTime - UNIX_EPOCH) / 10_000_000n));
}
