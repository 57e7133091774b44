/**
 * Numbers of payment cards (ISO/IEC 7812): 13 to 19 digits, in one piece or in groups between single spaces or
 * hyphens, with the beginning and length of a known issuer and a right check digit (Luhn).
 *
 * @hotpath
 */
import { isDigit, type SensitiveScanner, standsAlone } from "./scanner.ts";

const DIGITS_MAX = 19;
const GROUP_DIGITS_MIN = 3;
const GROUP_DIGITS_MAX = 6;
/** Cards in groups are never shorter. */
const GROUPED_DIGITS_MIN = 14;

export class CardNumber implements SensitiveScanner {
  matchStart = 0;
  matchEnd = 0;
  private readonly digits = new Uint8Array(DIGITS_MAX);
  private count = 0;

  next(bytes: Uint8Array, start: number, end: number, from: number): boolean {
    let at = from;
    while (at < end) {
      if (!isDigit(bytes[at]!)) {
        at++;
        continue;
      }
      const runEnd = this.readRun(bytes, at, end);
      if (this.isCard() && standsAlone(bytes, start, end, at, runEnd)) {
        this.matchStart = at;
        this.matchEnd = runEnd;
        return true;
      }
      at = runEnd;
    }
    return false;
  }

  /** Reads digits in groups with one kind of separator; returns where they end. Too many digits are no card. */
  private readRun(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    let separator = 0;
    let group = 0;
    this.count = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if (isDigit(byte)) {
        if (this.count < DIGITS_MAX) this.digits[this.count] = byte - 0x30;
        this.count++;
        group++;
        at++;
        continue;
      }
      const isSeparator = byte === 0x20 || byte === 0x2d;
      const goesOn = isSeparator && at + 1 < end && isDigit(bytes[at + 1]!);
      const isGroup = group >= GROUP_DIGITS_MIN && group <= GROUP_DIGITS_MAX;
      if (!goesOn || !isGroup || (separator !== 0 && byte !== separator)) break;
      // The next group may be another card's.
      if (this.count >= GROUPED_DIGITS_MIN && this.isCard()) break;
      separator = byte;
      group = 0;
      at++;
    }
    return at;
  }

  private isCard(): boolean {
    return this.hasIssuer() && this.hasCheckDigit();
  }

  private hasIssuer(): boolean {
    const { count, digits } = this;
    if (count < 13 || count > DIGITS_MAX) return false;
    const two = digits[0]! * 10 + digits[1]!;
    const four = two * 100 + digits[2]! * 10 + digits[3]!;
    if (digits[0] === 4) return count === 13 || count === 16 || count === 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16;
    if (two === 34 || two === 37) return count === 15;
    if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059))
      return count >= 14;
    if (four >= 3528 && four <= 3589) return count >= 16;
    return (four === 6011 || (four >= 6440 && four <= 6599) || two === 62) && count >= 16;
  }

  private hasCheckDigit(): boolean {
    let sum = 0;
    for (let i = this.count - 1, isDoubled = false; i >= 0; i--, isDoubled = !isDoubled) {
      const digit = this.digits[i]!;
      sum += isDoubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
    }
    return sum % 10 === 0;
  }
}
