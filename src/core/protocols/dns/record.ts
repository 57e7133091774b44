/** EVE `dns`, in the versions 3 (default) and 2. */
import { addressToText } from "../../bytes/address-text.ts";
import { readUint32 } from "../../bytes/endian.ts";
import { bytesToText } from "../../bytes/utf8.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord, type RecordContext } from "../record.ts";
import type { Settings } from "../settings.ts";
import type { DnsRecord, RecordData } from "./message.ts";
import { recordTypeName, responseCodeName } from "./names.ts";
import type { DnsTransaction } from "./transaction.ts";

export const dnsRecord = defineRecord<DnsTransaction>({
  type: "dns",
  summary: "A DNS request or response.",
  orientation: ({ isRequest }, { options }) =>
    isRequest || versionOf(options) === 2 ? "flow" : "reverse",
  fields: {
    "dns.version": "version of this format",
    "dns.type": "request or response (query or answer in version 2)",
    "dns.id": "number of the message",
    "dns.rcode": "response code",
    "dns.queries[].rrname": "name that is asked for",
    "dns.queries[].rrtype": "type that is asked for",
    "dns.answers[].rdata": "data of the record as text",
    "dns.grouped": "data of the answers by type",
  },
  count: countOf,
  write(writer, transaction, index, { options }) {
    writer.beginObject("dns");
    if (versionOf(options) === 2) {
      if (transaction.isRequest) writeQueryV2(writer, transaction, index);
      else writeAnswerV2(writer, transaction, options);
    } else writeV3(writer, transaction, options);
    writer.endObject();
  },
});

export function writeDnsAlertFields(
  writer: JsonWriter,
  transaction: DnsTransaction,
  { options }: RecordContext,
): void {
  writer.beginObject("dns");
  writeV3(writer, transaction, options);
  writer.endObject();
}

function versionOf(options: Settings): number {
  return options.number("version", 3);
}

function countOf(transaction: DnsTransaction, { options }: RecordContext): number {
  const isOn = transaction.isRequest
    ? options.switch("requests", options.switch("query", true))
    : options.switch("responses", options.switch("answer", true));
  const { queries, answers } = transaction.message;
  if (!isOn || transaction.message.queries.length + answers.length === 0) return 0;
  const types = options.list("types").map((name) => name.toLowerCase());
  const isWanted = ({ type }: { readonly type: number }) =>
    types.length === 0 || types.includes(recordTypeName(type).toLowerCase());
  const wanted = queries.some(isWanted) || (!transaction.isRequest && answers.some(isWanted));
  if (!wanted) return 0;
  return versionOf(options) === 2 && transaction.isRequest ? queries.length : 1;
}

function writeV3(writer: JsonWriter, transaction: DnsTransaction, options: Settings): void {
  const { message, isRequest } = transaction;
  writer.number("version", 3);
  writer.string("type", isRequest ? "request" : "response");
  writer.number("tx_id", transaction.id);
  writer.number("id", message.id);
  writeFlags(writer, message.flags);
  writer.number("opcode", transaction.opcode);
  writer.string("rcode", responseCodeName(transaction.rcode));
  writer.beginArray("queries");
  for (const { name, isCut, type } of message.queries) {
    writer.beginObject();
    writeName(writer, "rrname", name);
    if (isCut) writer.boolean("rrname_truncated", true);
    writer.string("rrtype", recordTypeName(type));
    writer.endObject();
  }
  writer.endArray();
  writeSections(writer, transaction, options);
}

function writeSections(writer: JsonWriter, transaction: DnsTransaction, options: Settings): void {
  const { answers, authorities, additionals } = transaction.message;
  const formats = options.list("formats");
  const isDetailed = formats.length === 0 || formats.includes("detailed");
  const isGrouped = formats.length === 0 || formats.includes("grouped");
  if (isDetailed && answers.length > 0) writeRecords(writer, "answers", answers);
  if (isGrouped && answers.length > 0) writeGrouped(writer, answers);
  if (authorities.length > 0) writeRecords(writer, "authorities", authorities);
  if (additionals.length > 0) writeRecords(writer, "additionals", additionals);
}

function writeFlags(writer: JsonWriter, flags: number): void {
  writer.string("flags", flags.toString(16));
  if ((flags & 0x8000) !== 0) writer.boolean("qr", true);
  if ((flags & 0x0400) !== 0) writer.boolean("aa", true);
  if ((flags & 0x0200) !== 0) writer.boolean("tc", true);
  if ((flags & 0x0100) !== 0) writer.boolean("rd", true);
  if ((flags & 0x0080) !== 0) writer.boolean("ra", true);
  if ((flags & 0x0040) !== 0) writer.boolean("z", true);
}

