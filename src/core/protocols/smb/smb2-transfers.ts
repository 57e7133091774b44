/** SMB 2 and 3: reads and writes (MS-SMB2 §2.2.19 to §2.2.22), of files and of pipes. */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { SmbConnection, Tree } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { Outcome } from "./outcome.ts";
import type { PieceFeed } from "./piece-feed.ts";
import {
  carriesCalls,
  looksLikeCall,
  takePipeRequest,
  takePipeResponse,
  UNNAMED_PIPE,
} from "./pipe-calls.ts";
import { bytesKey, type SmbRecord } from "./smb-record.ts";
import { Status } from "./status.ts";
import { addPiece, isTooLarge, type Piece, pieceRange, treeOf } from "./transfer-pieces.ts";
import { UNKNOWN_NAME } from "./unknown-name.ts";

const WRITE_BYTES = 48;
const READ_RESPONSE_BYTES = 16;
const NO_NAME = new Uint8Array(0);

export function writeRequest(
  connection: SmbConnection,
  record: SmbRecord,
  feed: PieceFeed,
): number {
  if (!record.has(0, WRITE_BYTES)) {
    connection.addEvent(SmbEvent.malformedData);
    return Outcome.done;
  }
  const sizeBytes = record.uint32(4);
  if (isTooLarge(connection, TO_SERVER, sizeBytes, SmbEvent.writeRequestTooLarge)) {
    return Outcome.done;
  }
  const [dataStart, dataEnd] = pieceRange(record, record.uint16(2), WRITE_BYTES, sizeBytes);
  const piece: Piece = {
    direction: TO_SERVER,
    fileId: record.copy(16, 16),
    offset: record.uint64(8),
    sizeBytes,
    dataStart,
    dataEnd,
  };
  takePiece(connection, record, piece, feed, NO_NAME);
  return Outcome.done;
}

export function readRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, 32)) {
    connection.addEvent(SmbEvent.malformedData);
    return Outcome.done;
  }
  if (!isTooLarge(connection, TO_CLIENT, record.uint32(4), SmbEvent.readRequestTooLarge)) {
    connection.reads.set(record.messageKey, {
      fileId: record.copy(16, 16),
      offset: record.uint64(8),
    });
  }
  return Outcome.done;
}

export function readResponse(
  connection: SmbConnection,
  record: SmbRecord,
  feed: PieceFeed,
): number {
  const { status } = record;
  if (status === Status.endOfFile) return endOfFile(connection, record);
  if (status !== Status.success && status !== Status.bufferOverflow) return Outcome.done;
  if (!record.has(0, READ_RESPONSE_BYTES)) {
    connection.addEvent(SmbEvent.malformedData);
    return Outcome.done;
  }
  const sizeBytes = record.uint32(4);
  if (isTooLarge(connection, TO_CLIENT, sizeBytes, SmbEvent.readResponseTooLarge)) {
    return Outcome.done;
  }
  const read = connection.reads.take(record.messageKey);
  if (read === undefined) return Outcome.done;
  const [dataStart, dataEnd] = pieceRange(record, record.byte(2), READ_RESPONSE_BYTES, sizeBytes);
  const { fileId, offset } = read;
  const piece: Piece = { direction: TO_CLIENT, fileId, offset, sizeBytes, dataStart, dataEnd };
  // As in Suricata an answer that comes later by itself (async) names no share: what it reads counts as a file.
  takePiece(connection, record, piece, feed, UNKNOWN_NAME);
  return Outcome.done;
}

function endOfFile(connection: SmbConnection, record: SmbRecord): number {
  const read = connection.reads.take(record.messageKey);
  if (read === undefined) return Outcome.done;
  const transaction = connection.findTransfer(read.fileId, TO_CLIENT);
  if (transaction?.detail?.kind !== "file") return Outcome.done;
  if (!transaction.requestIsDone) transaction.detail.transfer.close();
  transaction.setStatus(record.status, false);
  transaction.finishRequest();
  return Outcome.done;
}

/** A piece of a known transfer, of a call over a pipe, or of a file that is new. */
function takePiece(
  connection: SmbConnection,
  record: SmbRecord,
  piece: Piece,
  feed: PieceFeed,
  nameless: Uint8Array,
): void {
  const { direction, fileId, dataStart, dataEnd } = piece;
  const known = connection.findTransfer(fileId, direction);
  if (known !== undefined) {
    addPiece(connection, record, known, piece, feed);
    return;
  }
  const tree = treeOf(connection, record.treeKey);
  if (isCallPiece(connection, tree, piece, record)) {
    if (direction === TO_SERVER) takePipeRequest(connection, record, dataStart, dataEnd);
    else takePipeResponse(connection, record, fileId, dataStart, dataEnd);
    return;
  }
  if (tree.isPipe) return;
  const fileName = connection.nameOf(fileId) ?? nameless;
  const file = { fileId, fileName, shareName: tree.name };
  const transaction = connection.openTransfer(record, record.command, direction, file);
  addPiece(connection, record, transaction, piece, feed);
}

/** Where the connect to the share was not seen the data tells whether it is a pipe. */
function isCallPiece(
  connection: SmbConnection,
  tree: Tree,
  { fileId, dataStart, dataEnd }: Piece,
  { bytes, treeKey }: SmbRecord,
): boolean {
  if (tree.isPipe) return carriesCalls(connection, fileId);
  if (tree.name.length > 0 || !looksLikeCall(bytes, dataStart, dataEnd)) return false;
  connection.trees.set(treeKey, { name: UNNAMED_PIPE, isPipe: true });
  if (!carriesCalls(connection, fileId)) connection.names.set(bytesKey(fileId), UNNAMED_PIPE);
  return true;
}
