import { describe, expect, it } from "vitest";
import { HANDSHAKE_MESSAGE_LIMIT_BYTES } from "../../../../src/core/protocols/tls/handshake.ts";
import { client, server, TlsRun, text } from "./harness.ts";
import {
  alpn,
  certificate,
  certificates,
  changeCipher,
  chosenVersion,
  clientHello,
  commonName,
  concat,
  data,
  extension,
  message,
  offeredVersions,
  record,
  serverHello,
  serverHelloDone,
  sni,
  u16,
} from "./wire.ts";

const hello = record(22, clientHello({ extensions: [sni("a.org"), alpn("h2", "x")] }), 0x0301);
const chain = certificates(certificate(), certificate({ subject: commonName("root") }));
const flight = record(22, concat(serverHello(), chain, serverHelloDone));

/** A message in records of their largest length. */
function inRecords(bytes: Uint8Array) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 0x4000) pieces.push(bytes.slice(at, at + 0x4000));
  return pieces.map((piece) => server(record(22, piece)));
}

describe("a handshake of TLS 1.2", () => {
  it("shows names, protocols, certificates and ends with the server's certificate", () => {
    const { transaction } = new TlsRun([client(hello), server(flight)]);
    expect(text(transaction.client.hello?.sni)).toBe("a.org");
    expect(transaction.client.hello?.alpns.map(text)).toEqual(["h2", "x"]);
    expect(text(transaction.server.certificate?.subject)).toBe("CN=subject");
    expect(transaction.server.chain).toHaveLength(2);
    expect(transaction.server.version).toBe(0x0303);
    expect(transaction.progress).toEqual([3, 4]);
  });

  it("goes through the states one by one", () => {
    const run = new TlsRun([client(hello)]);
    expect(run.transaction.progress).toEqual([1, 0]);
    run.feed.send(1, record(22, serverHello()));
    expect(run.transaction.progress).toEqual([1, 1]);
    run.feed.send(1, record(22, serverHelloDone));
    expect(run.transaction.progress).toEqual([1, 3]);
    run.feed.send(0, changeCipher);
    expect(run.transaction.progress).toEqual([3, 3]);
    run.feed.send(1, data(20));
    expect(run.transaction.progress).toEqual([3, 4]);
    run.feed.end();
    expect(run.transaction.progress).toEqual([4, 5]);
  });

  it("puts a message together from records", () => {
    const first = concat(record(22, serverHello()), record(22, chain.slice(0, 5)));
    const { transaction } = new TlsRun([
      server(first),
      server(record(22, chain.slice(5, 9))),
      server(record(22, chain.slice(9))),
    ]);
    expect(transaction.server.chain).toHaveLength(2);
  });

  it("waits for the client's certificate where the server asks for one", () => {
    const request = message(13, concat([1, 1], u16(0), u16(0)));
    const asking = record(22, concat(serverHello(), chain, request, serverHelloDone));
    const run = new TlsRun([client(hello), server(asking)]);
    expect(run.transaction.progress).toEqual([1, 3]);
    run.feed.send(0, record(22, certificates(certificate({ subject: commonName("me") }))));
    expect(text(run.transaction.client.certificate?.subject)).toBe("CN=me");
    expect(run.transaction.progress).toEqual([3, 4]);
  });

  it("may be resumed when the server takes up the session or the client has a ticket", () => {
    const session = Uint8Array.of(1, 2, 3);
    const taken = new TlsRun([
      client(record(22, clientHello({ session }))),
      server(record(22, serverHello({ session }))),
    ]);
    expect(taken.transaction.mayBeResumed).toBe(true);
    const other = new TlsRun([
      client(record(22, clientHello({ session }))),
      server(record(22, serverHello({ session: Uint8Array.of(9) }))),
    ]);
    expect(other.transaction.mayBeResumed).toBe(false);
    const ticket = record(22, clientHello({ extensions: [extension(35)] }));
    expect(new TlsRun([client(ticket)]).transaction.mayBeResumed).toBe(true);
  });
});

describe("a handshake of TLS 1.3", () => {
  const offer = record(22, clientHello({ extensions: [offeredVersions(0x0a0a, 0x0304, 0x0303)] }));

  it("has its version in an extension and hides certificates", () => {
    const choice = record(22, serverHello({ extensions: [chosenVersion(0x0304)] }));
    const { transaction } = new TlsRun([client(offer), server(choice)]);
    expect(transaction.client.version).toBe(0x0304);
    expect(transaction.server.version).toBe(0x0304);
    expect(transaction.hidesCertificates).toBe(true);
  });

  it("knows the drafts that left the session out", () => {
    const body = concat(u16(0x7f12), new Uint8Array(32), u16(0x1301), u16(0));
    const { transaction, events } = new TlsRun([server(record(22, message(2, body)))]);
    expect(transaction.server.version).toBe(0x7f12);
    expect(transaction.server.hello?.ciphers).toEqual([0x1301]);
    expect(events).toEqual([]);
  });

  it("reads the second hello of a client that changed its cipher early", () => {
    const second = record(22, clientHello({ extensions: [offeredVersions(0x0304)] }));
    const { events } = new TlsRun([client(concat(offer, changeCipher, second))]);
    expect(events).toEqual([]);
  });

  it("does not end with early data", () => {
    const early = record(22, clientHello({ extensions: [extension(42)] }));
    const run = new TlsRun([client(concat(early, data(10)))]);
    expect(run.transaction.toServerProgress).toBe(1);
    expect(run.feed.host.asked).not.toContain("stop payload inspection");
  });
});

