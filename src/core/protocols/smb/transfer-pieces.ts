/** Hands the data of a read or write to the file it is of, whatever the version of the message. */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { RefusalEvents } from "../files/file-transfer.ts";
import type { SmbConnection, Tree } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import type { PieceFeed } from "./piece-feed.ts";
import type { SmbRecord } from "./smb-record.ts";
import type { SmbTransaction } from "./transaction.ts";

const readRefusals: RefusalEvents = {
  size: SmbEvent.readQueueSizeExceeded,
  count: SmbEvent.readQueueCountExceeded,
};
const writeRefusals: RefusalEvents = {
  size: SmbEvent.writeQueueSizeExceeded,
  count: SmbEvent.writeQueueCountExceeded,
};

export interface Piece {
  readonly direction: number;
  readonly fileId: Uint8Array;
  readonly offset: bigint;
  /** Bytes that the message announces. */
  readonly sizeBytes: number;
  /** The data that is there, in the message's bytes. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** The place of the data of a message, cut to what is there: it begins `offset` bytes behind the header's start. */
export function pieceRange(
  record: SmbRecord,
  offset: number,
  smallest: number,
  sizeBytes: number,
): readonly [number, number] {
  const earliest = record.bodyStart + smallest;
  const start = Math.min(Math.max(record.headerStart + offset, earliest), record.bodyEnd);
  return [start, Math.min(start + sizeBytes, record.bodyEnd)];
}

/** Puts the piece into the file's transfer. */
export function addPiece(
  connection: SmbConnection,
  record: SmbRecord,
  transaction: SmbTransaction,
  piece: Piece,
  feed: PieceFeed,
): void {
  const { detail } = transaction;
  if (detail?.kind !== "file") return;
  const { transfer } = detail;
  const { direction, dataStart, dataEnd } = piece;
  // Beyond 2^53 offsets are rounded; files of that size do not exist.
  const offset = Number(piece.offset);
  const isOverlap = offset < transfer.reachedBytes;
  const isWrite = direction === TO_SERVER;
  const limits = isWrite ? connection.options.write : connection.options.read;
  const sizeBytes = Math.min(piece.sizeBytes, dataEnd - dataStart + record.missingBytes);
  transaction.staleAtUs = 0;
  const refusals = isWrite ? writeRefusals : readRefusals;
  const refusal = transfer.begin(offset, sizeBytes, limits, refusals);
  if (refusal >= 0) {
    connection.addEvent(refusal);
  } else {
    transfer.append(record.bytes, dataStart, dataEnd);
    feed.expect(transfer, sizeBytes - (dataEnd - dataStart));
  }
  if (isOverlap) connection.addEvent(SmbEvent.fileOverlap);
  connection.transactions.isChanged = true;
}

/** Whether a piece is larger than was agreed on or configured; raises the event. */
export function isTooLarge(
  connection: SmbConnection,
  direction: number,
  sizeBytes: number,
  event: number,
): boolean {
  const { agreement, options } = connection;
  const isRead = direction === TO_CLIENT;
  const agreed = isRead ? agreement.maxReadBytes : agreement.maxWriteBytes;
  const { sizeMaxBytes } = isRead ? options.read : options.write;
  const isOver =
    (agreed !== 0 && sizeBytes > agreed) || (sizeMaxBytes !== 0 && sizeBytes > sizeMaxBytes);
  if (isOver) connection.addEvent(event);
  return isOver;
}

const NO_NAME = new Uint8Array(0);

/** Name and kind of a share; nameless when its connect was not seen. */
export function treeOf(connection: SmbConnection, key: string): Tree {
  return connection.trees.get(key) ?? { name: NO_NAME, isPipe: false };
}

/** Ends the transfer of a file in a direction. */
export function closeTransfer(
  connection: SmbConnection,
  fileId: Uint8Array,
  direction: number,
): SmbTransaction | undefined {
  const transaction = connection.findTransfer(fileId, direction);
  if (transaction === undefined) return undefined;
  if (!transaction.requestIsDone && transaction.detail?.kind === "file") {
    transaction.detail.transfer.close();
  }
  transaction.finish();
  connection.forgetTransfer(fileId, direction);
  return transaction;
}