function writeQueryV2(writer: JsonWriter, transaction: DnsTransaction, index: number): void {
  const { message } = transaction;
  const query = message.queries[index];
  writer.string("type", "query");
  writer.number("id", message.id);
  if (query !== undefined) {
    writeName(writer, "rrname", query.name);
    writer.string("rrtype", recordTypeName(query.type));
  }
  writer.number("tx_id", transaction.id);
  if ((message.flags & 0x0040) !== 0) writer.boolean("z", true);
  writer.number("opcode", transaction.opcode);
}

function writeAnswerV2(writer: JsonWriter, transaction: DnsTransaction, options: Settings): void {
  const { message } = transaction;
  writer.number("version", 2);
  writer.string("type", "answer");
  writer.number("id", message.id);
  writeFlags(writer, message.flags);
  writer.number("opcode", transaction.opcode);
  const [query] = message.queries;
  if (query !== undefined) {
    writeName(writer, "rrname", query.name);
    writer.string("rrtype", recordTypeName(query.type));
  }
  writer.string("rcode", responseCodeName(transaction.rcode));
  writeSections(writer, transaction, options);
}

function writeRecords(writer: JsonWriter, name: string, records: readonly DnsRecord[]): void {
  writer.beginArray(name);
  for (const record of records) {
    writer.beginObject();
    writeName(writer, "rrname", record.name);
    if (record.isCut) writer.boolean("rrname_truncated", true);
    writer.string("rrtype", recordTypeName(record.type));
    writer.number("ttl", record.ttl);
    writeData(writer, record.data);
    writer.endObject();
  }
  writer.endArray();
}

function writeData(writer: JsonWriter, data: RecordData): void {
  const text = textOf(data);
  if (text !== null) writer.string("rdata", text);
  else if (data.kind === "soa" || data.kind === "srv" || data.kind === "sshfp") {
    writer.beginObject(data.kind);
    writeFields(writer, data);
    writer.endObject();
  }
}

function writeFields(
  writer: JsonWriter,
  data: Extract<RecordData, { kind: "soa" | "srv" | "sshfp" }>,
): void {
  switch (data.kind) {
    case "soa":
      writeName(writer, "mname", data.soa.mname);
      writeName(writer, "rname", data.soa.rname);
      writer.number("serial", data.soa.serial);
      writer.number("refresh", data.soa.refresh);
      writer.number("retry", data.soa.retry);
      writer.number("expire", data.soa.expire);
      writer.number("minimum", data.soa.minimum);
      return;
    case "srv":
      writer.number("priority", data.priority);
      writer.number("weight", data.weight);
      writer.number("port", data.port);
      writeName(writer, "name", data.name);
      return;
    default:
      writer.string("fingerprint", colons(data.fingerprint));
      writer.number("algo", data.algorithm);
      writer.number("type", data.fingerprintType);
  }
}

function writeGrouped(writer: JsonWriter, answers: readonly DnsRecord[]): void {
  const byType = new Map<number, RecordData[]>();
  for (const { type, data } of answers) {
    if (data.kind === "other") continue;
    const list = byType.get(type);
    if (list === undefined) byType.set(type, [data]);
    else list.push(data);
  }
  if (byType.size === 0) return;
  writer.beginObject("grouped");
  for (const [type, list] of byType) {
    writer.beginArray(recordTypeName(type));
    for (const data of list) {
      const text = textOf(data);
      if (text !== null) writer.stringItem(text);
      else if (data.kind === "soa" || data.kind === "srv" || data.kind === "sshfp") {
        writer.beginObject();
        writeFields(writer, data);
        writer.endObject();
      }
    }
    writer.endArray();
  }
  writer.endObject();
}

function textOf(data: RecordData): string | null {
  switch (data.kind) {
    case "address":
      return addressText(data.bytes);
    case "name":
      return bytesToText(data.name, 0, data.name.length);
    case "text":
      return bytesToText(data.bytes, 0, data.bytes.length);
    default:
      return null;
  }
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length !== 4 && bytes.length !== 16) return "";
  const words = new Int32Array(4);
  for (let i = 0; i < bytes.length / 4; i++) words[i] = readUint32(bytes, 4 * i) | 0;
  return addressToText(bytes.length === 4 ? 4 : 6, words);
}

function colons(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function writeName(writer: JsonWriter, field: string, name: Uint8Array): void {
  writer.bytes(field, name, 0, name.length);
}
