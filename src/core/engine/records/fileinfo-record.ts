/** EVE `fileinfo`: a file that a transaction carried, when it is whole or no more of it comes. */
import { bytesToHex } from "../../bytes/hex.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { FileFate, fileStateNames, type TransactionFile } from "../../protocols/file.ts";
import type { RegisteredProtocol } from "../../protocols/registry.ts";
import type { Transaction } from "../../protocols/transaction.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { forwardedForOf } from "./forwarded-for.ts";
import { writeTransactionFields } from "./transaction-record.ts";

export const fileinfoEvent = defineEvent({
  type: "fileinfo",
  summary: "A file was transferred.",
  fields: {
    app_proto: "protocol that carried it",
    "fileinfo.filename": "its name",
    "fileinfo.sid": "rules that asked to store it",
    "fileinfo.magic": "what it is by its first bytes, when a rule or an output asked",
    "fileinfo.gaps": "parts of it were lost",
    "fileinfo.state": "CLOSED, TRUNCATED, ERROR, or UNKNOWN while it is open",
    "fileinfo.md5": "digest of the whole file",
    "fileinfo.sha1": "digest of the whole file",
    "fileinfo.sha256": "digest of the whole file",
    "fileinfo.stored": "it was written to disk",
    "fileinfo.storing": "it is being written, more of it may come",
    "fileinfo.file_id": "number of the stored file in this run",
    "fileinfo.size": "bytes",
    "fileinfo.start": "first byte, of a partial transfer",
    "fileinfo.end": "last byte, of a partial transfer",
    "fileinfo.tx_id": "transaction that carried it",
    xff: "the client behind a proxy, when asked",
  },
});

/** The line of one file. */
export function writeFileinfoEvent(
  context: EveContext,
  packet: Packet,
  flow: Flow,
  registered: RegisteredProtocol,
  transaction: Transaction,
  file: TransactionFile,
): string {
  const orientation = file.direction === Direction.toServer ? "flow" : "reverse";
  const client = forwardedForOf(context, packet, flow, transaction, "files");
  const writer = beginPacketEvent(context, packet, "fileinfo", orientation, client.override);
  writeTransactionFields(context, flow, registered, transaction);
  writer.string("app_proto", registered.eveName);
  writeFileObject(writer, file, transaction.id, "fileinfo");
  if (client.extra !== null) writer.string("xff", client.extra);
  writer.endObject();
  return writer.take();
}

/** The object `fileinfo`, or an item of `files` in alerts (without a name). */
export function writeFileObject(
  writer: JsonWriter,
  file: TransactionFile,
  transactionId: number,
  name?: string,
): void {
  writer.beginObject(name);
  writer.bytes("filename", file.name, 0, file.name.length);
  if (file.sids.length > 0) {
    writer.beginArray("sid");
    for (const sid of file.sids) writer.numberItem(sid);
    writer.endArray();
  }
  const magic = file.toldMagic();
  if (magic !== null) writer.bytes("magic", magic, 0, magic.length);
  writer.boolean("gaps", file.hasGaps);
  writer.string("state", fileStateNames[file.state] ?? "UNKNOWN");
  writeDigest(writer, "md5", file.md5);
  writeDigest(writer, "sha1", file.sha1);
  writeDigest(writer, "sha256", file.sha256);
  const isStored = file.fate === FileFate.stored;
  writer.boolean("stored", isStored);
  if (isStored) writer.number("file_id", file.storeId);
  else if (file.fate === FileFate.wanted) writer.boolean("storing", true);
  writer.number("size", file.sizeBytes);
  if (file.rangeStart >= 0) {
    writer.number("start", file.rangeStart);
    writer.number("end", file.rangeEnd);
  }
  writer.number("tx_id", transactionId);
  writer.endObject();
}

function writeDigest(writer: JsonWriter, name: string, digest: Uint8Array | null): void {
  if (digest !== null) writer.string(name, bytesToHex(digest, 0, digest.length));
}
