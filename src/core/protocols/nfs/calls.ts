/**
 * What calls of NFS 2 and 3 ask for: the file or folder that they are about, names, where they read, what they
 * write. Procedures whose arguments tell nothing for files have a transaction without a name.
 */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { NfsConnection } from "./connection.ts";
import { NfsEvent } from "./events.ts";
import type { PieceFeed } from "./piece-feed.ts";
import { Procedure2, Procedure3 } from "./procedures.ts";
import { AuthType, NFS_PROGRAM, type RpcCall, readCall } from "./rpc.ts";
import type { XdrReader } from "./xdr.ts";

/** Of handles: fixed in version 2, at most in version 3. */
export const HANDLE2_BYTES = 32;
export const HANDLE3_MAX_BYTES = 64;
export const NAME_MAX_BYTES = 1024;
/** `stable` of a write: all of it is to be on disk, no commit follows (RFC 1813 §3.3.7). */
const FILE_SYNC = 2;
const NOTHING: Uint8Array = new Uint8Array(0);

/** How the arguments of a procedure begin. */
const Form = { handle: 1, entry: 2, rename: 3, lookup3: 4, read: 5 } as const;

const forms2: ReadonlyMap<number, number> = new Map<number, number>([
  [Procedure2.getattr, Form.handle],
  [Procedure2.setattr, Form.handle],
  [Procedure2.lookup, Form.entry],
  [Procedure2.readlink, Form.handle],
  [Procedure2.read, Form.read],
  [Procedure2.create, Form.entry],
  [Procedure2.remove, Form.entry],
  [Procedure2.rename, Form.rename],
  [Procedure2.link, Form.handle],
  [Procedure2.mkdir, Form.entry],
  [Procedure2.rmdir, Form.entry],
  [Procedure2.readdir, Form.handle],
  [Procedure2.statfs, Form.handle],
]);
const forms3: ReadonlyMap<number, number> = new Map<number, number>([
  [Procedure3.getattr, Form.handle],
  [Procedure3.lookup, Form.lookup3],
  [Procedure3.access, Form.handle],
  [Procedure3.read, Form.read],
  [Procedure3.create, Form.entry],
  [Procedure3.mkdir, Form.entry],
  [Procedure3.remove, Form.entry],
  [Procedure3.rmdir, Form.entry],
  [Procedure3.rename, Form.rename],
  [Procedure3.readdirplus, Form.handle],
]);

export function isWrite({ program, version, procedure, isWrapped }: RpcCall): boolean {
  return program === NFS_PROGRAM && version === 3 && procedure === Procedure3.write && !isWrapped;
}

/** Takes a call whose head is there; data of a write goes on in the feed. */
export function handleCall(connection: NfsConnection, reader: XdrReader, feed: PieceFeed): void {
  const call = readCall(reader);
  if (call === null) connection.addEvent(NfsEvent.malformedData);
  else if (call.version !== 2 && call.version !== 3) return;
  else if (isWrite(call)) handleWrite(connection, call, reader, feed);
  else if (isPlain(call) && call.version === 3 && call.procedure === Procedure3.commit) {
    handleCommit(connection, call, reader);
  } else handleOther(connection, call, reader);
}

function isPlain({ program, isWrapped }: RpcCall): boolean {
  return program === NFS_PROGRAM && !isWrapped;
}

function readHandle(reader: XdrReader, version: number): Uint8Array {
  return version === 2 ? reader.fixed(HANDLE2_BYTES) : reader.opaque(HANDLE3_MAX_BYTES);
}

/** Calls that end with their reply, and reads. */
function handleOther(connection: NfsConnection, call: RpcCall, reader: XdrReader): void {
  // Sent again because the reply is late.
  const before = connection.pending.get(`${call.xid}`);
  if (before !== undefined && before.call.procedure === call.procedure) return;
  const { version } = call;
  const form = isPlain(call) ? (version === 2 ? forms2 : forms3).get(call.procedure) : undefined;
  let handle = form === undefined ? NOTHING : readHandle(reader, version);
  let name = NOTHING;
  let newName: Uint8Array | null = null;
  let offset = 0;
  if (form === Form.entry || form === Form.rename || form === Form.lookup3) {
    name = reader.opaque(NAME_MAX_BYTES);
  } else if (form !== undefined) name = connection.nameOf(handle) ?? NOTHING;
  // The handle of what a lookup finds is told, where it has one.
  if (form === Form.lookup3) handle = NOTHING;
  if (form === Form.rename) {
    readHandle(reader, version);
    newName = reader.opaque(NAME_MAX_BYTES);
  }
  if (form === Form.read) offset = version === 2 ? reader.uint32() : reader.uint64();
  const pending = { call, handle, name, offset };
  if (form === Form.read && !reader.isBroken) {
    connection.openFile(call, handle, name, TO_CLIENT);
    connection.setPending({ ...pending, transaction: null });
  } else {
    const transaction = connection.open(call, null);
    transaction.name = name;
    transaction.handle = handle;
    transaction.newName = newName;
    transaction.reach(TO_SERVER, 1);
    connection.setPending({ ...pending, transaction });
  }
  if (reader.isBroken) connection.addEvent(NfsEvent.malformedData);
}

function handleWrite(
  connection: NfsConnection,
  call: RpcCall,
  reader: XdrReader,
  feed: PieceFeed,
): void {
  const handle = reader.opaque(HANDLE3_MAX_BYTES);
  const offset = reader.uint64();
  reader.uint32();
  const stable = reader.uint32();
  const sizeBytes = reader.uint32();
  if (reader.isBroken) {
    connection.addEvent(NfsEvent.malformedData);
    return;
  }
  if (sizeBytes === 0 || sizeBytes > connection.options.pieceMaxBytes) return;
  const name = connection.nameOf(handle) ?? NOTHING;
  const known = connection.findFile(handle, TO_SERVER);
  // As in Suricata: the first write is not counted, and who wrote is not told.
  const transaction =
    known ?? connection.openFile(withoutCredentials(call), handle, name, TO_SERVER);
  const { file } = transaction;
  if (file === null) return;
  if (known !== undefined) file.pieces++;
  file.lastXid = call.xid;
  if (stable === FILE_SYNC) file.endBytes = Math.max(file.endBytes, offset + sizeBytes);
  feed.begin(transaction, offset, sizeBytes);
  feed.add(reader.bytes, reader.at, reader.end);
}

function withoutCredentials(call: RpcCall): RpcCall {
  return { ...call, authType: AuthType.none, credentials: null };
}

/** What was written is to be kept: the file is whole. */
function handleCommit(connection: NfsConnection, call: RpcCall, reader: XdrReader): void {
  const handle = reader.opaque(HANDLE3_MAX_BYTES);
  if (reader.isBroken) connection.addEvent(NfsEvent.malformedData);
  const transaction = connection.findFile(handle, TO_SERVER);
  if (transaction === undefined || transaction.file === null) return;
  const { file } = transaction;
  file.pieces++;
  file.hasCommit = true;
  file.lastXid = call.xid;
  connection.closeFile(transaction, file);
}
