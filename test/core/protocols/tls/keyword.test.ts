import { describe, expect, it } from "vitest";
import { tlsTests } from "../../../../src/core/protocols/tls/tests.ts";
import { RuleError } from "../../../../src/core/rule/diagnostic.ts";
import { OptionText } from "../../../../src/core/rule/option-text.ts";
import { client, server, TlsRun } from "./harness.ts";
import {
  certificate,
  certificates,
  chosenVersion,
  clientHello,
  concat,
  message,
  record,
  serverHello,
} from "./wire.ts";

const host = { readFile: () => null };
const hello = client(record(22, clientHello()));
const flight = record(22, concat(serverHello(), certificates(certificate(), certificate())));
const full = new TlsRun([hello, server(flight)]);

/** Whether the keyword with this value holds for the direction. */
function holds(
  name: string,
  value: string | null,
  run = full,
  side: "toServer" | "toClient" = "toClient",
) {
  const source = tlsTests.find((found) => found.test.name === name && found.side === side);
  if (source === undefined) throw new Error(`no test ${name}`);
  return source.run(run.transaction, source.test.parse(new OptionText(name, value), host));
}

function refusal(name: string, value: string): string {
  try {
    holds(name, value);
  } catch (error) {
    if (error instanceof RuleError) return error.code;
    throw error;
  }
  return "";
}

describe("versions", () => {
  const draft = new TlsRun([
    server(record(22, serverHello({ extensions: [chosenVersion(0x7f1c)] }))),
  ]);

  it("are those of the side that speaks, drafts counting as 1.3", () => {
    expect(holds("tls.version", "1.2")).toBe(true);
    expect(holds("tls.version", "1.3")).toBe(false);
    expect(holds("tls.version", "1.3", draft)).toBe(true);
    expect(holds("tls.version", "0x7f1c", draft)).toBe(true);
    expect(refusal("tls.version", "1.4")).toBe("unknown-value");
  });

  it("may be one of a list, or none of it", () => {
    expect(holds("ssl_version", "sslv3, tls1.2")).toBe(true);
    expect(holds("ssl_version", "!tls1.0,tls1.1")).toBe(true);
    expect(holds("ssl_version", "!tls1.2")).toBe(false);
    expect(refusal("ssl_version", "tls1.2,tls1.2")).toBe("duplicate-value");
    expect(refusal("ssl_version", "tls1.4")).toBe("unknown-value");
  });
});

describe("states", () => {
  it("are those of the last message", () => {
    const asked = new TlsRun([hello]);
    expect(holds("ssl_state", "client_hello", asked)).toBe(true);
    expect(holds("ssl_state", "server_hello|client_hello", asked)).toBe(true);
    expect(holds("ssl_state", "!client_hello", asked)).toBe(false);
    asked.feed.send(1, record(22, concat(serverHello(), message(12, concat([1])))));
    expect(holds("ssl_state", "server_keyx", asked)).toBe(true);
    expect(holds("ssl_state", "client_hello", asked)).toBe(false);
    expect(refusal("ssl_state", "hello")).toBe("unknown-value");
  });
});

describe("names of certificates", () => {
  it("are found as texts, or not", () => {
    expect(holds("tls.subject", '"CN=sub"')).toBe(true);
    expect(holds("tls.subject", '!"CN=sub"')).toBe(false);
    expect(holds("tls.issuerdn", '"CN=nobody"')).toBe(false);
    expect(holds("tls.issuerdn", '!"CN=nobody"')).toBe(true);
    expect(holds("tls.issuerdn", '!"CN=nobody"', new TlsRun([hello]))).toBe(false);
    const { fingerprint } = full.transaction.server.certificate ?? {
      fingerprint: new Uint8Array(0),
    };
    const text = String.fromCharCode(...fingerprint);
    expect(holds("tls.fingerprint", `"${text.toUpperCase()}"`)).toBe(true);
    expect(holds("tls.fingerprint", '"00:11"')).toBe(false);
  });

  it("come in chains of some length", () => {
    expect(holds("tls.cert_chain_len", "2")).toBe(true);
    expect(holds("tls.cert_chain_len", ">2")).toBe(false);
  });
});

describe("the validity of certificates", () => {
  it("is compared with dates of any precision, ends included", () => {
    expect(holds("tls_cert_notbefore", "2020-01-02T03:04:05")).toBe(true);
    expect(holds("tls_cert_notbefore", "<2020-01-02 03:04:05")).toBe(true);
    expect(holds("tls_cert_notbefore", ">2020-02")).toBe(false);
    expect(holds("tls_cert_notafter", "2029-12<>2030-01-03")).toBe(true);
    expect(holds("tls_cert_notafter", "1893467045<>1893467046")).toBe(false);
  });

  it("is compared with the time of the packet", () => {
    expect(holds("tls_cert_valid", null)).toBe(true);
    expect(holds("tls_cert_expired", null)).toBe(false);
    const later = new TlsRun([hello]);
    later.feed.host.timeUs = Date.UTC(2031, 0, 1) * 1000;
    later.feed.send(1, flight);
    expect(holds("tls_cert_expired", null, later)).toBe(true);
  });

  it("is refused where it is no date", () => {
    expect(refusal("tls_cert_notafter", "tomorrow")).toBe("bad-date");
    expect(refusal("tls_cert_notafter", "2020-13-01")).toBe("bad-date");
    expect(refusal("tls_cert_notafter", "2020-02<>2020-01")).toBe("bad-range");
    expect(refusal("tls_cert_notafter", "<2020-01<>2020-02")).toBe("bad-date");
  });
});
