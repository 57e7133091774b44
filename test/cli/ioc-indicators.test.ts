/**
 * Every kind of indicator from a feed to the alert, as it ships: import, files, replay of a capture, and the event names
 * the indicator and who says so. What must be seen together alerts together; what has expired by packet time does not.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clientHello,
  curves,
  pointFormats,
  record,
  serverHello,
  signatureAlgorithms,
  sni,
} from "../core/protocols/tls/wire.ts";
import { ensureBuilt, shrike, temporaryFolder } from "../support/command-line.ts";
import { Traffic } from "../support/traffic.ts";

const START = Date.UTC(2026, 2, 1) / 1000;
const CLIENT = "192.168.1.5";
const HANDSHAKE = 22;
const body = "MZ the file that feeds know, and another 1234567890";
const hash = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text, "latin1").digest("hex");

let folder = "";
beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, "all.pcap"), capture());
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function hello(name: string): Uint8Array {
  const extensions = [sni(name), curves(29, 23), pointFormats(0), signatureAlgorithms(0x0403)];
  return record(HANDSHAKE, clientHello({ ciphers: [0x1301, 0xc02f], extensions }));
}
/** What that hello says, by the definitions of the fingerprints. */
const ja3 = hash("md5", "771,4865-49199,0-10-11-13,29-23,0");
const ja4 = [
  "t12d020400",
  hash("sha256", "1301,c02f").slice(0, 12),
  hash("sha256", "000a,000b,000d_0403").slice(0, 12),
].join("_");

function capture(): Uint8Array {
  const traffic = new Traffic();
  const client = CLIENT;
  const get = (host: string, uri: string) => `GET ${uri} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const answer = (text: string) =>
    `HTTP/1.1 200 OK\r\nContent-Type: application/x-dosexec\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  const web = (server: string, at: number, host: string, uri: string, text = "nothing") =>
    traffic.connection({
      client,
      server,
      port: 80,
      at: START + at,
      request: get(host, uri),
      response: answer(text),
    });
  const secure = (server: string, port: number, at: number, name: string) =>
    traffic.connection({
      client,
      server,
      port,
      at: START + at,
      request: hello(name),
      response: record(HANDSHAKE, serverHello()),
    });
  web("203.0.113.80", 0, "files.example.org", "/x/drop.exe", body);
  web("203.0.113.81", 10, "other.example.org", "/y/fine.exe");
  secure("203.0.113.82", 443, 20, "www.evil.example.net");
  traffic.lookUp({ client, server: "192.168.1.1", at: START + 30, name: "cdn.evil.example.net" });
  traffic.connection({ client, server: "198.51.100.7", port: 8443, at: START + 40 });
  traffic.connection({ client, server: "198.51.100.8", port: 443, at: START + 50 });
  return traffic.capture();
}

interface Alert {
  readonly signature: string;
  readonly context?: { readonly ioc?: { readonly indicator: string; readonly source: string } };
}
interface Event {
  readonly event_type: string;
  readonly proto: string;
  readonly alert: Alert;
  readonly files?: readonly Record<string, unknown>[];
}

let runs = 0;

/** The files of an import, and what it said. */
function imported(feed: object, ...options: string[]) {
  const number = ++runs;
  const file = path.join(folder, `feed-${number}.json`);
  fs.writeFileSync(file, JSON.stringify(feed));
  const target = path.join(folder, `ioc-${number}`);
  const at = ["--at", "2026-01-01"];
  const result = shrike(["ioc", file, "-o", target, ...at, ...options]);
  expect(result.status, result.stderr).toBe(0);
  return { ...result, rules: path.join(target, "ioc.rules") };
}

/** All that a replay alerts on; rules must load without an error. */
function alertsOf(rules: string): readonly Event[] {
  const logs = path.join(folder, `logs-${++runs}`);
  const fingerprints = ["ja3", "ja4"].flatMap((name) => [
    "--set",
    `app-layer.protocols.tls.${name}-fingerprints=yes`,
  ]);
  const words = ["replay", path.join(folder, "all.pcap"), "-S", rules, "-l", logs];
  const result = shrike([...words, ...fingerprints]);
  expect(result.status, result.stderr).toBe(0);
  return fs
    .readFileSync(path.join(logs, "eve.json"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): Event => JSON.parse(line))
    .filter(({ event_type }) => event_type === "alert");
}

const signatures = (rules: string): readonly string[] =>
  alertsOf(rules)
    .map(({ alert }) => alert.signature)
    .sort();

function stix(...patterns: (string | Record<string, unknown>)[]): object {
  const indicators = patterns.map((given, index) => ({
    type: "indicator",
    id: `indicator--${index}`,
    created_by_ref: "identity--1",
    pattern_type: "stix",
    confidence: 80,
    ...(typeof given === "string" ? { pattern: given } : given),
  }));
  const identity = { type: "identity", id: "identity--1", name: "CERT Example" };
  return { type: "bundle", objects: [identity, ...indicators] };
}

