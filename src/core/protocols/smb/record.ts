/** EVE's `smb`: a command with its response, a transfer, a call over a pipe; the same object stands in alerts. */

import type { JsonWriter } from "../../eve/json-writer.ts";
import { textOf } from "../lossy-text.ts";
import { defineRecord, type RecordContext } from "../record.ts";
import { writeDetail } from "./record-detail.ts";
import { smb1CommandName } from "./smb1-commands.ts";
import { smb2CommandName, smb2DialectName } from "./smb2-commands.ts";
import { dosStatusName } from "./status.ts";
import { statusNames } from "./status-names.ts";
import type { SmbTransaction } from "./transaction.ts";

/** Names in the option `types` and the transactions that they choose. */
const TYPES: ReadonlyMap<string, (transaction: SmbTransaction) => boolean> = new Map([
  ["file", ({ detail }: SmbTransaction) => detail?.kind === "file"],
  ["tree_connect", ({ detail }: SmbTransaction) => detail?.kind === "tree connect"],
  ["negotiate", ({ detail }: SmbTransaction) => detail?.kind === "negotiate"],
  ["dcerpc", ({ detail }: SmbTransaction) => detail?.kind === "call"],
  ["create", ({ detail }: SmbTransaction) => detail?.kind === "create"],
  ["session_setup", ({ detail }: SmbTransaction) => detail?.kind === "session setup"],
  ["ioctl", ({ detail }: SmbTransaction) => detail?.kind === "control"],
  ["rename", ({ detail }: SmbTransaction) => detail?.kind === "rename"],
  ["set_file_path_info", ({ detail }: SmbTransaction) => detail?.kind === "set info"],
  ["generic", ({ detail }: SmbTransaction) => detail === null],
]);

export const smbRecord = defineRecord<SmbTransaction>({
  type: "smb",
  summary: "A command of SMB with its response, a transfer of a file or a call over a named pipe.",
  fields: {
    id: "number of the transaction in its flow, from 1",
    dialect: "what client and server agreed on",
    command: "name of the command",
    status: "name of the status that the server answered with",
    status_code: "the same as a number",
    session_id: "number of the session",
    tree_id: "number of the share in the session",
    client_dialects: "what the client offers",
    client_guid: "id of the client",
    server_guid: "id of the server",
    max_read_size: "bytes that one read may have",
    max_write_size: "bytes that one write may have",
    ntlmssp: "who logs on: domain, user, host, version of the client",
    kerberos: "ticket of the logon: realm and names of the service",
    request: "operating system and program of the client",
    response: "operating system and program of the server",
    share: "name of the share",
    named_pipe: "name of the share for pipes",
    share_type: "kind of the share",
    service: "kind of share that was asked for and given (SMB 1)",
    filename: "name of the file",
    directory: "name of the directory",
    disposition: "what is to be done with a file that exists, or not",
    access: "normal, or delete on close",
    created: "time of the file's creation, seconds since 1970",
    accessed: "time of the last access, seconds since 1970",
    modified: "time of the last write, seconds since 1970",
    changed: "time of the last change, seconds since 1970",
    size: "bytes of the file",
    fuid: "id of the open file",
    rename: "old and new name",
    set_info: "class and level of what is set",
    subcmd: "kind of the transaction that sets",
    level_of_interest: "what the transaction sets",
    function: "name of the control",
    dcerpc: "call over the pipe",
  },
  count: (transaction, context) => (isWanted(transaction, context) ? 1 : 0),
  write: (writer, transaction) => writeSmb(writer, transaction),
});

function isWanted(transaction: SmbTransaction, { options }: RecordContext): boolean {
  const types = options.list("types");
  if (types.length === 0) return true;
  return types.some((type) => TYPES.get(type)?.(transaction) === true);
}

export function writeSmb(writer: JsonWriter, transaction: SmbTransaction): void {
  const { version, command, agreement } = transaction;
  writer.beginObject("smb");
  writer.number("id", transaction.id + 1);
  const { dialect, dialectName } = agreement;
  if (dialect !== 0) writer.string("dialect", smb2DialectName(dialect));
  else writer.string("dialect", dialectName === null ? "unknown" : textOf(dialectName));
  writer.string("command", version === 1 ? smb1CommandName(command) : smb2CommandName(command));
  if (transaction.hasStatus) writeStatus(writer, transaction);
  writer.number("session_id", transaction.sessionId);
  writer.number("tree_id", transaction.treeId);
  if (transaction.detail !== null) writeDetail(writer, transaction, transaction.detail);
  writer.endObject();
}

function writeStatus(writer: JsonWriter, { status, isDosError }: SmbTransaction): void {
  if (isDosError) {
    writer.string("status", dosStatusName(status));
    writer.string("status_code", `0x${(status >>> 16).toString(16).padStart(4, "0")}`);
    return;
  }
  writer.string("status", statusNames.get(status) ?? `${status}`);
  writer.string("status_code", `0x${status.toString(16)}`);
}
