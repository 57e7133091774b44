/** SMB 1: reads and writes (MS-CIFS §2.2.4.12, §2.2.4.40, §2.2.4.42, §2.2.4.43), of files and of pipes. */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { SmbConnection } from "./connection.ts";
import { Outcome } from "./outcome.ts";
import type { PieceFeed } from "./piece-feed.ts";
import { takePipeRequest, takePipeResponse } from "./pipe-calls.ts";
import type { SmbRecord } from "./smb-record.ts";
import { type Smb1Body, sessionFileId } from "./smb1-body.ts";
import { Smb1Command } from "./smb1-commands.ts";
import { Status } from "./status.ts";
import { addPiece, closeTransfer, type Piece, treeOf } from "./transfer-pieces.ts";
import { UNKNOWN_NAME } from "./unknown-name.ts";

const NO_NAME = new Uint8Array(0);

export function writeRequest(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
  feed: PieceFeed,
): number {
  const piece = readWrite(record, body);
  if (piece === null) return Outcome.malformed;
  const { fileId, dataStart, dataEnd } = piece;
  const tree = treeOf(connection, record.treeKey);
  const known = connection.findTransfer(fileId, TO_SERVER);
  if (known !== undefined) addPiece(connection, record, known, piece, feed);
  else if (tree.isPipe) takePipeRequest(connection, record, dataStart, dataEnd);
  else {
    const fileName = connection.nameOf(fileId) ?? UNKNOWN_NAME;
    const file = { fileId, fileName, shareName: tree.name };
    const { writeAndX } = Smb1Command;
    const transaction = connection.openTransfer(record, writeAndX, TO_SERVER, file);
    addPiece(connection, record, transaction, piece, feed);
  }
  if (record.command === Smb1Command.writeAndClose) closeTransfer(connection, fileId, TO_SERVER);
  return Outcome.generic;
}

function readWrite(record: SmbRecord, body: Smb1Body): Piece | null {
  if (record.command === Smb1Command.writeAndX) return readWriteAndX(record, body);
  if (!body.isWhole || body.wordCount < 5) return null;
  const isClosing = record.command === Smb1Command.writeAndClose;
  const sizeBytes = body.uint16(2);
  // A byte to align the data, or a byte and a length that describe it, stand before.
  const dataAt = body.bytesAt + (isClosing ? 1 : 3);
  const dataStart = Math.min(record.bodyStart + dataAt, record.bodyEnd);
  return {
    direction: TO_SERVER,
    fileId: sessionFileId(body.fileId(0), record.sessionId),
    offset: BigInt(body.uint32(4)),
    sizeBytes,
    dataStart,
    dataEnd: Math.min(dataStart + sizeBytes, record.bodyEnd),
  };
}

function readWriteAndX(record: SmbRecord, body: Smb1Body): Piece | null {
  const { wordCount } = body;
  if (!body.isWhole || wordCount < 12) return null;
  const sizeBytes = body.uint16(18) * 0x10000 + body.uint16(20);
  const [dataStart, dataEnd] = body.rangeAt(body.uint16(22), sizeBytes);
  const high = wordCount >= 14 ? body.uint32(24) : 0;
  return {
    direction: TO_SERVER,
    fileId: sessionFileId(body.fileId(4), record.sessionId),
    offset: BigInt(high) * 0x1_0000_0000n + BigInt(body.uint32(6)),
    sizeBytes,
    dataStart: Math.max(dataStart, Math.min(record.bodyStart + body.bytesAt, record.bodyEnd)),
    dataEnd,
  };
}

export function readRequest(connection: SmbConnection, record: SmbRecord, body: Smb1Body): number {
  if (!body.isWhole || body.wordCount < 10) return Outcome.malformed;
  const high = body.wordCount >= 12 ? body.uint32(20) : 0;
  connection.reads.set(record.messageKey, {
    fileId: sessionFileId(body.fileId(4), record.sessionId),
    offset: BigInt(high) * 0x1_0000_0000n + BigInt(body.uint32(6)),
  });
  return Outcome.generic;
}

export function readResponse(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
  feed: PieceFeed,
): number {
  if (record.status !== Status.success) return Outcome.generic;
  if (!body.isWhole || body.wordCount < 12) return Outcome.malformed;
  const read = connection.reads.take(record.messageKey);
  if (read === undefined) return Outcome.done;
  const sizeBytes = body.uint16(14) * 0x10000 + body.uint16(10);
  const [dataStart, dataEnd] = body.rangeAt(body.uint16(12), sizeBytes);
  const { fileId, offset } = read;
  const tree = treeOf(connection, record.treeKey);
  if (tree.isPipe) {
    takePipeResponse(connection, record, fileId.subarray(0, 2), dataStart, dataEnd);
    return Outcome.generic;
  }
  const fileName = connection.nameOf(fileId) ?? NO_NAME;
  const transaction =
    connection.findTransfer(fileId, TO_CLIENT) ??
    connection.openTransfer(record, Smb1Command.readAndX, TO_CLIENT, {
      fileId,
      fileName,
      shareName: tree.name,
    });
  const piece: Piece = { direction: TO_CLIENT, fileId, offset, sizeBytes, dataStart, dataEnd };
  addPiece(connection, record, transaction, piece, feed);
  return Outcome.generic;
}
