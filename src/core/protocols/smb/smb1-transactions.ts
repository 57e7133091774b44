/** SMB 1: transactions (MS-CIFS §2.2.4.33, §2.2.4.46): calls over pipes, renames, marks for deletion. */
import { withoutZeros } from "../ntlmssp/authenticate.ts";
import type { SmbConnection } from "./connection.ts";
import { Outcome } from "./outcome.ts";
import { carriesCalls, keepPipeFragment, takePipeRequest, takePipeResponse } from "./pipe-calls.ts";
import type { SmbRecord } from "./smb-record.ts";
import { type Smb1Body, sessionFileId } from "./smb1-body.ts";
import { Status } from "./status.ts";
import type { SetInfoDetail } from "./transaction.ts";
import { UNKNOWN_NAME } from "./unknown-name.ts";

const PIPE_TRANSACT = 0x26;
const SET_PATH_INFO = 6;
const SET_FILE_INFO = 8;
const LEVEL_RENAME = 1010;
const LEVEL_DISPOSITION = 1013;
const NO_ID = new Uint8Array(0);

export function transRequest(connection: SmbConnection, record: SmbRecord, body: Smb1Body): number {
  if (!body.isWhole || body.wordCount < 14) return Outcome.malformed;
  const isPipe = body.wordCount >= 16 && body.byte(26) === 2 && body.uint16(28) === PIPE_TRANSACT;
  if (!isPipe) return Outcome.generic;
  const fileId = body.fileId(30);
  connection.askedFileIds.set(record.messageKey, fileId);
  if (!carriesCalls(connection, sessionFileId(fileId, record.sessionId))) return Outcome.generic;
  const [start, end] = body.rangeAt(body.uint16(24), body.uint16(22));
  takePipeRequest(connection, record, start, end);
  return Outcome.generic;
}

export function transResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole) return Outcome.malformed;
  if (body.wordCount < 10) return Outcome.generic;
  const [start, end] = body.rangeAt(body.uint16(14), body.uint16(12));
  const fileId = connection.askedFileIds.take(record.messageKey) ?? NO_ID;
  if (record.status === Status.bufferOverflow) {
    keepPipeFragment(connection, record, fileId, start, end);
  } else if (carriesCalls(connection, sessionFileId(fileId, record.sessionId))) {
    takePipeResponse(connection, record, fileId, start, end);
  }
  return Outcome.generic;
}

export function trans2Request(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
): number {
  if (!body.isWhole || body.wordCount < 15) return Outcome.malformed;
  const subcommand = body.uint16(28);
  if (subcommand !== SET_PATH_INFO && subcommand !== SET_FILE_INFO) return Outcome.generic;
  const [start, end] = body.rangeAt(body.uint16(20), body.uint16(18));
  if (end - start < 6) return Outcome.malformed;
  const at = start - record.bodyStart;
  const isPath = subcommand === SET_PATH_INFO;
  const level = record.uint16(isPath ? at : at + 2);
  if (level !== LEVEL_RENAME && level !== LEVEL_DISPOSITION) return Outcome.generic;
  const fileId = isPath ? NO_ID : record.copy(at, 2);
  const known = isPath
    ? withoutZeros(record.bytes, start + 6, end)
    : connection.nameOf(sessionFileId(fileId, record.sessionId));
  const fileName = known ?? UNKNOWN_NAME;
  const data = body.rangeAt(body.uint16(24), body.uint16(22));
  if (level === LEVEL_RENAME) return rename(connection, record, fileId, fileName, data);
  return markForDeletion(
    connection,
    record,
    { kind: "set info", fileId, fileName, subcommand, level, deletesOnClose: false },
    data,
  );
}

function rename(
  connection: SmbConnection,
  record: SmbRecord,
  fileId: Uint8Array,
  from: Uint8Array,
  [start, end]: readonly [number, number],
): number {
  if (end - start < 12) return Outcome.malformed;
  const length = record.uint32(start - record.bodyStart + 8);
  if (start + 12 + length > end) return Outcome.malformed;
  const to = withoutZeros(record.bytes, start + 12, start + 12 + length);
  connection.openPending("generic", record, { kind: "rename", fileId, from, to });
  return Outcome.done;
}

function markForDeletion(
  connection: SmbConnection,
  record: SmbRecord,
  detail: SetInfoDetail,
  [start, end]: readonly [number, number],
): number {
  if (end === start) return Outcome.malformed;
  const deletesOnClose = (record.bytes[start]! & 1) !== 0;
  connection.openPending("generic", record, { ...detail, deletesOnClose });
  return Outcome.done;
}
