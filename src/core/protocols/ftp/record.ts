/** EVE `ftp`: a command and the replies to it. */
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord } from "../record.ts";
import { type FtpTransaction, hasMode } from "./transaction.ts";

export const ftpRecord = defineRecord<FtpTransaction>({
  type: "ftp",
  summary: "A command and the replies to it.",
  fields: {
    "ftp.command": "the command in upper case",
    "ftp.command_data": "what follows the command",
    "ftp.command_truncated": "the line was longer than the limit",
    "ftp.completion_code": "codes of the replies",
    "ftp.reply": "texts of the replies, line by line",
    "ftp.dynamic_port": "port of the data connection that was agreed on",
    "ftp.mode": "who opens the data connection: the server (active) or the client (passive)",
    "ftp.reply_received": "whether the last reply came",
    "ftp.reply_truncated": "a line of the replies was longer than the limit",
  },
  write: (writer, transaction) => writeFtp(writer, transaction),
});

export function writeFtp(writer: JsonWriter, transaction: FtpTransaction): void {
  const { command, commandData, replies, dynamicPort } = transaction;
  writer.beginObject("ftp");
  if (command !== null) {
    writer.string("command", command);
    if (commandData !== null) {
      writer.bytes("command_data", commandData, 0, commandData.length);
      writer.boolean("command_truncated", transaction.isCommandTruncated);
    }
  }
  writeTexts(
    writer,
    "completion_code",
    replies.map(({ code }) => code),
  );
  writeTexts(
    writer,
    "reply",
    replies.map(({ text }) => text),
  );
  if (dynamicPort !== 0) writer.number("dynamic_port", dynamicPort);
  if (hasMode(transaction)) writer.string("mode", transaction.isActive ? "active" : "passive");
  writer.string("reply_received", transaction.isDone ? "yes" : "no");
  writer.boolean("reply_truncated", transaction.isReplyTruncated);
  writer.endObject();
}

function writeTexts(writer: JsonWriter, name: string, texts: readonly (Uint8Array | null)[]): void {
  const present = texts.filter((text) => text !== null && text.length > 0) as Uint8Array[];
  if (present.length === 0) return;
  writer.beginArray(name);
  for (const text of present) writer.stringItem(bytesToText(text, 0, text.length));
  writer.endArray();
}
