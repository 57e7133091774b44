/** SMB 2 and 3: files are opened, closed, renamed, marked for deletion (MS-SMB2 §2.2.13 to §2.2.16, §2.2.39). */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { withoutZeros } from "../ntlmssp/authenticate.ts";
import type { SmbConnection } from "./connection.ts";
import { unixSeconds } from "./file-time.ts";
import { Outcome } from "./outcome.ts";
import { bytesKey, SMB2_HEADER_BYTES, type SmbRecord } from "./smb-record.ts";
import { Status } from "./status.ts";
import { CreateDetail } from "./transaction.ts";
import { closeTransfer } from "./transfer-pieces.ts";
import { UNKNOWN_NAME } from "./unknown-name.ts";

const CLASS_FILE = 1;
const LEVEL_RENAME = 10;
const LEVEL_DISPOSITION = 13;

export function createRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 48)) return Outcome.malformed;
  const length = record.uint16(46);
  const at = Math.max(record.uint16(44) - SMB2_HEADER_BYTES, 0);
  if (length > 0 && !record.has(at, length)) return Outcome.malformed;
  const start = record.bodyStart + at;
  const name = length === 0 ? new Uint8Array(0) : withoutZeros(record.bytes, start, start + length);
  connection.askedNames.set(record.messageKey, name);
  const detail = new CreateDetail(name, record.uint32(36), record.uint32(40));
  connection.openPending("generic", record, detail);
  return Outcome.done;
}

export function createResponse(connection: SmbConnection, record: SmbRecord): number {
  if (record.status !== Status.success) return Outcome.generic;
  if (!record.has(0, 80)) return Outcome.malformed;
  const fileId = record.copy(64, 16);
  const name = connection.askedNames.take(record.messageKey);
  if (name !== undefined) connection.names.set(bytesKey(fileId), name);
  const transaction = connection.take("generic", record);
  if (transaction === undefined) return Outcome.done;
  transaction.setStatus(record.status, false);
  transaction.finishResponse();
  const { detail } = transaction;
  if (detail?.kind !== "create") return Outcome.done;
  detail.times = [
    unixSeconds(record.uint64(8)),
    unixSeconds(record.uint64(16)),
    unixSeconds(record.uint64(24)),
    unixSeconds(record.uint64(32)),
  ];
  detail.sizeBytes = record.uint64(48);
  detail.fileId = fileId;
  return Outcome.done;
}

export function closeFile(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 24)) return Outcome.malformed;
  const fileId = record.copy(8, 16);
  for (const direction of [TO_SERVER, TO_CLIENT]) {
    closeTransfer(connection, fileId, direction)?.setStatus(Status.success, false);
  }
  return Outcome.generic;
}

export function setInfoRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 32)) return Outcome.malformed;
  if (record.byte(2) !== CLASS_FILE) return Outcome.generic;
  const level = record.byte(3);
  if (level === LEVEL_RENAME) return renameRequest(connection, record);
  if (level === LEVEL_DISPOSITION) return dispositionRequest(connection, record);
  return Outcome.generic;
}

function renameRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(32, 20)) return Outcome.malformed;
  const length = record.uint32(48);
  if (!record.has(52, length)) return Outcome.malformed;
  const start = record.bodyStart + 52;
  const fileId = record.copy(16, 16);
  connection.openPending("generic", record, {
    kind: "rename",
    fileId,
    from: connection.nameOf(fileId) ?? UNKNOWN_NAME,
    to: withoutZeros(record.bytes, start, start + length),
  });
  return Outcome.done;
}

function dispositionRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(32, 1)) return Outcome.malformed;
  const fileId = record.copy(16, 16);
  connection.openPending("generic", record, {
    kind: "set info",
    fileId,
    fileName: connection.nameOf(fileId) ?? chainedName(connection, record) ?? UNKNOWN_NAME,
    subcommand: record.byte(2),
    level: record.byte(3),
    deletesOnClose: (record.byte(32) & 1) !== 0,
  });
  return Outcome.done;
}

/** In a chain the file is the one that the message before asked for. */
function chainedName(connection: SmbConnection, record: SmbRecord): Uint8Array | undefined {
  if (record.messageId === 0n) return undefined;
  const { messageId } = record;
  record.messageId = messageId - 1n;
  const name = connection.askedNames.get(record.messageKey);
  record.messageId = messageId;
  return name;
}
