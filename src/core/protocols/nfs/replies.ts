/** What replies of NFS 2 and 3 tell: the status, handles of names that were asked for, data that was read. */
import { TO_CLIENT } from "../direction.ts";
import { HANDLE2_BYTES, HANDLE3_MAX_BYTES, NAME_MAX_BYTES } from "./calls.ts";
import type { NfsConnection, PendingCall } from "./connection.ts";
import { NfsEvent } from "./events.ts";
import type { PieceFeed } from "./piece-feed.ts";
import { Procedure2, Procedure3 } from "./procedures.ts";
import { NFS_PROGRAM, type RpcReply, readReply } from "./rpc.ts";
import { NfsState } from "./transaction.ts";
import type { XdrReader } from "./xdr.ts";

const ATTRIBUTES3_BYTES = 84;
const VERIFIER_BYTES = 8;
/** Before and after the size in the attributes of version 2 (RFC 1094 §2.3.5). */
const BEFORE_SIZE2_BYTES = 20;
const AFTER_SIZE2_BYTES = 44;

export function isRead({ call, transaction }: PendingCall): boolean {
  return transaction === null && call.procedure === Procedure3.read;
}

/** Takes a reply whose head is there; data of a read goes on in the feed. */
export function handleReply(connection: NfsConnection, reader: XdrReader, feed: PieceFeed): void {
  const reply = readReply(reader);
  if (reply === null) {
    connection.addEvent(NfsEvent.malformedData);
    return;
  }
  const asked = connection.pending.take(`${reply.xid}`);
  if (asked === undefined) return;
  const { call, transaction } = asked;
  const hasResults = !call.isWrapped && reply.hasResults;
  const status = hasResults ? reader.uint32() : 0;
  // NULL has no results.
  const isPlain = hasResults && !reader.isBroken;
  if (transaction === null) {
    if (isPlain && status === 0) handleRead(connection, asked, reply, reader, feed);
    return;
  }
  transaction.rpcStatus = reply.status;
  if (isPlain) transaction.nfsStatus = status;
  if (isPlain && status === 0 && call.program === NFS_PROGRAM) {
    const handle = learn(connection, asked, reader);
    if (transaction.handle.length === 0) transaction.handle = handle;
    if (reader.isBroken) connection.addEvent(NfsEvent.malformedData);
  }
  transaction.reach(TO_CLIENT, NfsState.complete);
  connection.transactions.isChanged = true;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** Names of handles that the results tell. Returns the handle of what the call asked for. */
function learn(connection: NfsConnection, { call, name }: PendingCall, reader: XdrReader) {
  const { version, procedure } = call;
  let handle = NOTHING;
  if (version === 2) {
    if (procedure === Procedure2.lookup || procedure === Procedure2.create) {
      handle = reader.fixed(HANDLE2_BYTES);
    }
  } else if (procedure === Procedure3.lookup) handle = reader.opaque(HANDLE3_MAX_BYTES);
  else if (procedure === Procedure3.create) {
    if (reader.uint32() === 1) handle = reader.opaque(HANDLE3_MAX_BYTES);
  } else if (procedure === Procedure3.readdirplus) learnEntries(connection, reader);
  connection.learnName(handle, name);
  return handle;
}

/** Entries of a folder with their handles (RFC 1813 §3.3.17), as far as they are there. */
function learnEntries(connection: NfsConnection, reader: XdrReader): void {
  skipAttributes(reader);
  reader.skip(VERIFIER_BYTES);
  while (reader.uint32() === 1) {
    reader.skip(8);
    const name = reader.opaque(NAME_MAX_BYTES);
    reader.skip(8);
    skipAttributes(reader);
    const handle = reader.uint32() === 1 ? reader.opaque(HANDLE3_MAX_BYTES) : NOTHING;
    if (reader.isBroken) break;
    connection.learnName(handle, name);
  }
}

function skipAttributes(reader: XdrReader): void {
  if (reader.uint32() === 1) reader.skip(ATTRIBUTES3_BYTES);
}

function handleRead(
  connection: NfsConnection,
  { call, handle, name, offset }: PendingCall,
  reply: RpcReply,
  reader: XdrReader,
  feed: PieceFeed,
): void {
  let size2 = -1;
  let isLast = false;
  if (call.version === 2) {
    reader.skip(BEFORE_SIZE2_BYTES);
    size2 = reader.uint32();
    reader.skip(AFTER_SIZE2_BYTES);
  } else {
    skipAttributes(reader);
    reader.uint32();
    isLast = reader.uint32() !== 0;
  }
  const sizeBytes = reader.uint32();
  if (reader.isBroken) {
    connection.addEvent(NfsEvent.malformedData);
    return;
  }
  const end = offset + sizeBytes;
  if (end === size2) isLast = true;
  if (sizeBytes > connection.options.pieceMaxBytes) return;
  // A last read may find nothing more; a file that begins with that is empty and none.
  if (sizeBytes === 0 && !isLast) return;
  const transaction =
    sizeBytes === 0
      ? connection.findFile(handle, TO_CLIENT)
      : connection.openFile(call, handle, name, TO_CLIENT);
  const file = transaction?.file ?? null;
  if (transaction === undefined || file === null) return;
  if (sizeBytes === 0 && file.transfer === null) return;
  file.pieces++;
  file.lastXid = reply.xid;
  transaction.rpcStatus = reply.status;
  if (isLast) file.endBytes = Math.max(file.endBytes, end);
  if (sizeBytes === 0) {
    connection.endPiece(transaction);
    return;
  }
  feed.begin(transaction, offset, sizeBytes);
  feed.add(reader.bytes, reader.at, reader.end);
}
