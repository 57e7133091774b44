/** EVE `ftp_data`: a data connection and the command that it serves. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord } from "../record.ts";
import type { FtpDataTransaction } from "./transaction.ts";

export const ftpDataRecord = defineRecord<FtpDataTransaction>({
  type: "ftp_data",
  optionName: "ftp",
  summary: "A transfer over a data connection of FTP.",
  fields: {
    "ftp_data.filename": "name of the file as the command has it",
    "ftp_data.command": "the command that the connection serves",
  },
  write: (writer, transaction) => writeFtpData(writer, transaction),
});

export function writeFtpData(writer: JsonWriter, { expectation }: FtpDataTransaction): void {
  const { name, command } = expectation;
  writer.beginObject("ftp_data");
  if (name.length > 0) writer.bytes("filename", name, 0, name.length);
  writer.string("command", command);
  writer.endObject();
}
