/**
 * JA3 and JA3S: the numbers of a hello as text, and the MD5 of that text. A client's holds version, ciphers,
 * extensions, curves and point formats; a server's version, cipher and extensions.
 */
import type { Md5 } from "../../bytes/md5.ts";
import type { HelloFields } from "./hello-fields.ts";

export interface Ja3 {
  /** ASCII. */
  readonly text: Uint8Array;
  /** 32 hexadecimal digits; null for a hello that broke off. */
  readonly hash: Uint8Array | null;
}

const COMMA = 0x2c;
const DASH = 0x2d;
const HEX_DIGITS = "0123456789abcdef";

/** Null when not even the version was there. `md5` is between two messages, and is so again. */
export function ja3Of(hello: HelloFields, md5: Md5): Ja3 | null {
  const { reached, legacyVersion } = hello;
  if (reached === "nothing") return null;
  const lists = listsOf(hello);
  let length = digitsOf(legacyVersion);
  for (const list of lists) length += 1 + lengthOf(list);
  const text = new Uint8Array(length);
  let at = writeNumber(text, 0, legacyVersion);
  for (const list of lists) {
    text[at++] = COMMA;
    at = writeList(text, at, list);
  }
  return { text, hash: reached === "end" ? md5Hex(text, md5) : null };
}

/** As far as the hello came. */
function listsOf(hello: HelloFields): readonly (readonly number[])[] {
  const { reached, isClient } = hello;
  if (reached === "version") return [];
  if (reached !== "end") return [hello.ciphers];
  if (!isClient) return [hello.ciphers, hello.extensions];
  return [hello.ciphers, hello.extensions, hello.curves, hello.pointFormats];
}

/** Characters of the numbers with dashes between them. */
function lengthOf(values: readonly number[]): number {
  let length = Math.max(0, values.length - 1);
  for (let i = 0; i < values.length; i++) length += digitsOf(values[i]!);
  return length;
}

function writeList(text: Uint8Array, start: number, values: readonly number[]): number {
  let at = start;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text[at++] = DASH;
    at = writeNumber(text, at, values[i]!);
  }
  return at;
}

/** Decimal digits of a number of 16 bits. */
function digitsOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 1000) return 3;
  return value < 10_000 ? 4 : 5;
}

function writeNumber(text: Uint8Array, at: number, value: number): number {
  const end = at + digitsOf(value);
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    text[i] = 0x30 + rest - next * 10;
    rest = next;
  }
  return end;
}

function md5Hex(text: Uint8Array, md5: Md5): Uint8Array {
  md5.update(text, 0, text.length);
  const hex = new Uint8Array(2 * md5.digestLength);
  md5.digest(hex, md5.digestLength);
  for (let i = 0; i < md5.digestLength; i++) {
    const byte = hex[md5.digestLength + i]!;
    hex[2 * i] = HEX_DIGITS.charCodeAt(byte >> 4);
    hex[2 * i + 1] = HEX_DIGITS.charCodeAt(byte & 15);
  }
  return hex;
}
