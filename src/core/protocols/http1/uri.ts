/**
 * Request targets (RFC 9112 section 3.2): their parts, as leniently as servers take them apart, and the normal
 * form that rules look into.
 */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { EMPTY, joinBytes } from "./message.ts";
import { decodeOnce, normalisePath, type UriDecoding } from "./uri-decoding.ts";

export { normalisePath };

export interface UriOptions {
  readonly decoding: UriDecoding;
  /** Paths and queries are decoded twice. */
  readonly doubleDecodePath: boolean;
  readonly doubleDecodeQuery: boolean;
  /** The normal form begins with scheme and host where the target has them. */
  readonly includeAll: boolean;
}

export interface ParsedUri {
  readonly scheme: Uint8Array | null;
  /** User name and password, as written. */
  readonly credentials: Uint8Array | null;
  readonly host: Uint8Array | null;
  /** What follows the host's colon; null without. */
  readonly port: Uint8Array | null;
  readonly path: Uint8Array | null;
  readonly query: Uint8Array | null;
  readonly fragment: Uint8Array | null;
}

export interface HostPort {
  readonly host: Uint8Array;
  readonly port: Uint8Array | null;
  /** Something follows that is neither. */
  readonly hasJunk: boolean;
}

const SLASH = 0x2f;
const COLON = 0x3a;
const AT = 0x40;
const SPACE = 0x20;
const QUESTION_MARK = Uint8Array.of(0x3f);
const NUMBER_SIGN = Uint8Array.of(0x23);

const noParts = {
  scheme: null,
  credentials: null,
  host: null,
  port: null,
  path: null,
  query: null,
  fragment: null,
};

/** Splits a target: an origin form, an absolute form, or (`isAuthority`, for CONNECT) host and port. */
export function parseUri(raw: Uint8Array, isAuthority: boolean): ParsedUri {
  if (isAuthority) {
    const { host, port } = splitHostPort(raw);
    return { ...noParts, host: host.length === 0 ? null : host, port };
  }
  const colon = raw[0] === SLASH ? -1 : raw.indexOf(COLON);
  if (colon < 0) return { ...noParts, ...splitPath(raw) };
  const authority = splitAuthority(raw.subarray(colon + 1));
  return {
    scheme: raw.slice(0, colon),
    credentials: authority.credentials,
    host: authority.host,
    port: authority.port,
    ...splitPath(authority.rest),
  };
}

function splitPath(rest: Uint8Array) {
  const hash = rest.indexOf(0x23);
  const fragment = hash < 0 ? null : rest.slice(hash + 1);
  const beforeHash = hash < 0 ? rest : rest.subarray(0, hash);
  const mark = beforeHash.indexOf(0x3f);
  const query = mark < 0 ? null : beforeHash.slice(mark + 1);
  const path = mark < 0 ? beforeHash : beforeHash.subarray(0, mark);
  return { path: path.length > 0 ? path.slice() : null, query, fragment };
}

/** What follows a scheme: an authority, with two slashes or none before it, then the path. */
function splitAuthority(bytes: Uint8Array) {
  const hasSlashes = bytes[0] === SLASH && bytes[1] === SLASH;
  const start = hasSlashes ? 2 : 0;
  if (bytes[start] === SLASH) return { credentials: null, host: null, port: null, rest: bytes };
  let end = start;
  while (end < bytes.length && !isAuthorityEnd(bytes[end]!)) end++;
  const at = hasSlashes ? bytes.subarray(0, end).lastIndexOf(AT) : -1;
  const credentials = at >= start ? bytes.slice(start, at) : null;
  const { host, port } = splitHostPort(bytes.subarray(at >= start ? at + 1 : start, end));
  const hasHost = host.length > 0;
  return { credentials, host: hasHost ? host : null, port, rest: bytes.subarray(end) };
}

function isAuthorityEnd(byte: number): boolean {
  return byte === SLASH || byte === 0x3f || byte === 0x23;
}

