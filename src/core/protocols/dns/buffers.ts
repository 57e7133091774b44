/** The buffers and tests of DNS. Names are as they were sent, without the last dot. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import { type BufferSource, bufferSource, defineBuffer, type ProtocolBuffer } from "../buffer.ts";
import type { FlowSide } from "../direction.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { numbersByName, recordTypeNames, responseCodeNames } from "./names.ts";
import type { DnsTransaction } from "./transaction.ts";

const family = "dns";
const both: readonly FlowSide[] = ["toServer", "toClient"];

const dnsQuery = defineBuffer({
  name: "dns.query",
  aliases: ["dns_query"],
  family,
  summary: "Each name that a request asks for.",
  multi: true,
});

const queriesRrname = names("dns.queries.rrname", "Each name of the question section.");
const queryName = names("dns.query.name", "Each name of the question section.");
const answersRrname = names("dns.answers.rrname", "Each name of the answer section.");
const answerName = names("dns.answer.name", "Each name of the answer section.");
const authoritiesRrname = names("dns.authorities.rrname", "Each name of the authority section.");
const additionalsRrname = names("dns.additionals.rrname", "Each name of the additional section.");
const responseRrname = names("dns.response.rrname", "Each name in a response, in data too.");

function names(name: string, summary: string): ProtocolBuffer {
  return defineBuffer({ name, family, summary, multi: true, since: "8.0.0" });
}

type Lister = (transaction: DnsTransaction) => readonly Uint8Array[];

const namesOf: {
  readonly [section in "queries" | "answers" | "authorities" | "additionals"]: Lister;
} = {
  queries: ({ message }) => message.queries.map(({ name }) => name),
  answers: ({ message }) => message.answers.map(({ name }) => name),
  authorities: ({ message }) => message.authorities.map(({ name }) => name),
  additionals: ({ message }) => message.additionals.map(({ name }) => name),
};

export const dnsBuffers: readonly BufferSource[] = [
  source(dnsQuery, "toServer", namesOf.queries),
  ...both.flatMap((side) => [
    source(queriesRrname, side, namesOf.queries),
    source(queryName, side, namesOf.queries),
    source(answersRrname, side, namesOf.answers),
    source(answerName, side, namesOf.answers),
    source(authoritiesRrname, side, namesOf.authorities),
    source(additionalsRrname, side, namesOf.additionals),
  ]),
  source(responseRrname, "toClient", responseNames),
];

/** Names of all sections, and those in the data of records. */
function responseNames(transaction: DnsTransaction): readonly Uint8Array[] {
  const found: Uint8Array[] = transaction.message.queries.map(({ name }) => name);
  for (const { name, data } of transaction.records) {
    found.push(name);
    if (data.kind === "name" || data.kind === "srv") found.push(data.name);
    else if (data.kind === "soa") found.push(data.soa.mname);
  }
  return found;
}

function source(buffer: ProtocolBuffer, side: FlowSide, list: Lister): BufferSource {
  return bufferSource<DnsTransaction>(buffer, {
    side,
    progress: 1,
    read: (transaction, index, view) => {
      const name = list(transaction)[index];
      return name !== undefined && view.set(name);
    },
  });
}

const opcode = defineTest<NumberComparison>({
  name: "dns.opcode",
  family,
  summary: "Compares the operation code.",
  syntax: "dns.opcode:[op]N",
  argument: "required",
  examples: [{ options: "dns.opcode:4;", meaning: "a notification" }],
  parse: (option) => parseNumberComparison(option, { bits: 8 }),
});

const rcode = defineTest<NumberComparison>({
  name: "dns.rcode",
  family,
  summary: "Compares the response code.",
  syntax: "dns.rcode:[op]N|NAME",
  since: "8.0.0",
  argument: "required",
  examples: [{ options: "dns.rcode:nxdomain;", meaning: "there is no such name" }],
  parse: (option) =>
    parseNumberComparison(option, { bits: 16, names: numbersByName(responseCodeNames) }),
});

const rrtype = defineTest<NumberComparison>({
  name: "dns.rrtype",
  family,
  summary: "Compares the type of a query or record.",
  syntax: "dns.rrtype:[op]N|NAME",
  since: "8.0.0",
  argument: "required",
  examples: [{ options: "dns.rrtype:TXT;", meaning: "a text is asked for or answered" }],
  parse: (option) =>
    parseNumberComparison(option, { bits: 16, names: numbersByName(recordTypeNames) }),
});

export const dnsTests: readonly TestSource[] = both.flatMap((side) => [
  test(opcode, side, (transaction, wanted) => matchesNumber(wanted, transaction.opcode)),
  test(rcode, side, (transaction, wanted) => matchesNumber(wanted, transaction.rcode)),
  test(
    rrtype,
    side,
    ({ message }, wanted) =>
      message.queries.some(({ type }) => matchesNumber(wanted, type)) ||
      message.answers.some(({ type }) => matchesNumber(wanted, type)),
  ),
]);

function test(
  declared: ProtocolTest<NumberComparison>,
  side: FlowSide,
  run: (transaction: DnsTransaction, wanted: NumberComparison) => boolean,
): TestSource {
  return testSource(declared, { side, progress: 1, run });
}
