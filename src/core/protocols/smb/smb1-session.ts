/** SMB 1: negotiation, session setup, tree connect (MS-CIFS §2.2.4.52 to §2.2.4.55, MS-SMB §2.2.4.5 to §2.2.4.7). */
import { withoutZeros } from "../ntlmssp/authenticate.ts";
import { readSecurityBlob } from "../ntlmssp/security-blob.ts";
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { Outcome } from "./outcome.ts";
import type { SmbRecord } from "./smb-record.ts";
import { type Smb1Body, Smb1Strings } from "./smb1-body.ts";
import { Smb1Command } from "./smb1-commands.ts";
import { Status } from "./status.ts";
import {
  type HostInfo,
  NegotiateDetail,
  SessionSetupDetail,
  TreeConnectDetail,
} from "./transaction.ts";

/** Dialects of a client that are kept. */
const DIALECTS_MAX = 64;
const WORDS_NT_DIALECT = 17;
const NO_TEXT = new Uint8Array(0);

export function negotiateRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole) return Outcome.malformed;
  const known = connection.negotiate;
  if (known !== null && known.version === 1 && connection.transactions.items.includes(known)) {
    known.addEvent(SmbEvent.duplicateNegotiate);
    return Outcome.done;
  }
  const strings = new Smb1Strings(record, body.bytesAt, body.bytesEnd, false);
  const dialects: Uint8Array[] = [];
  let isOdd = false;
  for (let text = strings.next(); text !== null; text = strings.next()) {
    // Each begins with a byte that says what it is.
    if (text.length <= 1) isOdd = true;
    if (text.length > 0 && dialects.length < DIALECTS_MAX) dialects.push(text.subarray(1));
  }
  const transaction = connection.open(record, new NegotiateDetail(dialects, null));
  if (isOdd) transaction.addEvent(SmbEvent.negotiateMalformedDialects);
  connection.negotiate = transaction;
  return Outcome.done;
}

export function negotiateResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!record.has(0, 3) || body.wordCount === 0) return Outcome.malformed;
  const transaction = connection.negotiate;
  if (transaction?.detail?.kind !== "negotiate") return Outcome.generic;
  const { detail } = transaction;
  const isNt = body.wordCount === WORDS_NT_DIALECT && body.isWhole;
  if (isNt && record.has(body.bytesAt, 16)) detail.serverGuid = record.copy(body.bytesAt, 16);
  const dialect = detail.dialects[body.uint16(0)];
  if (dialect === undefined) transaction.addEvent(SmbEvent.negotiateMalformedDialects);
  else connection.agreement.dialectName = dialect;
  transaction.setStatus(record.status, record.isDosError);
  transaction.finishResponse();
  connection.negotiate = null;
  return Outcome.done;
}

export function sessionSetupRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole || body.wordCount < 12) return Outcome.done;
  const detail = new SessionSetupDetail();
  const transaction = connection.openPending("session", record, detail);
  transaction.treeId = 0;
  const isExtended = body.wordCount === 12;
  // With extended security there is a blob, without there are two passwords and two names before the host's.
  const blobBytes = isExtended ? body.uint16(14) : body.uint16(14) + body.uint16(16);
  const stringsAt = Math.min(body.bytesAt + blobBytes, body.bytesEnd);
  if (isExtended) {
    const start = record.bodyStart + body.bytesAt;
    const { ntlm, ticket } = readSecurityBlob(record.bytes, start, record.bodyStart + stringsAt);
    detail.ntlm = ntlm;
    detail.ticket = ticket;
    if (ntlm?.isUnusual === true) transaction.addEvent(SmbEvent.unusualNtlmsspOrder);
  }
  detail.requestHost = readHost(record, stringsAt, body.bytesEnd, isExtended ? 0 : 2);
  return Outcome.done;
}

/** The first response names the session that the request could not know. */
export function sessionSetupResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  let transaction = connection.take("session", record);
  const { sessionId } = record;
  for (const other of [(sessionId >> 16n) << 16n, 0n]) {
    if (transaction !== undefined) break;
    record.sessionId = other;
    transaction = connection.take("session", record);
    record.sessionId = sessionId;
  }
  if (transaction?.detail?.kind !== "session setup") return Outcome.done;
  if (body.isWhole && body.wordCount >= 3) {
    const blobBytes = body.wordCount >= 4 ? body.uint16(6) : 0;
    const stringsAt = Math.min(body.bytesAt + blobBytes, body.bytesEnd);
    transaction.detail.responseHost = readHost(record, stringsAt, body.bytesEnd, 0);
  } else if (body.wordCount !== 0) transaction.addEvent(SmbEvent.malformedData);
  transaction.setPlace(record);
  transaction.setStatus(record.status, record.isDosError);
  transaction.finishResponse();
  return Outcome.done;
}

function readHost(record: SmbRecord, at: number, end: number, skipped: number): HostInfo {
  const strings = new Smb1Strings(record, at, end, record.isUnicode);
  strings.align(record);
  for (let i = 0; i < skipped; i++) strings.next();
  const nativeOs = strings.next();
  const nativeLanManager = nativeOs === null ? null : strings.next();
  return { nativeOs: nativeOs ?? NO_TEXT, nativeLanManager: nativeLanManager ?? NO_TEXT };
}

export function treeConnectRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole || body.wordCount < 4) return Outcome.malformed;
  const pathAt = body.bytesAt + body.uint16(6);
  const strings = new Smb1Strings(record, pathAt, body.bytesEnd, record.isUnicode);
  strings.align(record);
  const path = strings.next();
  if (path === null) return Outcome.malformed;
  const servicesAt = strings.at - record.bodyStart;
  const service = new Smb1Strings(record, servicesAt, body.bytesEnd, false).next();
  if (service === null) return Outcome.malformed;
  const name = withoutZeros(path, path.length > 1 ? 1 : 0, path.length);
  const detail = new TreeConnectDetail(name);
  detail.requestService = service;
  const transaction = connection.openPending("tree", record, detail);
  transaction.treeId = 0;
  return Outcome.done;
}

export function treeConnectResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  const isSuccess = record.status === Status.success;
  const service = isSuccess ? readService(record, body) : null;
  if (isSuccess && service === null) return Outcome.malformed;
  const transaction = connection.take("tree", record);
  if (transaction?.detail?.kind !== "tree connect")
    return isSuccess ? Outcome.generic : Outcome.done;
  transaction.setStatus(record.status, record.isDosError);
  transaction.finishResponse();
  if (service === null) return Outcome.done;
  const { detail } = transaction;
  detail.isPipe = service.length === 3 && isText(service, "IPC");
  detail.responseService = service;
  transaction.setPlace(record);
  connection.trees.set(record.treeKey, { name: detail.shareName, isPipe: detail.isPipe });
  return Outcome.done;
}

function readService(record: SmbRecord, body: Smb1Body): Uint8Array | null {
  if (!body.isWhole) return null;
  return new Smb1Strings(record, body.bytesAt, body.bytesEnd, false).next();
}

function isText(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The session is gone by then: its logoff is the newest transaction, if any. */
export function logoffResponse(connection: SmbConnection, record: SmbRecord): number {
  const { last } = connection.transactions;
  if (last !== null && last.version === 1 && last.command === Smb1Command.logoffAndX) {
    last.finishResponse();
    last.setStatus(record.status, record.isDosError);
  }
  return Outcome.done;
}
