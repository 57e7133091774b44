/** What finds occurrences of one kind of sensitive data in bytes, and what bytes such texts are made of. */

export interface SensitiveScanner {
  /** The last occurrence: [matchStart, matchEnd). */
  matchStart: number;
  matchEnd: number;
  /**
   * Finds the next occurrence that starts in [from, end); bytes from `start` on are seen as what comes before.
   * One pass: calls with `from` = `matchEnd` over a range cost its length together.
   */
  next(bytes: Uint8Array, start: number, end: number, from: number): boolean;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export function isWordByte(byte: number): boolean {
  return isDigit(byte) || isLetter(byte) || byte === 0x5f;
}

/** The byte at a place, or a space where the range has none. */
export function byteAt(bytes: Uint8Array, start: number, end: number, at: number): number {
  return at >= start && at < end ? bytes[at]! : 0x20;
}

/** Nothing of a word or a longer number stands right before, right behind [from, to). */
export function standsAlone(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  to: number,
): boolean {
  const before = byteAt(bytes, start, end, from - 1);
  if (isWordByte(before) || before === 0x2e || before === 0x2d) return false;
  const behind = byteAt(bytes, start, end, to);
  if (isWordByte(behind) || behind === 0x2d) return false;
  return behind !== 0x2e || !isDigit(byteAt(bytes, start, end, to + 1));
}
