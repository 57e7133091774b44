/** Runs DNS parsers on messages and shows what they make of them as plain text. */
import { bytesToLatin1 } from "../../../../src/core/bytes/latin1.ts";
import { JsonWriter } from "../../../../src/core/eve/json-writer.ts";
import { DnsParser, type DnsVariant } from "../../../../src/core/protocols/dns/parser.ts";
import { writeDnsAlertFields } from "../../../../src/core/protocols/dns/record.ts";
import {
  type DnsTransaction,
  dnsEventNames,
} from "../../../../src/core/protocols/dns/transaction.ts";
import { TestHost } from "../../../support/protocol-harness.ts";

/** Gives one datagram to a new parser; its transaction, null when there is none. */
export function parseDatagram(
  bytes: Uint8Array,
  direction: 0 | 1,
  variant: DnsVariant = "unicast",
): DnsTransaction | null {
  const host = new TestHost();
  host.isStream = false;
  const parser = new DnsParser(variant);
  parser.parse(direction, bytes, 0, bytes.length, host);
  return parser.transactions.last;
}

export function eventsOf(transaction: DnsTransaction | null): string[] {
  return (transaction?.events ?? []).map((code) => dnsEventNames[code] ?? "?");
}

export function textOf(bytes: Uint8Array): string {
  return bytesToLatin1(bytes, 0, bytes.length);
}

/** What alerts carry of a transaction. */
export function eveOf(transaction: DnsTransaction): { readonly dns: Record<string, unknown> } {
  const writer = new JsonWriter();
  writer.beginObject();
  writeDnsAlertFields(writer, transaction);
  writer.endObject();
  return JSON.parse(writer.take()) as { readonly dns: Record<string, unknown> };
}

/** All that is known of a transaction, to compare. */
export function describe(transaction: DnsTransaction): string {
  return JSON.stringify([eveOf(transaction), eventsOf(transaction)]);
}
