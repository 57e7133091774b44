/**
 * ClientHello and ServerHello (RFC 8446 §4.1, RFC 5246 §7.4.1) of one side, decoded from a whole message. A
 * message that is broken somewhere keeps what came before that place. TLS 1.3 drafts before 22 left the session
 * and compression out of the ServerHello.
 */
import { readExtensions } from "./extensions.ts";
import { HelloCursor, HelloFields, HelloProblem, takeValues } from "./hello-fields.ts";
import { TlsVersion } from "./versions.ts";

export const HELLO_RANDOM_BYTES = 32;

/** Decodes the body of a hello in [start, end). */
export function decodeHello(
  isClient: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
): HelloFields {
  const fields = new HelloFields(isClient);
  const cursor = new HelloCursor(bytes, start, end);
  if (!decodeParts(fields, cursor)) fields.problems.push(HelloProblem.length);
  return fields;
}

/** False: a length is wrong, what follows cannot be read. */
function decodeParts(fields: HelloFields, cursor: HelloCursor): boolean {
  if (!cursor.has(2)) return false;
  takeVersion(fields, cursor.uint16());
  if (!cursor.has(HELLO_RANDOM_BYTES)) return false;
  fields.random = cursor.take(HELLO_RANDOM_BYTES);
  const isLong = fields.isClient || !isDraftChoice(fields.legacyVersion);
  if (isLong && !takeSession(fields, cursor)) return false;
  if (!takeCiphers(fields, cursor)) return false;
  if (isLong && !skipCompression(fields, cursor)) return false;
  const isWhole = readExtensions(fields, cursor);
  if (isWhole) fields.reached = "end";
  return isWhole;
}

/** A ServerHello whose version field chooses TLS 1.3 or a draft of it: only drafts before 22 do so. */
export function isDraftChoice(legacyVersion: number): boolean {
  return legacyVersion === TlsVersion.tls13 || legacyVersion >> 8 === 0x7f;
}

function takeVersion(fields: HelloFields, version: number): void {
  const isEarly = version === TlsVersion.tls13 || (version >= 0x7f01 && version < 0x7f10);
  fields.legacyVersion = version;
  fields.offeredVersion = version;
  fields.version = isEarly ? TlsVersion.tls13Early : version;
  fields.reached = "version";
}

function takeSession(fields: HelloFields, cursor: HelloCursor): boolean {
  if (!cursor.has(1)) return false;
  const length = cursor.uint8();
  if (!cursor.has(length)) return false;
  if (length > 0) fields.sessionId = cursor.take(length);
  return true;
}

function takeCiphers(fields: HelloFields, cursor: HelloCursor): boolean {
  if (!cursor.has(2)) return false;
  const length = fields.isClient ? cursor.uint16() : 2;
  if (!cursor.has(length) || length % 2 !== 0) return false;
  fields.ciphers = takeValues(cursor, length);
  fields.reached = "ciphers";
  return true;
}

function skipCompression(fields: HelloFields, cursor: HelloCursor): boolean {
  if (!cursor.has(1)) return false;
  const length = cursor.uint8();
  if (!fields.isClient) return true;
  if (!cursor.has(length)) return false;
  cursor.at += length;
  return true;
}
