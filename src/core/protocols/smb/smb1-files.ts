/** SMB 1: files are opened, closed, renamed (MS-CIFS §2.2.4.5, §2.2.4.8, §2.2.4.64). */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { withoutZeros } from "../ntlmssp/authenticate.ts";
import type { SmbConnection } from "./connection.ts";
import { unixSeconds } from "./file-time.ts";
import { Outcome } from "./outcome.ts";
import { bytesKey, type SmbRecord } from "./smb-record.ts";
import { type Smb1Body, Smb1Strings, sessionFileId } from "./smb1-body.ts";
import { Status } from "./status.ts";
import { CreateDetail } from "./transaction.ts";
import { closeTransfer } from "./transfer-pieces.ts";

const NO_ID = new Uint8Array(0);

export function createRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole || body.wordCount < 24) return Outcome.malformed;
  const strings = new Smb1Strings(record, body.bytesAt, body.bytesEnd, record.isUnicode);
  strings.align(record);
  const start = strings.at;
  const end = Math.min(start + body.uint16(5), record.bodyEnd);
  const name = withoutZeros(record.bytes, Math.min(start, end), end);
  connection.askedNames.set(record.messageKey, name);
  const detail = new CreateDetail(name, body.uint32(35), body.uint32(39));
  connection.openPending("generic", record, detail);
  return Outcome.done;
}

export function createResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (record.status !== Status.success) return Outcome.generic;
  if (!record.has(body.at, 64)) return Outcome.malformed;
  const fileId = body.fileId(5);
  const name = connection.askedNames.take(record.messageKey);
  if (name !== undefined) {
    connection.names.set(bytesKey(sessionFileId(fileId, record.sessionId)), name);
  }
  const transaction = connection.take("generic", record);
  if (transaction === undefined) return Outcome.done;
  transaction.setStatus(record.status, false);
  transaction.finishResponse();
  const { detail } = transaction;
  if (detail?.kind !== "create") return Outcome.done;
  detail.times = [
    unixSeconds(body.uint64(11)),
    unixSeconds(body.uint64(19)),
    unixSeconds(body.uint64(27)),
    unixSeconds(body.uint64(35)),
  ];
  detail.sizeBytes = body.uint64(55);
  detail.fileId = fileId;
  return Outcome.done;
}

export function closeRequest(connection: SmbConnection, record: SmbRecord, body: Smb1Body): number {
  if (body.wordCount < 3 || !record.has(body.at, 7)) return Outcome.malformed;
  const fileId = sessionFileId(body.fileId(0), record.sessionId);
  connection.askedFileIds.set(record.messageKey, fileId);
  closeTransfer(connection, fileId, TO_SERVER);
  return Outcome.generic;
}

export function closeResponse(connection: SmbConnection, record: SmbRecord): number {
  const fileId = connection.askedFileIds.take(record.messageKey);
  if (fileId !== undefined) closeTransfer(connection, fileId, TO_CLIENT);
  return Outcome.generic;
}

export function renameRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole) return Outcome.malformed;
  const strings = new Smb1Strings(record, body.bytesAt + 1, body.bytesEnd, record.isUnicode);
  strings.align(record);
  const from = strings.next();
  strings.at++;
  strings.align(record);
  const to = from === null ? null : strings.next();
  if (from === null || to === null) return Outcome.malformed;
  connection.openPending("generic", record, { kind: "rename", fileId: NO_ID, from, to });
  return Outcome.done;
}
