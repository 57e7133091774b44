/** SMB 2 and 3: negotiation, session setup, tree connect (MS-SMB2 §2.2.3 to §2.2.10). */
import { withoutZeros } from "../ntlmssp/authenticate.ts";
import { readSecurityBlob } from "../ntlmssp/security-blob.ts";
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { Outcome } from "./outcome.ts";
import { SMB2_HEADER_BYTES, type SmbRecord } from "./smb-record.ts";
import { smb2DialectName } from "./smb2-commands.ts";
import { Status } from "./status.ts";
import { NegotiateDetail, SessionSetupDetail, TreeConnectDetail } from "./transaction.ts";

/** Dialects of a client that are kept. */
export const DIALECTS_MAX = 64;
const SHARE_PIPE = 2;

export function negotiateRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 36)) return Outcome.malformed;
  const count = record.uint16(2);
  if (!record.has(36, 2 * count)) return Outcome.malformed;
  const known = connection.negotiate;
  if (known !== null && known.version === 2 && connection.transactions.items.includes(known)) {
    return Outcome.done;
  }
  const dialects: Uint8Array[] = [];
  for (let i = 0; i < Math.min(count, DIALECTS_MAX); i++) {
    const name = smb2DialectName(record.uint16(36 + 2 * i));
    dialects.push(Uint8Array.from(name, (letter) => letter.charCodeAt(0)));
  }
  connection.negotiate = connection.open(
    record,
    new NegotiateDetail(dialects, record.copy(12, 16)),
  );
  return Outcome.done;
}

export function negotiateResponse(connection: SmbConnection, record: SmbRecord): number {
  const isSuccess = record.status === Status.success;
  if (isSuccess && !record.has(0, 40)) return Outcome.malformed;
  const { agreement, options } = connection;
  agreement.dialect = isSuccess ? record.uint16(4) : 0;
  agreement.maxReadBytes = isSuccess ? record.uint32(32) : 0;
  agreement.maxWriteBytes = isSuccess ? record.uint32(36) : 0;
  const { read, write } = options;
  if (read.sizeMaxBytes !== 0 && agreement.maxReadBytes > read.sizeMaxBytes) {
    connection.addEvent(SmbEvent.negotiateMaxReadSizeTooLarge);
  }
  if (write.sizeMaxBytes !== 0 && agreement.maxWriteBytes > write.sizeMaxBytes) {
    connection.addEvent(SmbEvent.negotiateMaxWriteSizeTooLarge);
  }
  // The request may have been one of SMB 1.
  const transaction = connection.negotiate;
  if (transaction === null || transaction.detail?.kind !== "negotiate") return Outcome.generic;
  if (isSuccess) transaction.detail.serverGuid = record.copy(8, 16);
  transaction.setStatus(record.status, false);
  transaction.finishResponse();
  connection.negotiate = null;
  return Outcome.done;
}

export function sessionSetupRequest(connection: SmbConnection, record: SmbRecord): number {
  const detail = new SessionSetupDetail();
  const transaction = connection.openPending("session", record, detail);
  if (!record.has(0, 24)) {
    transaction.addEvent(SmbEvent.malformedData);
    return Outcome.done;
  }
  const start = record.bodyStart + 24;
  const end = Math.min(start + record.uint16(14), record.bodyEnd);
  const { ntlm, ticket } = readSecurityBlob(record.bytes, start, end);
  detail.ntlm = ntlm;
  detail.ticket = ticket;
  if (ntlm?.isUnusual === true) transaction.addEvent(SmbEvent.unusualNtlmsspOrder);
  return Outcome.done;
}

/** The first response names the session that the request could not know. */
export function sessionSetupResponse(connection: SmbConnection, record: SmbRecord): number {
  let transaction = connection.take("session", record);
  if (transaction === undefined) {
    const { sessionId } = record;
    record.sessionId = 0n;
    transaction = connection.take("session", record);
    record.sessionId = sessionId;
  }
  if (transaction === undefined) return Outcome.done;
  transaction.setPlace(record);
  transaction.setStatus(record.status, false);
  transaction.finishResponse();
  return Outcome.done;
}

export function treeConnectRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 8)) return Outcome.malformed;
  const at = Math.max(record.uint16(4) - SMB2_HEADER_BYTES, 8);
  const start = Math.min(record.bodyStart + at, record.bodyEnd);
  const end = Math.min(start + record.uint16(6), record.bodyEnd);
  const detail = new TreeConnectDetail(withoutZeros(record.bytes, start, end));
  const transaction = connection.openPending("tree", record, detail);
  transaction.treeId = 0;
  return Outcome.done;
}

export function treeConnectResponse(connection: SmbConnection, record: SmbRecord): number {
  const isSuccess = record.status === Status.success;
  if (isSuccess && !record.has(0, 3)) return Outcome.malformed;
  if (record.status === Status.pending) return Outcome.generic;
  const transaction = connection.take("tree", record);
  if (transaction?.detail?.kind !== "tree connect")
    return isSuccess ? Outcome.done : Outcome.generic;
  transaction.setStatus(record.status, false);
  transaction.finishResponse();
  if (!isSuccess) return Outcome.done;
  const { detail } = transaction;
  detail.shareType = record.byte(2);
  detail.isPipe = detail.shareType === SHARE_PIPE;
  transaction.setPlace(record);
  connection.trees.set(record.treeKey, { name: detail.shareName, isPipe: detail.isPipe });
  return Outcome.done;
}
