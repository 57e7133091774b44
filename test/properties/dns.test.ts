/** Laws of DNS: cuts of the stream do not matter, whatever comes no parser throws, and the cost is bounded. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DnsParser } from "../../src/core/protocols/dns/parser.ts";
import { describe, eveOf, parseDatagram } from "../core/protocols/dns/harness.ts";
import { message, name, pointer, question, record, stream } from "../core/protocols/dns/wire.ts";
import { StreamFeed } from "../support/protocol-harness.ts";

const label = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const data = fc.oneof(
  fc.tuple(fc.constant(1), fc.array(fc.nat(255), { minLength: 4, maxLength: 4 })),
  fc.tuple(fc.constantFrom(2, 5, 12), domain.map(name)),
  fc.tuple(fc.constant(16), fc.constant([3, 0x61, 0x62, 0x63])),
  fc.tuple(fc.constant(64), fc.array(fc.nat(255), { minLength: 1, maxLength: 9 })),
);
const answer = fc
  .tuple(fc.oneof(domain.map(name), fc.constant(pointer(12))), data)
  .map(([owner, [type, bytes]]) => record(owner, type, bytes));
const dnsMessage = fc
  .record({
    id: fc.nat(0xffff),
    flags: fc.constantFrom(0x8180, 0x8583, 0xc800),
    queries: fc.array(
      domain.map((text) => question(text, 1)),
      { minLength: 1, maxLength: 2 },
    ),
    answers: fc.array(answer, { maxLength: 4 }),
    additionals: fc.array(answer, { maxLength: 2 }),
  })
  .map(message);

function transactionsOf(bytes: Uint8Array, pieceBytes: number): string[] {
  const parser = new DnsParser("unicast");
  new StreamFeed(parser).send(1, bytes, pieceBytes);
  return parser.transactions.items.map(describe);
}

test("a stream cut anywhere gives the same transactions", () => {
  fc.assert(
    fc.property(
      fc.array(dnsMessage, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 60 }),
      fc.uint8Array({ maxLength: 8 }),
      (messages, pieceBytes, trailing) => {
        // What follows is a message that never becomes whole.
        const bytes = Uint8Array.from([...stream(messages), 0xff, 0xff, ...trailing]);
        const whole = transactionsOf(bytes, bytes.length);
        expect(whole.length).toBe(messages.length);
        expect(transactionsOf(bytes, 1)).toEqual(whole);
        expect(transactionsOf(bytes, pieceBytes)).toEqual(whole);
      },
    ),
  );
});

test("no bytes make a parser throw, and what it makes of them can be written", () => {
  const hostile = fc
    .tuple(dnsMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(40))
    .map(([bytes, changes, cut]) => {
      const changed = bytes.slice(0, Math.max(0, bytes.length - cut));
      for (const [at, value] of changes)
        if (changed.length > 0) changed[at % changed.length] = value;
      return changed;
    });
  fc.assert(
    fc.property(fc.oneof(hostile, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      for (const direction of [0, 1] as const) {
        const transaction = parseDatagram(bytes, direction, "multicast");
        if (transaction !== null) eveOf(transaction);
      }
    }),
  );
});

test("the largest message of pointers to pointers is read in bounded time", () => {
  // Each name is a chain of as many pointers as a name may have.
  const chain = new Array(250).fill(0).flatMap((_, i) => pointer(14 + 2 * i));
  const answers = new Array(5_000).fill(record(pointer(12), 99, [0]));
  const queries = [question([...chain, 0], 1)];
  const bytes = message({ flags: 0x8180, queries: [[...queries.flat()]], answers });
  const started = process.hrtime.bigint();
  parseDatagram(bytes, 1);
  const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
  expect(elapsedMs).toBeLessThan(1_000);
});
