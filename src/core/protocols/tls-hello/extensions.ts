/**
 * Extensions of hello messages (RFC 8446 §4.2) that something is read from: names, versions, groups, signature
 * algorithms, application protocols (RFC 6066, 7301, 8422). Others are noted by number.
 */
import { isGrease } from "./grease.ts";
import {
  HelloCursor,
  type HelloFields,
  HelloProblem,
  type HelloProblemName,
  takeValues,
} from "./hello-fields.ts";
import { isTlsVersion } from "./versions.ts";

/** Names longer than a domain name can be are refused. */
export const SNI_LIMIT_BYTES = 255;
const SNI_HOST_NAME = 0;

const Extension = {
  sni: 0,
  curves: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  sessionTicket: 35,
  earlyData: 42,
  supportedVersions: 43,
} as const;

/** After a problem in an extension: `stop` leaves the other extensions alone, `fail` the fingerprint too. */
type Outcome = "ok" | "stop" | "fail";

/** Reads the extensions at the cursor. False: their lengths make no sense. */
export function readExtensions(fields: HelloFields, cursor: HelloCursor): boolean {
  if (!cursor.has(2)) return true;
  const length = cursor.uint16();
  if (!cursor.has(length)) return false;
  const end = cursor.at + length;
  while (cursor.at < end) {
    if (end - cursor.at < 4) return false;
    const type = cursor.uint16();
    const extensionEnd = cursor.uint16() + cursor.at;
    if (extensionEnd > end) return false;
    const inner = new HelloCursor(cursor.bytes, cursor.at, extensionEnd);
    const outcome = inner.at === extensionEnd ? noteEmpty(fields, type) : read(fields, type, inner);
    if (outcome === "stop") return true;
    if (outcome === "fail") return false;
    if (!isGrease(type)) fields.extensions.push(type);
    cursor.at = extensionEnd;
  }
  return true;
}

function noteEmpty(fields: HelloFields, type: number): Outcome {
  if (type === Extension.earlyData) fields.hasEarlyData = true;
  if (type === Extension.sessionTicket) fields.hasSessionTicket = true;
  return "ok";
}

function read(fields: HelloFields, type: number, cursor: HelloCursor): Outcome {
  switch (type) {
    case Extension.sni:
      return readSni(fields, cursor);
    case Extension.curves:
      return readCurves(fields, cursor);
    case Extension.pointFormats:
      return readPointFormats(fields, cursor);
    case Extension.signatureAlgorithms:
      return readSignatureAlgorithms(fields, cursor);
    case Extension.alpn:
      return readAlpn(fields, cursor);
    case Extension.supportedVersions:
      return fields.isClient ? readOffered(fields, cursor) : readChosen(fields, cursor);
    default:
      return noteEmpty(fields, type);
  }
}

function stop(fields: HelloFields, problem: HelloProblemName): Outcome {
  fields.problems.push(problem);
  return "stop";
}

function readSni(fields: HelloFields, cursor: HelloCursor): Outcome {
  if (!cursor.has(3)) return stop(fields, HelloProblem.length);
  cursor.at += 2;
  if (cursor.uint8() !== SNI_HOST_NAME) return stop(fields, HelloProblem.sniType);
  if (!cursor.has(2)) return stop(fields, HelloProblem.length);
  const length = cursor.uint16();
  if (!cursor.has(length) || length === 0 || length > SNI_LIMIT_BYTES) {
    return stop(fields, HelloProblem.sniLength);
  }
  if (fields.sni === null) fields.sni = cursor.take(length);
  else fields.problems.push(HelloProblem.multipleSni);
  return "ok";
}

function readCurves(fields: HelloFields, cursor: HelloCursor): Outcome {
  if (!cursor.has(2)) return "fail";
  const length = cursor.uint16();
  if (!cursor.has(length + (length % 2))) return "fail";
  if (fields.isClient) fields.curves = takeValues(cursor, length);
  return "ok";
}

function readPointFormats(fields: HelloFields, cursor: HelloCursor): Outcome {
  const length = cursor.uint8();
  if (!cursor.has(length)) return "fail";
  if (fields.isClient) fields.pointFormats = Array.from(cursor.take(length));
  return "ok";
}

function readSignatureAlgorithms(fields: HelloFields, cursor: HelloCursor): Outcome {
  if (!cursor.has(2)) return stop(fields, HelloProblem.length);
  const length = cursor.uint16();
  if (!cursor.has(length) || length % 2 !== 0) return stop(fields, HelloProblem.length);
  if (fields.isClient) fields.signatureAlgorithms = takeValues(cursor, length);
  return "ok";
}

function readAlpn(fields: HelloFields, cursor: HelloCursor): Outcome {
  if (!cursor.has(2)) return stop(fields, HelloProblem.length);
  const length = cursor.uint16();
  if (!cursor.has(length)) return stop(fields, HelloProblem.length);
  const end = cursor.at + length;
  while (cursor.at < end) {
    const nameLength = cursor.uint8();
    if (!cursor.has(nameLength)) return stop(fields, HelloProblem.length);
    if (cursor.at + nameLength > end) break;
    fields.alpns.push(cursor.take(nameLength));
  }
  return "ok";
}

function readOffered(fields: HelloFields, cursor: HelloCursor): Outcome {
  const length = cursor.uint8();
  if (length < 2 || !cursor.has(length)) return stop(fields, HelloProblem.length);
  const version = takeValues(cursor, length - (length % 2)).find(isTlsVersion);
  if (version !== undefined) {
    fields.version = version;
    fields.offeredVersion = version;
  }
  fields.hasVersionExtension = true;
  return "ok";
}

function readChosen(fields: HelloFields, cursor: HelloCursor): Outcome {
  if (!cursor.has(2)) return stop(fields, HelloProblem.length);
  fields.version = cursor.uint16();
  fields.hasVersionExtension = true;
  return "ok";
}
