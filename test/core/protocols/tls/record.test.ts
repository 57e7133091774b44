import { describe, expect, it } from "vitest";
import { JsonWriter } from "../../../../src/core/eve/json-writer.ts";
import { defaultSettings, type Settings } from "../../../../src/core/protocols/settings.ts";
import { tlsRecord, writeTlsAlertFields } from "../../../../src/core/protocols/tls/record.ts";
import type { TlsTransaction } from "../../../../src/core/protocols/tls/transaction.ts";
import { client, server, TlsRun } from "./harness.ts";
import {
  certificate,
  certificates,
  clientHello,
  concat,
  extension,
  generalizedTime,
  record,
  serverHello,
  sni,
} from "./wire.ts";

function settings(values: Readonly<Record<string, string | readonly string[]>>): Settings {
  return {
    ...defaultSettings,
    has: (path) => path in values,
    switch: (path, fallback) => (path in values ? values[path] === "yes" : fallback),
    list: (path) => [values[path] ?? []].flat(),
  };
}

function contextOf(options: Settings, originalProtocol: string | null = null) {
  return { options, originalProtocol, formatTime: () => "", sourcePort: 1, destinationPort: 2 };
}

function written(transaction: TlsTransaction, options: Settings, original: string | null = null) {
  const writer = new JsonWriter();
  writer.beginObject();
  tlsRecord.write(writer, transaction, 0, contextOf(options, original));
  writer.endObject();
  return JSON.parse(writer.take()).tls;
}

const countOf = (transaction: TlsTransaction, options: Settings) =>
  tlsRecord.count?.(transaction, contextOf(options));

const hello = client(record(22, clientHello({ extensions: [sni("a.org")] })));
const own = certificate({ notAfter: generalizedTime("19700101000000Z") });
const full = new TlsRun([
  hello,
  server(record(22, concat(serverHello(), certificates(own, certificate())))),
]).transaction;

describe("the event of a handshake", () => {
  it("has names only, unless it is to be extended", () => {
    expect(written(full, settings({ extended: "no" }))).toEqual({
      subject: "CN=subject",
      issuerdn: "CN=issuer",
    });
    const extended = written(full, settings({ extended: "yes" }), "smtp");
    expect(Object.keys(extended)).toEqual([
      "subject",
      "issuerdn",
      "serial",
      "fingerprint",
      "sni",
      "version",
      "notbefore",
      "ja3",
      "ja3s",
      "ja4",
      "from_proto",
    ]);
    expect(extended).toMatchObject({ version: "TLS 1.2", sni: "a.org", from_proto: "smtp" });
  });

  it("has the fields of a list, whatever their case", () => {
    const custom = settings({ custom: ["SNI", "chain", "server_handshake"] });
    const found = written(full, custom);
    expect(Object.keys(found)).toEqual(["sni", "chain", "server_handshake"]);
    expect(found.chain).toHaveLength(2);
    expect(found.server_handshake).toEqual({ version: "TLS 1.2", cipher: 0xc02f });
  });

  it("is written without a certificate only for sessions taken up and versions that hide it", () => {
    const extended = settings({ extended: "yes" });
    const nothing = new TlsRun([hello, server(record(22, serverHello()))]).transaction;
    expect(countOf(nothing, extended)).toBe(0);
    const ticket = client(record(22, clientHello({ extensions: [extension(35)] })));
    const resumed = new TlsRun([ticket, server(record(22, serverHello()))]).transaction;
    expect(countOf(resumed, extended)).toBe(1);
    expect(written(resumed, extended).session_resumed).toBe(true);
    expect(countOf(resumed, settings({ extended: "yes", "session-resumption": "no" }))).toBe(0);
    expect(countOf(resumed, defaultSettings)).toBe(0);
    expect(countOf(full, defaultSettings)).toBe(1);
  });

  it("goes into alerts with all its fields", () => {
    const writer = new JsonWriter();
    writer.beginObject();
    writeTlsAlertFields(writer, full, contextOf(defaultSettings));
    writer.endObject();
    expect(JSON.parse(writer.take()).tls).toMatchObject({ subject: "CN=subject", sni: "a.org" });
  });
});
