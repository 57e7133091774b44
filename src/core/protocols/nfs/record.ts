/** EVE's `nfs` with its `rpc`: a call with its reply, or a file; the same objects stand in alerts. */
import { crc32 } from "../../bytes/crc32.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { TO_CLIENT } from "../direction.ts";
import { textOf } from "../lossy-text.ts";
import { defineRecord } from "../record.ts";
import { Procedure3, procedureName, statusName } from "./procedures.ts";
import { AuthType, authTypeName, replyStatusName } from "./rpc.ts";
import type { FileProgress, NfsTransaction } from "./transaction.ts";

export const nfsRecord = defineRecord<NfsTransaction>({
  type: "nfs",
  summary: "A call of NFS 2 or 3 with its reply, or a file that is read or written.",
  fields: {
    "rpc.xid": "number of the call; for a file of its first",
    "rpc.status": "ACCEPTED or DENIED",
    "rpc.auth_type": "kind of the caller's credentials",
    "rpc.creds": "the caller as the credentials of UNIX say: machine_name, uid, gid",
    "nfs.version": "of the protocol",
    "nfs.procedure": "name of the procedure; for a file READ or WRITE",
    "nfs.filename": "name of the file or folder, where it is known",
    "nfs.hhash": "CRC-32 of its handle, hexadecimal",
    "nfs.id": "number of the transaction in its flow, from 1",
    "nfs.file_tx": "it is a file, of one or more reads or writes",
    "nfs.type": "always response",
    "nfs.status": "name of the status that the server answered with",
    "nfs.read":
      "a file that is read: first and last piece seen, last_xid, chunks (number of pieces)",
    "nfs.write": "the same of a file that is written; a commit counts as a piece",
    "nfs.rename": "old and new name: from, to",
  },
  count: (transaction) => (isLogged(transaction) ? 1 : 0),
  // Events of a file have the direction of the reply as well.
  orientation: "packet",
  write: (writer, transaction) => writeNfs(writer, transaction),
});

/** GETATTR comes with nearly every other call and tells little; of a datagram without a reply nothing is known. */
function isLogged(transaction: NfsTransaction): boolean {
  if (transaction.call.procedure === Procedure3.getattr) return false;
  return !transaction.isDatagram || transaction.isComplete;
}

export function writeNfs(writer: JsonWriter, transaction: NfsTransaction): void {
  writeRpc(writer, transaction);
  const { call, name, newName, handle, file } = transaction;
  writer.beginObject("nfs");
  writer.number("version", call.version);
  writer.string("procedure", procedureName(call.version, call.procedure));
  writer.string("filename", textOf(name));
  if (handle.length > 0) writer.string("hhash", crc32(handle, 0, handle.length).toString(16));
  writer.number("id", transaction.id + 1);
  writer.boolean("file_tx", file !== null);
  writer.string("type", "response");
  writer.string("status", statusName(transaction.nfsStatus));
  if (file !== null) writeProgress(writer, file);
  if (newName !== null) {
    writer.beginObject("rename");
    writer.string("from", textOf(name));
    writer.string("to", textOf(newName));
    writer.endObject();
  }
  writer.endObject();
}

function writeRpc(writer: JsonWriter, { call, rpcStatus }: NfsTransaction): void {
  writer.beginObject("rpc");
  writer.number("xid", call.xid);
  writer.string("status", replyStatusName(rpcStatus));
  writer.string("auth_type", authTypeName(call.authType));
  if (call.authType === AuthType.unix && call.credentials !== null) {
    const { machineName, uid, gid } = call.credentials;
    writer.beginObject("creds");
    writer.string("machine_name", textOf(machineName));
    writer.number("uid", uid);
    writer.number("gid", gid);
    writer.endObject();
  }
  writer.endObject();
}

function writeProgress(writer: JsonWriter, file: FileProgress): void {
  writer.beginObject(file.direction === TO_CLIENT ? "read" : "write");
  writer.boolean("first", true);
  writer.boolean("last", file.isLast);
  writer.number("last_xid", file.isLast ? file.lastXid : 0);
  writer.number("chunks", file.pieces);
  writer.endObject();
}
