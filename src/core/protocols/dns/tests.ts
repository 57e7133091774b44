/** Tests of DNS numbers: opcode, response code, record types. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import type { FlowSide } from "../direction.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { recordTypesByName, responseCodesByName } from "./codes.ts";
import { opcodeOf, responseCodeOf } from "./message.ts";
import { DnsState, type DnsTransaction } from "./transaction.ts";

const family = "dns";

const dnsOpcode = defineTest<NumberComparison>({
  name: "dns.opcode",
  family,
  summary: "Compares the opcode of a message.",
  syntax: "dns.opcode:[op]N",
  argument: "required",
  examples: [
    { options: "dns.opcode:4;", meaning: "a notification" },
    { options: "dns.opcode:!0;", meaning: "anything but a standard query" },
  ],
  parse: (option) => parseNumberComparison(option, { bits: 8 }),
});

const dnsRcode = defineTest<NumberComparison>({
  name: "dns.rcode",
  family,
  summary: "Compares the response code of a message.",
  syntax: "dns.rcode:[op]N|[!]NAME",
  since: "8.0.0",
  argument: "required",
  examples: [
    { options: "dns.rcode:nxdomain;", meaning: "the name does not exist" },
    { options: "dns.rcode:!0;", meaning: "something went wrong" },
  ],
  parse: (option) => parseNumberComparison(option, { bits: 16, names: responseCodesByName }),
});

const dnsRrtype = defineTest<NumberComparison>({
  name: "dns.rrtype",
  family,
  summary: "Compares the record types that are asked for, in responses those of the answers.",
  syntax: "dns.rrtype:[op]N|[!]NAME",
  since: "8.0.0",
  argument: "required",
  examples: [
    { options: "dns.rrtype:TXT;", meaning: "text records" },
    { options: "dns.rrtype:>40;", meaning: "types above 40" },
  ],
  parse: (option) => parseNumberComparison(option, { bits: 16, names: recordTypesByName }),
});

function bothSides(
  test: ProtocolTest<NumberComparison>,
  run: (transaction: DnsTransaction, wanted: NumberComparison) => boolean,
): TestSource[] {
  const on = (side: FlowSide): TestSource =>
    testSource(test, { side, progress: DnsState.complete, run });
  return [on("toServer"), on("toClient")];
}

export const dnsTests: readonly TestSource[] = [
  ...bothSides(dnsOpcode, ({ message }, wanted) => matchesNumber(wanted, opcodeOf(message))),
  ...bothSides(dnsRcode, ({ message }, wanted) => matchesNumber(wanted, responseCodeOf(message))),
  ...bothSides(dnsRrtype, hasType),
];

function hasType({ isResponse, message }: DnsTransaction, wanted: NumberComparison): boolean {
  const records = isResponse ? message.answers : message.queries;
  for (const { type } of records) if (matchesNumber(wanted, type)) return true;
  return false;
}
