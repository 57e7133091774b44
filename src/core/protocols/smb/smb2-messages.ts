/** SMB 2 and 3: which command goes where, and what holds for commands that are only counted. */
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { type Handler, Outcome } from "./outcome.ts";
import type { PieceFeed } from "./piece-feed.ts";
import type { SmbRecord } from "./smb-record.ts";
import { Smb2Command } from "./smb2-commands.ts";
import { controlRequest, controlResponse } from "./smb2-control.ts";
import { closeFile, createRequest, createResponse, setInfoRequest } from "./smb2-files.ts";
import {
  negotiateRequest,
  negotiateResponse,
  sessionSetupRequest,
  sessionSetupResponse,
  treeConnectRequest,
  treeConnectResponse,
} from "./smb2-session.ts";
import { readRequest, readResponse, writeRequest } from "./smb2-transfers.ts";
import { Status } from "./status.ts";
import type { SmbTransaction } from "./transaction.ts";

const requests: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [Smb2Command.negotiate, negotiateRequest],
  [Smb2Command.sessionSetup, sessionSetupRequest],
  [Smb2Command.treeConnect, treeConnectRequest],
  [Smb2Command.treeDisconnect, disconnect],
  [Smb2Command.create, createRequest],
  [Smb2Command.close, closeFile],
  [Smb2Command.read, readRequest],
  [Smb2Command.write, writeRequest],
  [Smb2Command.control, controlRequest],
  [Smb2Command.setInfo, setInfoRequest],
]);

const responses: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [Smb2Command.negotiate, negotiateResponse],
  [Smb2Command.sessionSetup, sessionSetupResponse],
  [Smb2Command.treeConnect, treeConnectResponse],
  [Smb2Command.treeDisconnect, disconnect],
  [Smb2Command.create, createResponse],
  [Smb2Command.read, readResponse],
  [Smb2Command.control, controlResponse],
]);

export function handleSmb2Message(
  connection: SmbConnection,
  record: SmbRecord,
  feed: PieceFeed,
): void {
  const handlers = record.isRequest ? requests : responses;
  const outcome = handlers.get(record.command)?.(connection, record, feed) ?? Outcome.generic;
  if (outcome === Outcome.done) return;
  const transaction = record.isRequest
    ? openGeneric(connection, record)
    : finishGeneric(connection, record);
  if (outcome !== Outcome.malformed) return;
  if (transaction === undefined) connection.addEvent(SmbEvent.malformedData);
  else transaction.addEvent(SmbEvent.malformedData);
}

/** A read or write whose data may be taken as it comes. Calls over pipes are taken whole. */
export function isSmb2Transfer(connection: SmbConnection, record: SmbRecord): boolean {
  if (record.nextStart !== 0) return false;
  const { command, isRequest } = record;
  const isTransfer = isRequest ? command === Smb2Command.write : command === Smb2Command.read;
  return isTransfer && connection.trees.get(record.treeKey)?.isPipe !== true;
}

/** Reads, writes and infos get no transaction of their own. */
function isCounted(command: number): boolean {
  const { read, write, getInfo, setInfo } = Smb2Command;
  return command !== read && command !== write && command !== getInfo && command !== setInfo;
}

function openGeneric(connection: SmbConnection, record: SmbRecord): SmbTransaction | undefined {
  if (!isCounted(record.command)) return undefined;
  return connection.openPending("generic", record, null);
}

function finishGeneric(connection: SmbConnection, record: SmbRecord): SmbTransaction | undefined {
  const isPending = record.status === Status.pending;
  const transaction = isPending
    ? connection.find("generic", record)
    : connection.take("generic", record);
  if (transaction === undefined) return undefined;
  if (!isPending) transaction.finishResponse();
  transaction.setStatus(record.status, false);
  return transaction;
}

function disconnect(connection: SmbConnection, record: SmbRecord): number {
  connection.trees.delete(record.treeKey);
  return Outcome.generic;
}
