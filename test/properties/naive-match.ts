/** Obviously right searches, the oracle of the matchers' tests. */

export interface TestPattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
  readonly offset?: number | undefined;
  readonly depth?: number | undefined;
}

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

/** First place of the pattern in [start, end), or -1. */
export function naiveFind(
  pattern: Uint8Array,
  nocase: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  for (let at = start; at + pattern.length <= end; at++) {
    let matched = 0;
    while (matched < pattern.length) {
      const wanted = pattern[matched] ?? -1;
      const found = bytes[at + matched] ?? -2;
      if (nocase ? lower(wanted) !== lower(found) : wanted !== found) break;
      matched++;
    }
    if (matched === pattern.length) return at;
  }
  return -1;
}

/** Indexes of the patterns that lie in [start, end) within their own limits, in ascending order. */
export function naiveMatches(
  patterns: readonly TestPattern[],
  bytes: Uint8Array,
  start: number,
  end: number,
): number[] {
  const found: number[] = [];
  patterns.forEach((pattern, index) => {
    const from = start + (pattern.offset ?? 0);
    const to = Math.min(end, start + (pattern.depth ?? end));
    if (naiveFind(pattern.bytes, pattern.nocase, bytes, from, to) !== -1) found.push(index);
  });
  return found;
}