/** "host:port", with IPv6 addresses in brackets. Spaces around both are not part of them. */
export function splitHostPort(bytes: Uint8Array): HostPort {
  let start = bytes[0] === SLASH && bytes[1] === SLASH ? 2 : 0;
  while (bytes[start] === SPACE) start++;
  let end = start;
  if (bytes[start] === 0x5b) {
    while (end < bytes.length && !isAuthorityEnd(bytes[end]!) && bytes[end] !== 0x5d) end++;
    if (bytes[end] === 0x5d) end++;
  } else {
    while (end < bytes.length && !isAuthorityEnd(bytes[end]!) && bytes[end] !== COLON) end++;
  }
  let hostEnd = end;
  while (hostEnd > start && bytes[hostEnd - 1] === SPACE) hostEnd--;
  const host = bytes.slice(start, hostEnd);
  const port = bytes[end] === COLON ? portAfter(bytes, end + 1) : null;
  return { host, port, hasJunk: port === null && end < bytes.length };
}

function portAfter(bytes: Uint8Array, from: number): Uint8Array | null {
  let start = from;
  while (bytes[start] === SPACE) start++;
  let end = start;
  while (end < bytes.length && !isAuthorityEnd(bytes[end]!) && bytes[end] !== SPACE) end++;
  return end === start ? null : bytes.slice(start, end);
}

/** A port as a number, 0 for what is none. */
export function portNumber(digits: Uint8Array): number {
  let number = 0;
  for (const digit of digits) {
    if (digit < 0x30 || digit > 0x39) return 0;
    number = number * 10 + digit - 0x30;
    if (number > 65_535) return 0;
  }
  return number;
}

export interface NormalUri {
  readonly bytes: Uint8Array;
  /** The second decoding found something to decode. */
  readonly isDoubleEncoded: boolean;
}

/** The normal form of a whole target; null when nothing is left of it. */
export function normaliseUri(
  uri: ParsedUri,
  options: UriOptions,
  normalPath: Uint8Array | null,
): NormalUri | null {
  const { decoding } = options;
  const parts: Uint8Array[] = options.includeAll ? originParts(uri, decoding) : [];
  let isDoubleEncoded = false;
  if (uri.path !== null) {
    const once = normalPath ?? normalisePath(uri.path, decoding);
    const path = options.doubleDecodePath ? decodeOnce(once, decoding) : once;
    isDoubleEncoded = path.length < once.length;
    parts.push(path);
  }
  if (uri.query !== null) {
    const once = decodeOnce(uri.query, decoding);
    const query = options.doubleDecodeQuery ? decodeOnce(once, decoding) : once;
    isDoubleEncoded ||= query.length < once.length;
    parts.push(QUESTION_MARK, query);
  }
  if (uri.fragment !== null) parts.push(NUMBER_SIGN, decodeOnce(uri.fragment, decoding));
  const bytes = parts.length === 1 ? parts[0]! : joinBytes(...parts);
  return bytes.length === 0 ? null : { bytes, isDoubleEncoded };
}

function originParts(uri: ParsedUri, decoding: UriDecoding): Uint8Array[] {
  const parts: Uint8Array[] = [];
  if (uri.scheme !== null) parts.push(lowerCase(uri.scheme), ascii("://"));
  if (uri.credentials !== null) parts.push(decodeOnce(uri.credentials, decoding), ascii("@"));
  if (uri.host !== null) parts.push(normaliseHost(uri.host, decoding));
  if (uri.port !== null) parts.push(ascii(":"), uri.port);
  return parts;
}

/** The host of a target: decoded, in lower case, the dots at its end left out. */
export function normaliseHost(host: Uint8Array, decoding: UriDecoding): Uint8Array {
  const decoded = lowerCase(decodeOnce(host, decoding));
  let end = decoded.length;
  while (end > 0 && decoded[end - 1] === 0x2e) end--;
  return decoded.slice(0, end);
}

export function lowerCase(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return EMPTY;
  const lower = bytes.slice();
  for (let i = 0; i < lower.length; i++) {
    const byte = lower[i]!;
    if (byte >= 0x41 && byte <= 0x5a) lower[i] = byte | 0x20;
  }
  return lower;
}

export function ascii(text: string): Uint8Array {
  return latin1ToBytes(text);
}
