import { expect, test } from "vitest";
import { MESSAGE_NAME_COST_MAX } from "../../../../src/core/protocols/dns/name.ts";
import { DnsParser } from "../../../../src/core/protocols/dns/parser.ts";
import { probeDatagram, probeStream } from "../../../../src/core/protocols/dns/probe.ts";
import { ProbeResult } from "../../../../src/core/protocols/protocol.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";
import { eventsOf, eveOf, parseDatagram, textOf } from "./harness.ts";
import { long, message, name, pointer, question, record, stream, word } from "./wire.ts";

const RESPONSE = 0x8180;
const request = message({ queries: [question("www.example.com", 1)] });

function response(answers: readonly number[][], more = {}): Uint8Array {
  return message({ flags: RESPONSE, queries: [question("a.test", 1)], answers, ...more });
}

test("a request and a response are transactions of their own, whole at once", () => {
  const sent = parseDatagram(request, 0);
  expect(sent?.isResponse).toBe(false);
  expect(sent?.progress).toEqual([1, 1]);
  expect(eveOf(sent!).dns).toMatchObject({
    type: "request",
    rcode: "NOERROR",
    queries: [{ rrname: "www.example.com", rrtype: "A" }],
  });
  const answered = parseDatagram(response([record(pointer(12), 1, [192, 0, 2, 1])]), 1);
  expect(answered?.isResponse).toBe(true);
  expect(eveOf(answered!).dns["answers"]).toEqual([
    { rrname: "a.test", rrtype: "A", ttl: 60, rdata: "192.0.2.1" },
  ]);
});

test("data of every type that is looked into is told", () => {
  const soa = [...name("ns.test"), ...name("root.test"), ...[1, 2, 3, 4, 5].flatMap(long)];
  const transaction = parseDatagram(
    response([
      record("a", 28, [0x20, 1, 0x0d, 0xb8, ...new Array(11).fill(0), 1]),
      record("b", 15, [...word(10), ...name("mx.test")]),
      record("c", 16, [2, 0x68, 0x69, 1, 0x21]),
      record("d", 6, soa),
      record("e", 33, [...word(1), ...word(2), ...word(5060), ...name("sip.test")]),
      record("f", 44, [1, 2, 0xab, 0xcd]),
      record("g", 65, [0, 1, 0]),
      record("h", 1, []),
    ]),
    1,
  );
  expect(eveOf(transaction!).dns["answers"]).toEqual([
    { rrname: "a", rrtype: "AAAA", ttl: 60, rdata: "2001:0db8:0000:0000:0000:0000:0000:0001" },
    { rrname: "b", rrtype: "MX", ttl: 60, rdata: "mx.test" },
    { rrname: "c", rrtype: "TXT", ttl: 60, rdata: "hi" },
    { rrname: "c", rrtype: "TXT", ttl: 60, rdata: "!" },
    {
      rrname: "d",
      rrtype: "SOA",
      ttl: 60,
      soa: {
        mname: "ns.test",
        rname: "root.test",
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      },
    },
    {
      rrname: "e",
      rrtype: "SRV",
      ttl: 60,
      srv: { priority: 1, weight: 2, port: 5060, name: "sip.test" },
    },
    { rrname: "f", rrtype: "SSHFP", ttl: 60, sshfp: { fingerprint: "ab:cd", algo: 1, type: 2 } },
    { rrname: "g", rrtype: "HTTPS", ttl: 60 },
    { rrname: "h", rrtype: "A", ttl: 60 },
  ]);
});

test("options without content are not told, others are", () => {
  const options = [...word(10), ...word(2), 1, 2];
  const additionals = [record("", 41, []), record("", 41, options)];
  const transaction = parseDatagram(response([], { additionals }), 1);
  expect(eveOf(transaction!).dns["additionals"]).toEqual([
    { rrname: "", rrtype: "OPT", ttl: 60, opt: [{ code: 10, data: "0102" }] },
  ]);
});

test("names that rules look at in a response are those of records and of their data", () => {
  const transaction = parseDatagram(
    response([record("x.test", 5, name("y.test")), record("y.test", 1, [1, 2, 3, 4])]),
    1,
  );
  expect(transaction?.responseNames.map(textOf)).toEqual(["a.test", "x.test", "y.test", "y.test"]);
});

test.each([
  ["z_flag_set", message({ flags: 0x0140, queries: [question("a", 1)] })],
  ["invalid_opcode", message({ flags: 7 << 11, queries: [question("a", 1)] })],
])("%s is noted and the message is kept", (event, bytes) => {
  expect(eventsOf(parseDatagram(bytes, 0))).toEqual([event]);
});