function misp(...attributes: readonly (readonly [string, string])[]): object {
  const list = attributes.map(([type, value]) => ({ type, value, to_ids: true }));
  return { Event: { info: "Campaign", Orgc: { name: "CIRCL" }, Attribute: list } };
}

const both = (pattern: string, type: string, value: string) =>
  [
    ["STIX", stix(pattern), "CERT Example"],
    ["MISP", misp([type, value]), "CIRCL"],
  ] as const;

describe("indicators of sets", () => {
  it.each([
    [
      "address",
      "198.51.100.7",
      "TCP",
      ...both("[ipv4-addr:value = '198.51.100.7']", "ip-dst", "198.51.100.7"),
    ],
    ["ja3", ja3, "TCP", ...both(`[x-tls:ja3 = '${ja3}']`, "ja3-fingerprint-md5", ja3)],
    ["ja4", ja4, "TCP", ...both(`[x-tls:ja4 = '${ja4}']`, "ja4-fingerprint", ja4)],
  ])("of kind %s are named with their source", (_kind, indicator, proto, ...feeds) => {
    for (const [, feed, source] of feeds) {
      const alerts = alertsOf(imported(feed).rules);
      expect(alerts).toHaveLength(1);
      expect(alerts[0]?.proto).toBe(proto);
      expect(alerts[0]?.alert.context?.ioc).toMatchObject({ indicator, source });
    }
  });

  it("of kind domain are seen in look-ups, TLS and HTTP", () => {
    const patterns = "[domain-name:value IN ('evil.example.net', 'files.example.org')]";
    for (const [feed, source] of [
      [stix(patterns), "CERT Example"],
      [misp(["domain", "evil.example.net"], ["hostname", "files.example.org"]), "CIRCL"],
    ] as const) {
      const named = alertsOf(imported(feed).rules).map(({ alert }) => [
        alert.signature,
        alert.context?.ioc?.indicator,
        alert.context?.ioc?.source,
      ]);
      expect(named).toEqual([
        ["SHRIKE IOC domain in HTTP", "files.example.org", source],
        ["SHRIKE IOC domain in TLS", "evil.example.net", source],
        ["SHRIKE IOC domain looked up", "evil.example.net", source],
      ]);
    }
  });
});

describe("indicators with a rule of their own", () => {
  const url = "http://files.example.org/x/drop.exe";

  it.each([
    ["url", url, both(`[url:value = '${url}']`, "url", url)],
    [
      "network",
      "198.51.100.8/30",
      both("[ipv4-addr:value ISSUBSET '198.51.100.8/30']", "ip-dst", "198.51.100.8/30"),
    ],
  ])("of kind %s are named in the message, with their source", (kind, value, feeds) => {
    for (const [, feed, source] of feeds) {
      expect(signatures(imported(feed).rules)).toEqual([`SHRIKE IOC ${kind} ${value} (${source})`]);
    }
  });

  it.each(["md5", "sha1", "sha256"])("of kind %s are named in the alert's files", (kind) => {
    const digest = hash(kind, body);
    const path = { md5: "MD5", sha1: "'SHA-1'", sha256: "'SHA-256'" }[kind];
    const feeds = [
      [stix(`[file:hashes.${path} = '${digest}']`), "CERT Example"],
      [misp([`filename|${kind}`, `drop.exe|${digest.toUpperCase()}`]), "CIRCL"],
    ] as const;
    for (const [feed, source] of feeds) {
      const [alert, ...others] = alertsOf(imported(feed).rules);
      expect(others).toEqual([]);
      expect(alert?.alert.signature).toBe(`SHRIKE IOC file (${kind} of ${source})`);
      expect(alert?.files?.[0]?.[kind]).toBe(digest);
    }
  });
});

