/**
 * Undoes the encodings of request targets as servers do: %XX, %uXXXX, plus signs, UTF-8, backslashes, doubled
 * separators, dot segments (RFC 3986 sections 2.1 and 5.2.4). Servers differ; `UriDecoding` says how the one
 * behaves that is to be protected.
 */
import { bestFit } from "./best-fit.ts";

/** What becomes of "%" before something that is no encoding. */
export type InvalidEncoding = "preserve" | "remove" | "process";

export interface UriDecoding {
  readonly backslashIsSlash: boolean;
  readonly isLowerCase: boolean;
  /** "//" is "/". */
  readonly compressSeparators: boolean;
  /** "%2f" is a separator; it stays encoded otherwise. */
  readonly decodeSeparators: boolean;
  /** "%uXXXX" is decoded. */
  readonly decodeU: boolean;
  /** Characters in UTF-8 become the byte that fits best. */
  readonly utf8BestFit: boolean;
  readonly replacementByte: number;
  readonly encodedNulEnds: boolean;
  readonly rawNulEnds: boolean;
  readonly invalidEncoding: InvalidEncoding;
  /** "+" in queries is a space. */
  readonly plusIsSpace: boolean;
}

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const PLUS = 0x2b;
const DOT = 0x2e;

/** Decodes a path and brings it into its normal form; a path that is in it already is returned. */
export function normalisePath(path: Uint8Array, decoding: UriDecoding): Uint8Array {
  if (isNormalPath(path, decoding.isLowerCase)) return path;
  const out = new Uint8Array(path.length);
  let length = new PercentDecoder(decoding, true).decode(path, out);
  if (decoding.utf8BestFit) length = fitUtf8(out, length, decoding.replacementByte);
  return removeDotSegments(out.subarray(0, length));
}

/** Decodes a query, or a path for the second time: no separators, no dots. */
export function decodeOnce(bytes: Uint8Array, decoding: UriDecoding): Uint8Array {
  if (!isEncoded(bytes)) return bytes;
  const out = new Uint8Array(bytes.length);
  const length = new PercentDecoder(decoding, false).decode(bytes, out);
  return out.slice(0, length);
}

/**
 * No other setting changes the path: printable characters without percent signs and backslashes, no empty
 * segment, no dot where one begins. Nearly all paths are so.
 */
function isNormalPath(path: Uint8Array, isLowerCase: boolean): boolean {
  let before = SLASH;
  for (let i = 0; i < path.length; i++) {
    const byte = path[i]!;
    if (byte < 0x20 || byte > 0x7e || byte === PERCENT || byte === BACKSLASH) return false;
    if (isLowerCase && byte >= 0x41 && byte <= 0x5a) return false;
    if (before === SLASH && (byte === DOT || (byte === SLASH && i > 0))) return false;
    before = byte;
  }
  return true;
}

/** Something may be there that a second decoding changes. */
function isEncoded(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === PERCENT || byte === PLUS || byte === 0) return true;
  }
  return false;
}

export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Decodes what "%" introduces; the results are fields, so that nothing is allocated a byte. */
class PercentDecoder {
  private readonly decoding: UriDecoding;
  private readonly isPath: boolean;
  /** Bytes of input behind "%" that the encoding takes. */
  private taken = 0;
  /** The byte decoded; -1: nothing is put out. */
  private byte = 0;
  private ends = false;

  constructor(decoding: UriDecoding, isPath: boolean) {
    this.decoding = decoding;
    this.isPath = isPath;
  }

  /** Writes to `out`, which is as long as the input; returns how much. */
  decode(bytes: Uint8Array, out: Uint8Array): number {
    const { decoding, isPath } = this;
    let length = 0;
    for (let at = 0; at < bytes.length; ) {
      let byte = bytes[at]!;
      at++;
      if (byte === PERCENT) {
        this.decodeAt(bytes, at);
        if (this.ends) break;
        byte = this.byte;
        at += this.taken;
        if (byte < 0) continue;
      } else if (byte === 0 && decoding.rawNulEnds) break;
      else if (byte === PLUS && !isPath && decoding.plusIsSpace) byte = 0x20;
      if (isPath) byte = this.pathByte(byte);
      const isDoubled = byte === SLASH && length > 0 && out[length - 1] === SLASH;
      if (isPath && isDoubled && decoding.compressSeparators) continue;
      out[length++] = byte;
    }
    return length;
  }

  private pathByte(byte: number): number {
    const { backslashIsSlash, isLowerCase } = this.decoding;
    if (byte === BACKSLASH && backslashIsSlash) return SLASH;
    return isLowerCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  }