describe("encrypted data", () => {
  it("stops the looking, as it is asked to", () => {
    const asked = (encryption: "track-only" | "bypass" | "full") =>
      new TlsRun([client(data(5))], { encryption }).feed.host.asked.filter(
        (what) => !what.startsWith("raw"),
      );
    expect(asked("full")).toEqual([]);
    expect(asked("track-only")).toEqual(["stop payload inspection"]);
    expect(asked("bypass")).toEqual(["stop payload inspection", "stop reassembly", "bypass"]);
  });

  it("is consumed as it comes", () => {
    const run = new TlsRun([client(data(1000).slice(0, 100))]);
    expect(run.parser.parse(0, data(1000), 0, 50, run.feed.host)).toBe(50);
  });

  it("hides handshakes", () => {
    const { events } = new TlsRun([
      client(concat(changeCipher, record(22, concat([99, 1, 2, 3])))),
    ]);
    expect(events).toEqual([]);
  });
});

describe("what is wrong", () => {
  const eventsOf = (bytes: Uint8Array) => new TlsRun([client(bytes)]).events;

  it("is an event of records", () => {
    expect(eventsOf(record(30, concat([1])))).toEqual(["invalid_record_type"]);
    expect(eventsOf(record(22, concat()))).toEqual(["invalid_record_length"]);
    expect(eventsOf(record(22, concat([1]), 0x0900))).toEqual(["invalid_record_version"]);
    expect(eventsOf(concat([22, 3, 3, 0x40, 1]))).toEqual(["invalid_record_length"]);
    expect(eventsOf(record(22, concat([1, 2])))).toEqual(["invalid_ssl_record"]);
    expect(eventsOf(record(21, concat([1])))).toEqual(["invalid_alert_message"]);
    expect(eventsOf(concat([0x80, 0, 1]))).toEqual(["invalid_sslv2_header", "invalid_ssl_record"]);
  });

  it("is an event of messages", () => {
    expect(eventsOf(record(22, message(99, concat([1, 2]))))).toEqual([
      "invalid_handshake_message",
    ]);
    expect(eventsOf(record(22, message(1, concat([3, 3]))))).toEqual(["handshake_invalid_length"]);
    const rest = record(22, concat(clientHello(), concat([11, 0, 0])));
    expect(eventsOf(rest)).toEqual(["invalid_ssl_record", "invalid_handshake_message"]);
    const long = HANDSHAKE_MESSAGE_LIMIT_BYTES + 1;
    expect(eventsOf(record(22, concat([1, long >> 16, 0, 1, 7])))).toEqual([
      "handshake_invalid_length",
    ]);
  });

  it("is an event of names", () => {
    const named = (...extensions: Uint8Array[]) =>
      eventsOf(record(22, clientHello({ extensions })));
    expect(named(sni("a"), sni("b"))).toEqual(["multiple_sni_extensions"]);
    expect(named(sni("a".repeat(256)))).toEqual(["invalid_sni_length"]);
    expect(named(sni(""))).toEqual(["invalid_sni_length"]);
    expect(named(extension(0, [0, 4, 1, 0, 1, 0x61]))).toEqual(["invalid_sni_type"]);
  });

  it("is an event of certificates", () => {
    const sent = (der: Uint8Array) => new TlsRun([server(record(22, certificates(der)))]).events;
    expect(sent(concat([0x30, 0x05, 0x30]))).toEqual(["invalid_certificate"]);
    const names = Array(4096).fill(concat([0x82, 1, 0x61]));
    expect(
      new TlsRun(inRecords(certificates(certificate({ alternativeNames: names })))).events,
    ).toEqual(["too_many_subject_alternative_names"]);
    const cut = message(11, concat([0, 0, 4, 0, 0, 9, 1]));
    expect(new TlsRun([server(record(22, cut))]).events).toEqual(["invalid_certificate"]);
  });

  it("ends with a fatal alert", () => {
    const { transaction } = new TlsRun([client(hello), server(record(21, concat([2, 40])))]);
    expect(transaction.progress).toEqual([4, 5]);
  });
});

describe("heartbeats", () => {
  const heartbeat = (payload: number, rest: number) =>
    record(24, concat([1], u16(payload), new Uint8Array(rest)));

  it("that claim more than they carry are overflows", () => {
    expect(new TlsRun([client(heartbeat(0x4000, 0))]).events).toEqual([
      "overflow_heartbeat_message",
    ]);
    expect(new TlsRun([client(heartbeat(10, 20))]).events).toEqual(["invalid_heartbeat_message"]);
    expect(new TlsRun([client(heartbeat(4, 20))]).events).toEqual([]);
  });

  it("that answer more than was asked for leak", () => {
    const said = [client(concat(changeCipher, record(24, new Uint8Array(32))))];
    const leak = new TlsRun([...said, server(record(24, new Uint8Array(33)))]);
    expect(leak.events).toEqual(["dataleak_heartbeat_mismatch"]);
    const fair = new TlsRun([...said, server(record(24, new Uint8Array(32)))]);
    expect(fair.events).toEqual([]);
  });
});

describe("SSL 2.0", () => {
  const ssl2Hello = concat([0x80, 9 + 3 + 16, 1, 3, 1], u16(3), u16(0), u16(16), [1, 2, 3]);
  const whole = concat(ssl2Hello, new Uint8Array(16));

  it("asks for a newer version that then goes on", () => {
    const { transaction, events } = new TlsRun([client(whole), server(flight)]);
    expect(transaction.client.version).toBe(0x0301);
    expect(transaction.progress).toEqual([3, 4]);
    expect(events).toEqual([]);
  });

  it("stops the looking when both sides encrypt", () => {
    const serverSaid = concat([0x80, 2, 4, 0], [0x80, 2, 5, 0]);
    const run = new TlsRun([client(whole), server(serverSaid), client(concat([0x80, 2, 3, 0]))]);
    expect(run.feed.host.asked).toContain("stop payload inspection");
  });
});
