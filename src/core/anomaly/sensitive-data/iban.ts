/**
 * International bank account numbers (ISO 13616): the country's length, in one piece or in groups of four between
 * single spaces, with a right check (the number moved round, letters as 10 to 35, is 1 modulo 97). Upper case.
 *
 * @hotpath
 */
import { byteAt, isDigit, isWordByte, type SensitiveScanner } from "./scanner.ts";

/** Country and length, from the registry of SWIFT. */
const lengthsText =
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 " +
  "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 " +
  "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 " +
  "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/** By first and second letter, 26 each; 0 for what is no country with such numbers. */
const lengths = readLengths(lengthsText);

function readLengths(text: string): Uint8Array {
  const table = new Uint8Array(26 * 26);
  for (const entry of text.split(" ")) {
    const place = (entry.charCodeAt(0) - 65) * 26 + entry.charCodeAt(1) - 65;
    table[place] = Number(entry.slice(2));
  }
  return table;
}

export class Iban implements SensitiveScanner {
  matchStart = 0;
  matchEnd = 0;
  private readonly characters = new Uint8Array(34);

  next(bytes: Uint8Array, start: number, end: number, from: number): boolean {
    for (let at = from; at + 15 <= end; at++) {
      const length = lengthAt(bytes, at);
      if (length === 0 || isWordByte(byteAt(bytes, start, end, at - 1))) continue;
      const numberEnd = this.read(bytes, at, end, length);
      if (numberEnd < 0 || isWordByte(byteAt(bytes, start, end, numberEnd))) continue;
      if (this.remainder(length) !== 1) continue;
      this.matchStart = at;
      this.matchEnd = numberEnd;
      return true;
    }
    return false;
  }

  /** Copies the characters without spaces; returns where they end, -1 when there are too few. */
  private read(bytes: Uint8Array, start: number, end: number, length: number): number {
    let at = start;
    for (let i = 0; i < length; i++, at++) {
      if (i > 0 && i % 4 === 0 && at < end && bytes[at] === 0x20) at++;
      if (at >= end) return -1;
      const byte = bytes[at]!;
      if (!isDigit(byte) && !isUpper(byte)) return -1;
      this.characters[i] = byte;
    }
    return at;
  }

  private remainder(length: number): number {
    let rest = 0;
    for (let i = 0; i < length; i++) {
      const byte = this.characters[(i + 4) % length]!;
      rest = isDigit(byte) ? (rest * 10 + byte - 0x30) % 97 : (rest * 100 + byte - 55) % 97;
    }
    return rest;
  }
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  if (!isUpper(first) || !isUpper(second)) return 0;
  if (!isDigit(bytes[at + 2]!) || !isDigit(bytes[at + 3]!)) return 0;
  return lengths[(first - 65) * 26 + second - 65]!;
}