describe("what must be seen together", () => {
  const sha256 = hash("sha256", body);
  const url = "http://files.example.org/x/drop.exe";

  it.each([
    [
      "address and port",
      "ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 8443",
      ["port 8443", "address 198.51.100.7"],
    ],
    [
      "destination, port and protocol",
      "network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 8443 AND network-traffic:protocols[*] = 'tcp'",
      ["destination 198.51.100.7"],
    ],
    [
      "name and digest",
      `file:name = 'drop.exe' AND file:hashes.'SHA-256' = '${sha256}'`,
      [sha256, "file-name drop.exe"],
    ],
    [
      "two digests",
      `file:hashes.MD5 = '${hash("md5", body)}' AND file:hashes.'SHA-256' = '${sha256}'`,
      [sha256],
    ],
    [
      "address and digest",
      `ipv4-addr:value = '203.0.113.80' AND file:hashes.'SHA-256' = '${sha256}'`,
      [sha256],
    ],
    ["address and URL", `ipv4-addr:value = '203.0.113.80' AND url:value = '${url}'`, [url]],
    [
      "address and domain",
      "ipv4-addr:value = '203.0.113.82' AND domain-name:value = 'evil.example.net'",
      ["domain evil.example.net"],
    ],
    [
      "domain and fingerprint",
      `domain-name:value = 'evil.example.net' AND x-tls:ja3 = '${ja3}'`,
      [`ja3 ${ja3}`],
    ],
  ])("alerts once when it is: %s", (_what, pattern, named) => {
    const found = signatures(imported(stix(`[${pattern}]`)).rules);
    expect(found).toHaveLength(1);
    for (const text of [...named, "(CERT Example)"]) expect(found[0]).toContain(text);
  });

  it.each([
    ["ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 443"],
    ["ipv4-addr:value = '198.51.100.9' AND network-traffic:dst_port = 8443"],
    ["ipv4-addr:value = '198.51.100.7' AND network-traffic:protocols[*] = 'udp'"],
    [`file:name = 'fine.exe' AND file:hashes.'SHA-256' = '${sha256}'`],
    [`file:name = 'drop.exe' AND file:hashes.'SHA-256' = '${hash("sha256", "another")}'`],
    [`ipv4-addr:value = '203.0.113.81' AND url:value = '${url}'`],
    ["ipv4-addr:value = '203.0.113.80' AND domain-name:value = 'evil.example.net'"],
    [`domain-name:value = 'files.example.org' AND x-tls:ja3 = '${ja3}'`],
  ])("is silent when one half is there alone: %s", (pattern) => {
    const { rules, stderr } = imported(stix(`[${pattern}]`));
    expect(stderr).toBe("");
    expect(fs.readFileSync(rules, "utf8")).toContain("SHRIKE IOC");
    expect(signatures(rules)).toEqual([]);
  });

  it("is one URL where the domain is the URL's own", () => {
    const pattern = `[domain-name:value = 'example.org' AND url:value = '${url}']`;
    expect(signatures(imported(stix(pattern)).rules)).toEqual([
      `SHRIKE IOC url ${url} (CERT Example)`,
    ]);
  });

  it("is address and port of MISP, too", () => {
    const { rules } = imported(
      misp(["ip-dst|port", "198.51.100.7|8443"], ["ip-dst|port", "198.51.100.8|80"]),
    );
    expect(signatures(rules)).toEqual(["SHRIKE IOC address 198.51.100.7 and port 8443 (CIRCL)"]);
  });

  it("is left out, counted and told of where no rule can ask for it", () => {
    const { stdout, stderr, rules } = imported(
      stix(
        `[file:hashes.MD5 = '${hash("md5", body)}' AND domain-name:value = 'files.example.org']`,
        "[ipv4-addr:value = '198.51.100.7'] AND [domain-name:value = 'evil.example.net']",
        "[ipv4-addr:value = '198.51.100.7' AND process:name = 'x']",
        "[domain-name:value LIKE '%.example.net']",
        "[ipv4-addr:value = '198.51.100.7'] REPEATS 5 TIMES WITHIN 60 SECONDS",
        "[domain-name:value = 'evil.example.net' OR x:y MATCHES 'a']",
      ),
    );
    expect(stdout).toContain("1 new, 0 known, 6 left out");
    for (const why of [
      "a file and a name are not in the same direction of a connection",
      "[ipv4-addr:value = '198.51.100.7'] AND [domain-name:value = 'evil.example.net']: AND joins 2 observations",
      '"process:name" cannot be matched',
      '"LIKE" cannot be matched',
      "REPEATS 5 TIMES counts observations",
      "[x:y MATCHES 'a']: \"x:y\" cannot be matched",
    ]) {
      expect(stderr).toContain(why);
    }
    const found = signatures(rules);
    expect(found).toEqual(["SHRIKE IOC domain in TLS", "SHRIKE IOC domain looked up"]);
  });
});

describe("the time of indicators", () => {
  const url = "http://files.example.org/x/drop.exe";
  const all = (until: string) =>
    stix(
      ...[
        "[ipv4-addr:value = '198.51.100.7']",
        "[domain-name:value = 'evil.example.net']",
        `[url:value = '${url}']`,
        `[file:hashes.'SHA-256' = '${hash("sha256", body)}']`,
        "[ipv4-addr:value = '198.51.100.8' AND network-traffic:dst_port = 443]",
        "[ipv4-addr:value = '203.0.113.80/31']",
      ].map((pattern) => ({ pattern, valid_until: until })),
    );

  it("is over by packet time for every kind", () => {
    // The capture is of the 1st of March, 2026.
    expect(signatures(imported(all("2026-03-01T00:00:00Z")).rules)).toEqual([]);
    expect(signatures(imported(all("2026-03-01T00:01:30Z")).rules)).toHaveLength(8);
  });

  it("is over before the import for what has expired by then, and that is counted", () => {
    const { stdout } = imported(all("2025-12-31T00:00:00Z"));
    expect(stdout).toContain("6 expired");
  });

  it("does not matter to what is too uncertain", () => {
    const feed = stix(
      { pattern: "[ipv4-addr:value = '198.51.100.7']", confidence: 20 },
      { pattern: "[ipv4-addr:value = '198.51.100.8']", confidence: 60 },
    );
    const { stdout, rules } = imported(feed, "--min-confidence", "50");
    expect(stdout).toContain("1 below the confidence wanted");
    expect(alertsOf(rules).map(({ alert }) => alert.context?.ioc?.indicator)).toEqual([
      "198.51.100.8",
    ]);
  });
});