test("a response without its flag is noted", () => {
  expect(eventsOf(parseDatagram(request, 1))).toEqual(["not_response"]);
});

test("a broken section is left out when it is not that of questions or answers", () => {
  const broken = record("b", 1, [1, 2, 3, 4]).slice(0, -1);
  const inAdditionals = parseDatagram(response([], { additionals: [broken] }), 1);
  expect(eventsOf(inAdditionals)).toEqual(["invalid_additionals"]);
  const inAuthorities = parseDatagram(response([], { authorities: [broken] }), 1);
  expect(eventsOf(inAuthorities)).toEqual(["invalid_authorities"]);
  expect(parseDatagram(response([broken]), 1)).toBeNull();
});

test("pointers that go round end a name, at once when nothing leads there", () => {
  expect(parseDatagram(message({ queries: [question(pointer(12), 1)] }), 0)).toBeNull();
  // The pointer in the data shows to itself and is the last of the message.
  const toItself = pointer(12 + question("a.test", 1).length + name("b").length + 10);
  const transaction = parseDatagram(response([record("b", 5, toItself)]), 1);
  expect(transaction).toBeNull();
  const round = [1, 0x61, ...pointer(12)];
  const looping = parseDatagram(message({ queries: [question(round, 1)] }), 0);
  expect(eventsOf(looping)).toEqual(["name_too_long", "too_many_labels"]);
});

test("a name is cut at 1,025 bytes", () => {
  const label = new Array(63).fill(0x61);
  const long17 = [...new Array(17).fill([63, ...label]).flat(), 0];
  const transaction = parseDatagram(message({ queries: [question(long17, 1)] }), 0);
  expect(eventsOf(transaction)).toEqual(["name_too_long"]);
  expect(transaction?.message.queries[0]?.name).toMatchObject({ isCut: true });
  expect(transaction?.message.queries[0]?.name.bytes.length).toBe(1025);
});

test("the names of one message have one limit together", () => {
  const label = [63, ...new Array(63).fill(0x61)];
  const first = question([...new Array(16).fill(label).flat(), 0], 1);
  const count = 4_000;
  const answers = new Array(count).fill(record(pointer(12), 99, [0]));
  const transaction = parseDatagram(message({ flags: RESPONSE, queries: [first], answers }), 1);
  const names = transaction?.message.answers.map((answer) => answer.name.bytes.length) ?? [];
  expect(names.length).toBe(count);
  const total = names.reduce((sum, length) => sum + length, 0);
  expect(total).toBeGreaterThan(MESSAGE_NAME_COST_MAX / 2);
  expect(total).toBeLessThan(MESSAGE_NAME_COST_MAX + count * 64);
  expect(eventsOf(transaction)).toContain("name_too_long");
});

test("a stream goes on behind lost bytes where a message begins", () => {
  const parser = new DnsParser("unicast");
  const feed = new StreamFeed(parser);
  feed.send(0, stream([request]));
  expect(feed.gap(0, 100)).toBe(true);
  feed.send(0, new Uint8Array(40).fill(0xee));
  feed.send(0, stream([request]));
  expect(feed.hasFailed).toBe(false);
  expect(parser.transactions.items.length).toBe(2);
});

test("a stream of something else ends", () => {
  const feed = new StreamFeed(new DnsParser("unicast"));
  feed.send(0, stream([new Uint8Array(20).fill(0xff)]));
  expect(feed.hasFailed).toBe(true);
});

test("multicast messages are told by their header, whatever their direction", () => {
  const bytes = message({ flags: 0x8400, answers: [record("a.local", 1, [1, 2, 3, 4])] });
  const transaction = parseDatagram(bytes, 0, "multicast");
  expect(transaction?.isResponse).toBe(true);
  expect(eventsOf(transaction)).toEqual([]);
});

test("probes tell who asks by the header and want whole messages where they are whole", () => {
  const answer = response([]);
  expect(probeDatagram(request, 0, request.length, 0)).toBe(ProbeResult.yes);
  expect(probeDatagram(answer, 0, answer.length, 0)).toBe(ProbeResult.reversed);
  expect(probeDatagram(request, 0, request.length - 1, 0)).toBe(ProbeResult.no);
  const bytes = stream([request]);
  expect(probeStream(bytes, 0, 13, 0)).toBe(ProbeResult.needMore);
  expect(probeStream(bytes, 0, bytes.length - 5, 0)).toBe(ProbeResult.yes);
  expect(probeStream(bytes, 0, bytes.length, 1)).toBe(ProbeResult.reversed);
});
