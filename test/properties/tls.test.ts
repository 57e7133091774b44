/** Laws of the TLS parser: it does not care how its bytes are cut, and never throws. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { client, type Said, server, TlsRun } from "../core/protocols/tls/harness.ts";
import {
  alpn,
  type Bytes,
  certificate,
  certificates,
  changeCipher,
  clientHello,
  concat,
  data,
  extension,
  message,
  record,
  serverHello,
  sni,
} from "../core/protocols/tls/wire.ts";
import { tlsTarget } from "../fuzz/tls.ts";

const bytes = (max: number) => fc.uint8Array({ maxLength: max });

const helloParts = fc.record({
  session: bytes(32),
  ciphers: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }),
  extensions: fc.array(
    fc.oneof(
      fc.constantFrom(sni("a.example"), alpn("h2"), extension(35), extension(42)),
      fc
        .tuple(fc.integer({ min: 0, max: 60 }), bytes(12))
        .map(([type, body]) => extension(type, body)),
    ),
    { maxLength: 6 },
  ),
});

const handshake: fc.Arbitrary<Bytes> = fc.oneof(
  helloParts.map((parts) => clientHello(parts)),
  helloParts.map((parts) => serverHello(parts)),
  fc.constant(certificates(certificate(), certificate())),
  bytes(60).map((der) => certificates(der)),
  fc.tuple(fc.integer({ min: 0, max: 25 }), bytes(30)).map(([type, body]) => message(type, body)),
);

/** Messages in records that do not respect their bounds. */
const records: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 6, arbitrary: handshake.map((whole) => record(22, whole)) },
  {
    weight: 2,
    arbitrary: fc.tuple(handshake, fc.nat({ max: 80 })).map(([whole, at]) => {
      const middle = Math.max(4, Math.min(at, whole.length - 1));
      return concat(record(22, whole.slice(0, middle)), record(22, whole.slice(middle)));
    }),
  },
  fc.constantFrom(
    changeCipher,
    data(1),
    data(40),
    record(24, new Uint8Array(24)),
    concat([0x80, 2, 4, 0]),
  ),
  fc.tuple(fc.integer({ min: 20, max: 25 }), bytes(20)).map(([type, body]) => record(type, body)),
);

const conversation: fc.Arbitrary<readonly Said[]> = fc.array(
  fc
    .tuple(fc.boolean(), records)
    .map(([isClient, said]) => (isClient ? client(said) : server(said))),
  { minLength: 1, maxLength: 6 },
);

describe("a TLS connection", () => {
  it("is the same whole, byte by byte and in pieces", () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 2, max: 40 }), (said, pieceBytes) => {
        const whole = new TlsRun(said).summary();
        expect(new TlsRun(said, {}, 1).summary()).toEqual(whole);
        expect(new TlsRun(said, {}, pieceBytes).summary()).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps what it found when more comes after it", () => {
    fc.assert(
      fc.property(conversation, bytes(20), (said, more) => {
        const before = new TlsRun(said).transaction.events;
        const after = new TlsRun([...said, client(more)]).transaction.events;
        expect(after.slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it("never makes the parser throw", () => {
    fc.assert(
      fc.property(bytes(300), (input) => tlsTarget.run(input)),
      { numRuns: 200 },
    );
  });

  it("costs no more than its bytes when a message comes in tiny records", () => {
    const length = 30_000;
    const body = new Uint8Array(length);
    const first = record(22, concat([11, length >> 16, (length >> 8) & 255, length & 255]));
    const tiny: Bytes[] = [];
    for (let at = 0; at < length; at += 4) tiny.push(record(22, body.subarray(at, at + 4)));
    const wire = new Uint8Array(first.length + tiny.length * 9);
    wire.set(first);
    for (const [i, one] of tiny.entries()) wire.set(one, first.length + i * 9);
    // In segments: more than 30 records in one are no conversation.
    const segments: Bytes[] = [];
    for (let at = 0; at < wire.length; at += 180) segments.push(wire.subarray(at, at + 180));
    const run = new TlsRun(segments.map((segment) => server(segment)));
    expect(run.feed.hasFailed).toBe(false);
    expect(run.transaction.toClientProgress).toBe(2);
  });
});
