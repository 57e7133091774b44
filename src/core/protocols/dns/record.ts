/** EVE `dns`: version 3 by default, version 2 (`query` and `answer` events) on demand. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { defineRecord } from "../record.ts";
import { writeAnswers } from "./answer-fields.ts";
import { recordTypeName, responseCodeName } from "./codes.ts";
import {
  alertLogOptions,
  asksForLoggedType,
  type DnsLogOptions,
  isTypeLogged,
  readLogOptions,
} from "./log-options.ts";
import { type DnsMessage, HeaderFlag, opcodeOf, responseCodeOf } from "./message.ts";
import { writeFlags, writeName, writeRecord, writeRecords } from "./record-fields.ts";
import type { DnsTransaction } from "./transaction.ts";

export const dnsRecord = defineRecord<DnsTransaction>({
  type: "dns",
  summary: "A message: a request or a response.",
  fields: {
    "dns.version": "form of the event, 2 or 3",
    "dns.type": "request or response; query or answer in version 2",
    "dns.tx_id": "number of the transaction in its flow",
    "dns.id": "number that the client gave the request",
    "dns.flags": "second word of the header, hexadecimal",
    "dns.opcode": "kind of request",
    "dns.rcode": "response code by name",
    "dns.queries[].rrname": "name that is asked for",
    "dns.queries[].rrtype": "type that is asked for",
    "dns.answers[].rdata": "data of an answer",
    "dns.answers[].ttl": "how long the answer holds, seconds",
    "dns.grouped": "data of the answers by type",
    "dns.authorities": "records of the authority section",
    "dns.additionals": "records of the additional section",
  },
  orientation: ({ isResponse }, { options }) =>
    isResponse && readLogOptions(options).version === 3 ? "reverse" : "flow",
  count: (transaction, { options }) => eventCount(transaction, readLogOptions(options)),
  write(writer, transaction, index, { options }) {
    const logged = readLogOptions(options);
    if (logged.version === 3) writeMessage(writer, transaction, logged);
    else if (transaction.isResponse) writeAnswerEvent(writer, transaction.message, logged);
    else writeQueryEvent(writer, transaction, index);
  },
});

/** What alerts carry, whatever version the log has. */
export function writeDnsAlertFields(writer: JsonWriter, transaction: DnsTransaction): void {
  writeMessage(writer, transaction, alertLogOptions);
}

function eventCount({ isResponse, message }: DnsTransaction, options: DnsLogOptions): number {
  if (isResponse ? !options.responses : !options.requests) return 0;
  if (isResponse || options.version === 3) return asksForLoggedType(options, message) ? 1 : 0;
  // One event for each query; the first one of a type that is not wanted ends them.
  const { queries } = message;
  const unwanted = queries.findIndex(({ type }) => !isTypeLogged(options, type));
  return unwanted < 0 ? queries.length : unwanted;
}

/** A message in version 3. */
export function writeMessage(
  writer: JsonWriter,
  { id, isResponse, message }: DnsTransaction,
  options: DnsLogOptions,
): void {
  writer.beginObject("dns");
  writer.number("version", 3);
  writer.string("type", isResponse ? "response" : "request");
  writer.number("tx_id", id);
  writer.number("id", message.id);
  writeFlags(writer, message);
  writer.number("opcode", opcodeOf(message));
  writer.string("rcode", responseCodeName(responseCodeOf(message)));
  writeQueries(writer, message, options);
  writeAnswers(writer, message.answers, options);
  writeOtherSections(writer, message);
  writer.endObject();
}

function writeQueries(writer: JsonWriter, { queries }: DnsMessage, options: DnsLogOptions): void {
  if (queries.length === 0) return;
  writer.beginArray("queries");
  for (const { name, type } of queries) {
    if (!isTypeLogged(options, type)) continue;
    writer.beginObject();
    writeName(writer, "rrname", name, "rrname_truncated");
    writer.string("rrtype", recordTypeName(type));
    writer.endObject();
  }
  writer.endArray();
}

function writeOtherSections(writer: JsonWriter, { authorities, additionals }: DnsMessage): void {
  writeRecords(writer, "authorities", authorities, writeRecord);
  writeRecords(writer, "additionals", additionals, writeRecord);
}

function writeQueryEvent(writer: JsonWriter, { id, message }: DnsTransaction, index: number): void {
  const query = message.queries[index];
  writer.beginObject("dns");
  writer.number("version", 2);
  writer.string("type", "query");
  writer.number("id", message.id);
  if (query !== undefined) {
    writeName(writer, "rrname", query.name, "rrname_truncated");
    writer.string("rrtype", recordTypeName(query.type));
  }
  writer.number("tx_id", id);
  if ((message.flags & HeaderFlag.z) !== 0) writer.boolean("z", true);
  writer.number("opcode", opcodeOf(message));
  writer.endObject();
}

function writeAnswerEvent(writer: JsonWriter, message: DnsMessage, options: DnsLogOptions): void {
  const query = message.queries[0];
  writer.beginObject("dns");
  writer.number("version", 2);
  writer.string("type", "answer");
  writer.number("id", message.id);
  writeFlags(writer, message);
  writer.number("opcode", opcodeOf(message));
  if (query !== undefined) {
    writeName(writer, "rrname", query.name, "rrname_truncated");
    writer.string("rrtype", recordTypeName(query.type));
  }
  writer.string("rcode", responseCodeName(responseCodeOf(message)));
  writeAnswers(writer, message.answers, options);
  writeOtherSections(writer, message);
  writer.endObject();
}