  private decodeAt(bytes: Uint8Array, at: number): void {
    const { decodeU, encodedNulEnds } = this.decoding;
    this.ends = false;
    if (at < bytes.length && (bytes[at]! | 0x20) === 0x75) {
      if (decodeU) this.decodeUnicode(bytes, at);
      else this.keep();
    } else this.decodeHex(bytes, at);
    if (this.byte === 0 && this.taken > 0 && encodedNulEnds) this.ends = true;
  }

  private keep(): void {
    this.byte = PERCENT;
    this.taken = 0;
  }

  private decodeHex(bytes: Uint8Array, at: number): void {
    const high = at + 1 < bytes.length ? hexValue(bytes[at]!) : -1;
    const low = at + 1 < bytes.length ? hexValue(bytes[at + 1]!) : -1;
    if (high < 0 || low < 0) {
      this.decodeInvalid(bytes, at, 0, 2);
      return;
    }
    this.byte = high * 16 + low;
    this.taken = 2;
    const isSeparator =
      this.byte === SLASH || (this.byte === BACKSLASH && this.decoding.backslashIsSlash);
    if (this.isPath && isSeparator && !this.decoding.decodeSeparators) this.keep();
  }

  private decodeUnicode(bytes: Uint8Array, at: number): void {
    let value = 0;
    for (let i = 1; i <= 4; i++) {
      const digit = at + i < bytes.length ? hexValue(bytes[at + i]!) : -1;
      if (digit < 0) {
        this.decodeInvalid(bytes, at, 1, 4);
        return;
      }
      value = value * 16 + digit;
    }
    this.byte = value < 0x100 ? value : bestFit(value, this.decoding.replacementByte);
    this.taken = 5;
  }

  /** `count` bytes behind `skip` others should have been digits. */
  private decodeInvalid(bytes: Uint8Array, at: number, skip: number, count: number): void {
    this.keep();
    const { invalidEncoding, replacementByte } = this.decoding;
    if (invalidEncoding === "remove") this.byte = -1;
    if (invalidEncoding !== "process" || at + skip + count > bytes.length) return;
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 16 + looseDigit(bytes[at + skip + i]!);
    if (count === 2) this.byte = value & 0xff;
    else
      this.byte = (value & 0xff00) === 0 ? value & 0xff : bestFit(value & 0xffff, replacementByte);
    this.taken = skip + count;
  }
}

/** A digit as careless servers compute it, whatever the letter. */
function looseDigit(byte: number): number {
  return (byte >= 0x41 ? (byte & 0xdf) - 0x41 + 10 : byte - 0x30) & 0xff;
}

/** Turns UTF-8 into single bytes in place; what is no UTF-8 stays. Overlong forms count as what they hide. */
function fitUtf8(bytes: Uint8Array, length: number, replacement: number): number {
  let next = 0;
  for (let at = 0; at < length; ) {
    const lead = bytes[at]!;
    const size = sequenceLength(lead);
    let codePoint = size === 1 ? lead : lead & (0xff >> (size + 1));
    let i = 1;
    for (; i < size && at + i < length && (bytes[at + i]! & 0xc0) === 0x80; i++) {
      codePoint = (codePoint << 6) | (bytes[at + i]! & 0x3f);
    }
    const isWhole = i === size && size > 1 && codePoint <= 0x10_ffff;
    if (isWhole) {
      bytes[next++] = codePoint < 0x100 ? codePoint : bestFit(codePoint, replacement);
      at += size;
    } else bytes[next++] = bytes[at++]!;
  }
  return next;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc0 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf8 ? 4 : 1;
}

/** RFC 3986 section 5.2.4, in linear time: segments are written over the ones that ".." takes away. */
export function removeDotSegments(path: Uint8Array): Uint8Array {
  if (!path.includes(DOT)) return path.slice();
  const out = new Uint8Array(path.length);
  let length = 0;
  let at = 0;
  while (at < path.length) {
    const hasSlash = path[at] === SLASH;
    const start = hasSlash ? at + 1 : at;
    let end = start;
    while (end < path.length && path[end] !== SLASH) end++;
    const dots = dotsOf(path, start, end);
    const isLast = end === path.length;
    if (dots === 2 && hasSlash) length = lastSlash(out, length);
    if (dots === 0) {
      for (let i = at; i < end; i++) out[length++] = path[i]!;
    } else if (hasSlash && isLast) out[length++] = SLASH;
    // A relative path loses its leading dots together with the slash behind them.
    at = dots > 0 && !hasSlash ? end + 1 : end;
  }
  return out.slice(0, length);
}

/** 1 for ".", 2 for "..", 0 for anything else. */
function dotsOf(path: Uint8Array, start: number, end: number): number {
  const count = end - start;
  if (count < 1 || count > 2 || path[start] !== DOT) return 0;
  return count === 2 && path[start + 1] !== DOT ? 0 : count;
}

function lastSlash(out: Uint8Array, length: number): number {
  let at = length;
  while (at > 0) if (out[--at] === SLASH) return at;
  return 0;
}
