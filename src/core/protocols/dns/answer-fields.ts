/** The answers of a message in EVE: each as an object, and their data by type. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { recordTypeName } from "./codes.ts";
import type { DnsLogOptions } from "./log-options.ts";
import type { DnsRecord } from "./message.ts";
import type { RecordData } from "./record-data.ts";
import {
  addressText,
  bytesText,
  writeRecord,
  writeSoa,
  writeSrv,
  writeSshfp,
} from "./record-fields.ts";

export function writeAnswers(
  writer: JsonWriter,
  answers: readonly DnsRecord[],
  { detailed, grouped }: DnsLogOptions,
): void {
  if (answers.length === 0) return;
  if (detailed) {
    writer.beginArray("answers");
    for (const answer of answers) writeRecord(writer, answer);
    writer.endArray();
  }
  if (grouped) writeGroups(writer, answers);
}

function writeGroups(writer: JsonWriter, answers: readonly DnsRecord[]): void {
  const groups = new Map<string, RecordData[]>();
  for (const { type, data } of answers) {
    if (data.kind === "opt" || data.kind === "other") continue;
    const name = recordTypeName(type);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [data]);
    else group.push(data);
  }
  writer.beginObject("grouped");
  for (const [name, group] of groups) {
    writer.beginArray(name);
    for (const data of group) writeItem(writer, data);
    writer.endArray();
  }
  writer.endObject();
}

function writeItem(writer: JsonWriter, data: RecordData): void {
  switch (data.kind) {
    case "address":
      writer.stringItem(addressText(data.bytes));
      break;
    case "name":
      writer.stringItem(bytesText(data.name.bytes));
      break;
    case "txt":
      for (const text of data.strings) writer.stringItem(bytesText(text));
      break;
    case "null":
      writer.stringItem(bytesText(data.bytes));
      break;
    case "soa":
      writeSoa(writer, data);
      break;
    case "srv":
      writeSrv(writer, data);
      break;
    case "sshfp":
      writeSshfp(writer, data);
      break;
    default:
      break;
  }
}
