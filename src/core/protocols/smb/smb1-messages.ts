/** SMB 1: chained commands one by one, which goes where, and what holds for commands that are only counted. */
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { Outcome } from "./outcome.ts";
import type { PieceFeed } from "./piece-feed.ts";
import { SMB1_HEADER_BYTES, type SmbRecord } from "./smb-record.ts";
import { Smb1Body } from "./smb1-body.ts";
import { isAndX, Smb1Command } from "./smb1-commands.ts";
import {
  closeRequest,
  closeResponse,
  createRequest,
  createResponse,
  renameRequest,
} from "./smb1-files.ts";
import {
  logoffResponse,
  negotiateRequest,
  negotiateResponse,
  sessionSetupRequest,
  sessionSetupResponse,
  treeConnectRequest,
  treeConnectResponse,
} from "./smb1-session.ts";
import { trans2Request, transRequest, transResponse } from "./smb1-transactions.ts";
import { readRequest, readResponse, writeRequest } from "./smb1-transfers.ts";

/** Commands in one message. */
export const CHAIN_MAX = 64;

type Smb1Handler = (
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
  feed: PieceFeed,
) => number;

const requests: ReadonlyMap<number, Smb1Handler> = new Map<number, Smb1Handler>([
  [Smb1Command.negotiate, negotiateRequest],
  [Smb1Command.sessionSetupAndX, sessionSetupRequest],
  [Smb1Command.treeConnectAndX, treeConnectRequest],
  [Smb1Command.treeDisconnect, disconnect],
  [Smb1Command.ntCreateAndX, createRequest],
  [Smb1Command.close, closeRequest],
  [Smb1Command.rename, renameRequest],
  [Smb1Command.readAndX, readRequest],
  [Smb1Command.write, writeRequest],
  [Smb1Command.writeAndX, writeRequest],
  [Smb1Command.writeAndClose, writeRequest],
  [Smb1Command.trans, transRequest],
  [Smb1Command.trans2, trans2Request],
]);

const responses: ReadonlyMap<number, Smb1Handler> = new Map<number, Smb1Handler>([
  [Smb1Command.negotiate, negotiateResponse],
  [Smb1Command.sessionSetupAndX, sessionSetupResponse],
  [Smb1Command.treeConnectAndX, treeConnectResponse],
  [Smb1Command.treeDisconnect, disconnect],
  [Smb1Command.ntCreateAndX, createResponse],
  [Smb1Command.close, closeResponse],
  [Smb1Command.readAndX, readResponse],
  [Smb1Command.trans, transResponse],
  [Smb1Command.logoffAndX, logoffResponse],
]);

const UNANSWERED: readonly number[] = [
  Smb1Command.ntCancel,
  Smb1Command.trans2Secondary,
  Smb1Command.lockingAndX,
];

export function handleSmb1Message(
  connection: SmbConnection,
  record: SmbRecord,
  feed: PieceFeed,
): void {
  let at = 0;
  for (let count = 0; count < CHAIN_MAX; count++) {
    const { command } = record;
    handleCommand(connection, record, new Smb1Body(record, at), feed);
    if (!isAndX(command) || !record.has(at, 5)) return;
    const next = record.byte(at + 1);
    const nextAt = record.uint16(at + 3) - SMB1_HEADER_BYTES;
    if (next === Smb1Command.none || nextAt <= at || !record.has(nextAt, 1)) return;
    at = nextAt;
    record.command = next;
  }
}

/** A read or write whose data may be taken as it comes. Calls over pipes are taken whole. */
export function isSmb1Transfer(connection: SmbConnection, record: SmbRecord): boolean {
  const { command, isRequest } = record;
  const isTransfer = command === (isRequest ? Smb1Command.writeAndX : Smb1Command.readAndX);
  return isTransfer && connection.trees.get(record.treeKey)?.isPipe !== true;
}

function handleCommand(
  connection: SmbConnection,
  record: SmbRecord,
  body: Smb1Body,
  feed: PieceFeed,
): void {
  const handlers = record.isRequest ? requests : responses;
  const handler = handlers.get(record.command);
  const outcome = handler?.(connection, record, body, feed) ?? Outcome.generic;
  if (outcome === Outcome.done) return;
  const isMalformed = outcome === Outcome.malformed;
  if (record.isRequest) openGeneric(connection, record, isMalformed);
  else finishGeneric(connection, record, isMalformed);
}

function openGeneric(connection: SmbConnection, record: SmbRecord, isMalformed: boolean): void {
  if (!isCounted(record.command) && !isMalformed) return;
  const transaction = connection.openPending("generic", record, null);
  if (isMalformed) transaction.addEvent(SmbEvent.malformedData);
  if (UNANSWERED.includes(record.command)) transaction.finishResponse();
}

/** Reads, writes and transactions get none of their own unless something is wrong with them. */
function isCounted(command: number): boolean {
  const { readAndX, writeAndX, trans, trans2 } = Smb1Command;
  return command !== readAndX && command !== writeAndX && command !== trans && command !== trans2;
}

function finishGeneric(connection: SmbConnection, record: SmbRecord, isMalformed: boolean): void {
  let transaction = connection.take("generic", record);
  if (transaction === undefined) {
    if (!isMalformed) return;
    transaction = connection.open(record, null);
    transaction.setPlace(record);
  }
  transaction.finish();
  transaction.setStatus(record.status, record.isDosError);
  if (isMalformed) transaction.addEvent(SmbEvent.malformedData);
}

function disconnect(connection: SmbConnection, record: SmbRecord): number {
  connection.trees.delete(record.treeKey);
  return Outcome.generic;
}
