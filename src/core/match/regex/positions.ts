/**
 * Zero-width assertions decided by looking at the bytes, for the engines that stand at a position: the
 * thread-list VM and the backtracker.
 *
 * @hotpath
 */
import { Assertion } from "./syntax-tree.ts";

/** True for `[0-9A-Za-z_]`. */
export function isWordByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

/** True if `assertion` holds at `position` of [start, end); `from` is where the search began. */
export function assertionHolds(
  assertion: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  position: number,
): boolean {
  switch (assertion) {
    case Assertion.Start:
      return position === start;
    case Assertion.LineStart:
      return position === start || (position < end && bytes[position - 1] === NEWLINE);
    case Assertion.End:
      return position === end;
    case Assertion.SoftEnd:
      return position === end || (position === end - 1 && bytes[position] === NEWLINE);
    case Assertion.LineEnd:
      return position === end || bytes[position] === NEWLINE;
    case Assertion.SearchStart:
      return position === from;
    default: {
      const before = position > start && isWordByte(bytes[position - 1]!);
      const after = position < end && isWordByte(bytes[position]!);
      return (before !== after) === (assertion === Assertion.WordBoundary);
    }
  }
}

const NEWLINE = 0x0a;
