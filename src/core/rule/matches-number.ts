/**
 * Compares a number of a packet or buffer with what a rule says; number-comparison.ts parses the rule's side.
 *
 * @hotpath
 */

export type NumberOperator =
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual"
  | "range"
  | "notRange"
  | "bitmask"
  | "notBitmask";

export interface NumberComparison {
  readonly operator: NumberOperator;
  /** The number; the lower end of a range (exclusive); the mask. */
  readonly value: number;
  /** The upper end of a range (exclusive); what the masked bits are compared with; else 0. */
  readonly value2: number;
}

const WORD = 0x1_0000_0000;

/** Tells whether `n` (a whole number from 0) meets the comparison. */
export function matchesNumber(comparison: NumberComparison, n: number): boolean {
  const value = comparison.value;
  switch (comparison.operator) {
    case "equal":
      return n === value;
    case "notEqual":
      return n !== value;
    case "less":
      return n < value;
    case "lessEqual":
      return n <= value;
    case "greater":
      return n > value;
    case "greaterEqual":
      return n >= value;
    case "range":
      return n > value && n < comparison.value2;
    case "notRange":
      return n <= value || n >= comparison.value2;
    case "bitmask":
      return maskedEquals(n, value, comparison.value2);
    default:
      return !maskedEquals(n, value, comparison.value2);
  }
}

/** Compares 64 bits in two halves, because bit operators see 32. */
export function maskedEquals(n: number, mask: number, wanted: number): boolean {
  const low = (n & mask) >>> 0 === wanted >>> 0;
  if (n < WORD && mask < WORD && wanted < WORD) return low;
  const high = ((n / WORD) & (mask / WORD)) >>> 0;
  return low && high === (wanted / WORD) >>> 0;
}
