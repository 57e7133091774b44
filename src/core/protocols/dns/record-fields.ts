/** Parts of messages in EVE that the forms of DNS events share. */
import { bytesToHex } from "../../bytes/hex.ts";
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { recordTypeName } from "./codes.ts";
import { type DnsMessage, type DnsRecord, HeaderFlag } from "./message.ts";
import type { DnsName } from "./name.ts";
import type { OptData, RecordData, SoaData, SrvData, SshfpData } from "./record-data.ts";

const headerFlags: readonly (readonly [number, string])[] = [
  [HeaderFlag.response, "qr"],
  [HeaderFlag.authoritative, "aa"],
  [HeaderFlag.truncated, "tc"],
  [HeaderFlag.recursionDesired, "rd"],
  [HeaderFlag.recursionAvailable, "ra"],
  [HeaderFlag.z, "z"],
];

/** `flags` as hexadecimal digits, and those that are set by name. */
export function writeFlags(writer: JsonWriter, { flags }: DnsMessage): void {
  writer.string("flags", flags.toString(16));
  for (const [bit, name] of headerFlags) if ((flags & bit) !== 0) writer.boolean(name, true);
}

export function bytesText(bytes: Uint8Array): string {
  return bytesToText(bytes, 0, bytes.length);
}

/** A name, and that it was cut where it was. */
export function writeName(
  writer: JsonWriter,
  field: string,
  name: DnsName,
  cutField: string,
): void {
  writer.string(field, bytesText(name.bytes));
  if (name.isCut) writer.boolean(cutField, true);
}

/** Records as objects; options without content are left out of the additional ones. */
export function writeRecords(
  writer: JsonWriter,
  field: string,
  records: readonly DnsRecord[],
  write: (writer: JsonWriter, record: DnsRecord) => void,
): void {
  const shown = records.filter(({ data }) => data.kind !== "opt" || data.options.length > 0);
  if (shown.length === 0) return;
  writer.beginArray(field);
  for (const record of shown) write(writer, record);
  writer.endArray();
}

/** One record; text of several strings is one record for each. */
export function writeRecord(writer: JsonWriter, record: DnsRecord): void {
  const { data } = record;
  if (data.kind !== "txt") {
    writeRecordWith(writer, record, () => writeData(writer, data));
    return;
  }
  for (const text of data.strings) {
    writeRecordWith(writer, record, () => writer.string("rdata", bytesText(text)));
  }
}

function writeRecordWith(writer: JsonWriter, record: DnsRecord, writeContent: () => void): void {
  writer.beginObject();
  writeName(writer, "rrname", record.name, "rrname_truncated");
  writer.string("rrtype", recordTypeName(record.type));
  writer.number("ttl", record.ttl);
  writeContent();
  writer.endObject();
}

function writeData(writer: JsonWriter, data: RecordData): void {
  switch (data.kind) {
    case "address":
      writer.string("rdata", addressText(data.bytes));
      break;
    case "name":
      writeName(writer, "rdata", data.name, "rdata_truncated");
      break;
    case "null":
      writer.string("rdata", bytesText(data.bytes));
      break;
    case "soa":
      writeSoa(writer, data, "soa");
      break;
    case "sshfp":
      writeSshfp(writer, data, "sshfp");
      break;
    case "srv":
      writeSrv(writer, data, "srv");
      break;
    case "opt":
      writeOptions(writer, data, "opt");
      break;
    default:
      break;
  }
}

/** Empty for bytes that are no address. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return "";
  return bytesToHex(bytes, 0, 16).replace(/(.{4})(?!$)/g, "$1:");
}

export function writeSoa(writer: JsonWriter, data: SoaData, field?: string): void {
  const [serial, refresh, retry, expire, minimum] = data.numbers;
  writer.beginObject(field);
  writeName(writer, "mname", data.primary, "mname_truncated");
  writeName(writer, "rname", data.mailbox, "rname_truncated");
  writer.number("serial", serial);
  writer.number("refresh", refresh);
  writer.number("retry", retry);
  writer.number("expire", expire);
  writer.number("minimum", minimum);
  writer.endObject();
}

export function writeSshfp(writer: JsonWriter, data: SshfpData, field?: string): void {
  const digits = bytesToHex(data.fingerprint, 0, data.fingerprint.length);
  writer.beginObject(field);
  writer.string("fingerprint", digits.replace(/(..)(?!$)/g, "$1:"));
  writer.number("algo", data.algorithm);
  writer.number("type", data.fingerprintType);
  writer.endObject();
}

export function writeSrv(writer: JsonWriter, data: SrvData, field?: string): void {
  writer.beginObject(field);
  writer.number("priority", data.priority);
  writer.number("weight", data.weight);
  writer.number("port", data.port);
  writer.string("name", bytesText(data.target.bytes));
  writer.endObject();
}

export function writeOptions(writer: JsonWriter, { options }: OptData, field: string): void {
  writer.beginArray(field);
  for (const { code, data } of options) {
    writer.beginObject();
    writer.number("code", code);
    writer.string("data", bytesToHex(data, 0, data.length));
    writer.endObject();
  }
  writer.endArray();
}
