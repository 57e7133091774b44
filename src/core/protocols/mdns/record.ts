/** EVE `mdns`: names of types and fields in lower case, data under the name of its type. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { recordTypeName } from "../dns/codes.ts";
import { type DnsRecord, HeaderFlag, opcodeOf, responseCodeOf } from "../dns/message.ts";
import type { RecordData } from "../dns/record-data.ts";
import {
  addressText,
  bytesText,
  writeName,
  writeOptions,
  writeRecords,
  writeSoa,
  writeSrv,
  writeSshfp,
} from "../dns/record-fields.ts";
import type { DnsTransaction } from "../dns/transaction.ts";
import { defineRecord } from "../record.ts";

const flagNames: readonly (readonly [number, string])[] = [
  [HeaderFlag.authoritative, "aa"],
  [HeaderFlag.truncated, "tc"],
  [HeaderFlag.recursionDesired, "rd"],
  [HeaderFlag.recursionAvailable, "ra"],
  [HeaderFlag.z, "z"],
  [HeaderFlag.authenticData, "ad"],
  [HeaderFlag.checkingDisabled, "cd"],
];

export const mdnsRecord = defineRecord<DnsTransaction>({
  type: "mdns",
  summary: "A multicast message: a request or a response.",
  fields: {
    "mdns.type": "request or response",
    "mdns.id": "number of the message, mostly 0",
    "mdns.flags": "names of the header's flags that are set",
    "mdns.opcode": "kind of request",
    "mdns.rcode": "response code",
    "mdns.queries[].rrname": "name that is asked for",
    "mdns.queries[].rrtype": "type that is asked for",
    "mdns.answers": "records of the answer section",
    "mdns.authorities": "records of the authority section",
    "mdns.additionals": "records of the additional section",
  },
  write: (writer, transaction) => writeMdns(writer, transaction),
});

export function writeMdns(writer: JsonWriter, { isResponse, message }: DnsTransaction): void {
  writer.beginObject("mdns");
  writer.string("type", isResponse ? "response" : "request");
  writer.number("id", message.id);
  writeFlagNames(writer, message.flags);
  writer.number("opcode", opcodeOf(message));
  writer.number("rcode", responseCodeOf(message));
  if (message.queries.length > 0) {
    writer.beginArray("queries");
    for (const { name, type } of message.queries) {
      writer.beginObject();
      writeName(writer, "rrname", name, "rrname_truncated");
      writer.string("rrtype", recordTypeName(type).toLowerCase());
      writer.endObject();
    }
    writer.endArray();
  }
  writeRecords(writer, "answers", message.answers, writeMdnsRecord);
  writeRecords(writer, "authorities", message.authorities, writeMdnsRecord);
  writeRecords(writer, "additionals", message.additionals, writeMdnsRecord);
  writer.endObject();
}

function writeFlagNames(writer: JsonWriter, flags: number): void {
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0);
  if (names.length === 0) return;
  writer.beginArray("flags");
  for (const [, name] of names) writer.stringItem(name);
  writer.endArray();
}

function writeMdnsRecord(writer: JsonWriter, { name, type, data }: DnsRecord): void {
  writer.beginObject();
  writeName(writer, "rrname", name, "rrname_truncated");
  writeData(writer, data, recordTypeName(type).toLowerCase());
  writer.endObject();
}

function writeData(writer: JsonWriter, data: RecordData, field: string): void {
  switch (data.kind) {
    case "address":
      writer.string(field, addressText(data.bytes));
      break;
    case "name":
      writeName(writer, field, data.name, "rdata_truncated");
      break;
    case "txt":
      writer.beginArray(field);
      for (const text of data.strings) writer.stringItem(bytesText(text));
      writer.endArray();
      break;
    case "soa":
      writeSoa(writer, data, field);
      break;
    case "sshfp":
      writeSshfp(writer, data, field);
      break;
    case "srv":
      writeSrv(writer, data, field);
      break;
    case "opt":
      writeOptions(writer, data, field);
      break;
    default:
      writer.string(field, bytesText(data.bytes));
  }
}
