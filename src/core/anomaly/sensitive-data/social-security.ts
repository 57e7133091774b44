/**
 * Social security numbers of the United States: area, group and serial of 3, 2 and 4 digits, none of them all
 * zero, no area 666 or from 900 on; between hyphens or spaces, or in one piece.
 *
 * @hotpath
 */
import { isDigit, type SensitiveScanner, standsAlone } from "./scanner.ts";

const DIGITS = 9;

export class SocialSecurity implements SensitiveScanner {
  matchStart = 0;
  matchEnd = 0;
  private readonly hasSeparators: boolean;
  private readonly length: number;

  constructor(form: "separated" | "plain") {
    this.hasSeparators = form === "separated";
    this.length = this.hasSeparators ? DIGITS + 2 : DIGITS;
  }

  next(bytes: Uint8Array, start: number, end: number, from: number): boolean {
    const { length } = this;
    for (let at = from; at + length <= end; at++) {
      if (!isDigit(bytes[at]!)) continue;
      if (this.isNumberAt(bytes, at) && standsAlone(bytes, start, end, at, at + length)) {
        this.matchStart = at;
        this.matchEnd = at + length;
        return true;
      }
      while (at + 1 < end && isDigit(bytes[at + 1]!)) at++;
    }
    return false;
  }

  private isNumberAt(bytes: Uint8Array, at: number): boolean {
    const gap = this.hasSeparators ? 1 : 0;
    if (this.hasSeparators) {
      const separator = bytes[at + 3]!;
      if ((separator !== 0x2d && separator !== 0x20) || bytes[at + 6] !== separator) return false;
    }
    const area = numberOf(bytes, at, 3);
    if (area <= 0 || area === 666 || area >= 900) return false;
    return numberOf(bytes, at + 3 + gap, 2) > 0 && numberOf(bytes, at + 5 + 2 * gap, 4) > 0;
  }
}

/** Value of `count` digits, -1 when one is none. */
function numberOf(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const byte = bytes[at]!;
    if (!isDigit(byte)) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}
