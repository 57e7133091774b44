/**
 * Takes request lines apart (RFC 9112 section 3), as leniently as servers do; what is odd becomes an event.
 */
import { isSpace, lowerText, trimmed } from "./message.ts";
import { isKnownMethod } from "./methods.ts";
import { equalsAscii, type Http1Transaction } from "./transaction.ts";
import { parseUri } from "./uri.ts";

const SPACE = 0x20;

/** `line` is without its end. */
export function parseRequestLine(transaction: Http1Transaction, line: Uint8Array): void {
  let at = 0;
  while (at < line.length && isSpace(line[at]!)) at++;
  if (at > 0) transaction.note("request_line_leading_whitespace");
  const methodStart = at;
  while (at < line.length && !isSpace(line[at]!)) at++;
  transaction.method = line.slice(methodStart, at);
  const delimiterStart = at;
  while (at < line.length && isSpace(line[at]!)) at++;
  if (hasOddSpace(line, delimiterStart, at)) transaction.note("method_delim_non_compliant");
  const rest = trimmed(line, at, line.length);
  if (rest.length > 0) parseTarget(transaction, rest);
  const { request } = transaction;
  if (request.protocol === null) request.version = 9;
  if (isKnownMethod(transaction.method)) return;
  if (transaction.uriRaw === null) transaction.note("request_line_unknown_method");
  else if (request.protocol === null) transaction.note("request_line_unknown_method_no_protocol");
  else if (request.version === 0) transaction.note("request_line_unknown_method_invalid_protocol");
}

/** Spaces may be part of the target: the last one is before the protocol. Other white space only without any. */
function parseTarget(transaction: Http1Transaction, rest: Uint8Array): void {
  const { request } = transaction;
  let split = splitAt(rest, (byte) => byte === SPACE);
  if (hasOddSpace(rest, 0, split)) {
    transaction.note("uri_delim_non_compliant");
    if (split === rest.length) split = splitAt(rest, isSpace);
  }
  transaction.uriRaw = trimmed(rest, 0, split);
  transaction.uri = parseUri(transaction.uriRaw, transaction.isConnect);
  const protocol = trimmed(rest, split, rest.length);
  if (protocol.length === 0) return;
  request.protocol = protocol;
  request.version = versionOf(protocol);
}

/** Where the last separator is; the length without one. */
function splitAt(rest: Uint8Array, isSeparator: (byte: number) => boolean): number {
  const at = rest.findLastIndex(isSeparator);
  return at < 0 ? rest.length : at;
}

function hasOddSpace(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== SPACE && isSpace(bytes[i]!)) return true;
  return false;
}

/** 9, 10, 11; 0 for anything else. White space around the slash and leading zeros are passed over. */
export function versionOf(protocol: Uint8Array): number {
  if (equalsAscii(protocol, "HTTP/1.1")) return 11;
  if (equalsAscii(protocol, "HTTP/1.0")) return 10;
  const match = /^\s*http\s*\/[\s0]*(\.9|1\.0|1\.1)\s*$/.exec(lowerText(protocol));
  if (match === null) return 0;
  if (match[1] === "1.1") return 11;
  return match[1] === "1.0" ? 10 : 9;
}
