/**
 * Normal form of request targets, as servers understand them (RFC 3986 section 6, and what libhtp makes of broken
 * ones): percent encodings undone, backslashes turned, separators compressed, dot segments removed.
 */
import { EMPTY, joinBytes } from "./message.ts";

export interface UriOptions {
  /** Paths and queries are decoded twice. */
  readonly doubleDecodePath: boolean;
  readonly doubleDecodeQuery: boolean;
  /** "+" in queries is a space. */
  readonly plusIsSpace: boolean;
  /** The normal form begins with scheme and host where the target has them. */
  readonly includeAll: boolean;
}

export interface ParsedUri {
  readonly scheme: Uint8Array | null;
  readonly host: Uint8Array | null;
  /** Digits after the host; null without. */
  readonly port: Uint8Array | null;
  readonly path: Uint8Array | null;
  readonly query: Uint8Array | null;
  readonly fragment: Uint8Array | null;
}

const SLASH = 0x2f;
const PERCENT = 0x25;

/** Splits a target: an origin form, an absolute form, or (`isAuthority`, for CONNECT) host and port. */
export function parseUri(raw: Uint8Array, isAuthority: boolean): ParsedUri {
  const none = { scheme: null, host: null, port: null, path: null, query: null, fragment: null };
  if (isAuthority) return { ...none, ...splitAuthority(raw) };
  let rest = raw;
  let scheme: Uint8Array | null = null;
  let authority = {};
  const colon = rest[0] === SLASH ? -1 : rest.indexOf(0x3a);
  if (colon > 0 && rest[colon + 1] === SLASH && rest[colon + 2] === SLASH) {
    scheme = rest.slice(0, colon);
    const after = rest.slice(colon + 3);
    const end = after.findIndex((byte) => byte === SLASH || byte === 0x3f || byte === 0x23);
    authority = splitAuthority(end < 0 ? after : after.slice(0, end));
    rest = end < 0 ? EMPTY : after.slice(end);
  }
  const hash = rest.indexOf(0x23);
  const fragment = hash < 0 ? null : rest.slice(hash + 1);
  const beforeHash = hash < 0 ? rest : rest.slice(0, hash);
  const mark = beforeHash.indexOf(0x3f);
  const query = mark < 0 ? null : beforeHash.slice(mark + 1);
  const path = mark < 0 ? beforeHash : beforeHash.slice(0, mark);
  return { ...none, ...authority, scheme, path: path.length > 0 ? path : null, query, fragment };
}

function splitAuthority(bytes: Uint8Array): { host: Uint8Array; port: Uint8Array | null } {
  const at = bytes.lastIndexOf(0x40);
  return splitHostPort(at < 0 ? bytes : bytes.slice(at + 1));
}

/** "host:port", with IPv6 addresses in brackets. */
export function splitHostPort(bytes: Uint8Array): { host: Uint8Array; port: Uint8Array | null } {
  const bracket = bytes[0] === 0x5b ? bytes.indexOf(0x5d) : -1;
  const colon = bytes.indexOf(0x3a, bracket + 1);
  if (colon < 0) return { host: bytes, port: null };
  return { host: bytes.slice(0, colon), port: bytes.slice(colon + 1) };
}

/** The normal form of a whole target. */
export function normaliseUri(uri: ParsedUri, options: UriOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  if (options.includeAll && uri.scheme !== null && uri.host !== null) {
    parts.push(uri.scheme, ascii("://"), uri.host);
    if (uri.port !== null) parts.push(ascii(":"), uri.port);
  }
  if (uri.path !== null) parts.push(normalisePath(uri.path, options));
  if (uri.query !== null) {
    let query = decodePercent(uri.query, options.plusIsSpace);
    if (options.doubleDecodeQuery) query = decodePercent(query, options.plusIsSpace);
    parts.push(ascii("?"), query);
  }
  if (uri.fragment !== null) parts.push(ascii("#"), uri.fragment);
  return joinBytes(...parts);
}

export function normalisePath(path: Uint8Array, options: UriOptions): Uint8Array {
  let decoded = compressSeparators(decodePercent(path, false));
  if (options.doubleDecodePath) decoded = compressSeparators(decodePercent(decoded, false));
  return removeDotSegments(decoded);
}

/** Undoes %XX once; broken encodings stay as they are. */
export function decodePercent(bytes: Uint8Array, plusIsSpace: boolean): Uint8Array {
  if (!bytes.includes(PERCENT) && !(plusIsSpace && bytes.includes(0x2b))) return bytes;
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === PERCENT && i + 2 < bytes.length) {
      const high = hexValue(bytes[i + 1]!);
      const low = hexValue(bytes[i + 2]!);
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        i += 2;
        continue;
      }
    }
    out[length++] = plusIsSpace && byte === 0x2b ? 0x20 : byte;
  }
  return out.slice(0, length);
}

/** Whether something is encoded that decoding once leaves encoded. */
export function isDoubleEncoded(bytes: Uint8Array): boolean {
  const once = decodePercent(bytes, false);
  return once !== bytes && decodePercent(once, false).length !== once.length;
}

export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function compressSeparators(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] === 0x5c ? SLASH : bytes[i]!;
    if (byte === SLASH && length > 0 && out[length - 1] === SLASH) continue;
    out[length++] = byte;
  }
  return out.slice(0, length);
}

/** RFC 3986 section 5.2.4. */
function removeDotSegments(path: Uint8Array): Uint8Array {
  if (!path.includes(0x2e)) return path;
  const out: number[] = [];
  let i = 0;
  while (i < path.length) {
    if (startsWith(path, i, "../")) i += 3;
    else if (startsWith(path, i, "./")) i += 2;
    else if (startsWith(path, i, "/./")) i += 2;
    else if (endsAs(path, i, "/.")) {
      out.push(SLASH);
      break;
    } else if (startsWith(path, i, "/../")) {
      i += 3;
      removeLast(out);
    } else if (endsAs(path, i, "/..")) {
      removeLast(out);
      out.push(SLASH);
      break;
    } else if (endsAs(path, i, ".") || endsAs(path, i, "..")) break;
    else {
      do out.push(path[i++]!);
      while (i < path.length && path[i] !== SLASH);
    }
  }
  return Uint8Array.from(out);
}

function removeLast(out: number[]): void {
  while (out.length > 0 && out.pop() !== SLASH) {
    // Takes the last segment away, its slash included.
  }
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function endsAs(bytes: Uint8Array, at: number, text: string): boolean {
  return at + text.length === bytes.length && startsWith(bytes, at, text);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
