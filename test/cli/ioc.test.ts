/** shrike ioc, as it ships: feeds to files, files to alerts that name the indicator and its source. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, temporaryFolder } from "../support/command-line.ts";
import { Traffic } from "../support/traffic.ts";

let folder = "";
beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const payload = "MZ this is the file that the feed knows";
const digest = createHash("sha256").update(payload).digest("hex");

function write(name: string, text: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

function bundle(patterns: readonly string[]): string {
  const indicators = patterns.map((pattern, index) => ({
    type: "indicator",
    id: `indicator--${index}`,
    created_by_ref: "identity--1",
    pattern_type: "stix",
    pattern,
    confidence: 80,
    valid_until: "2099-01-01T00:00:00Z",
  }));
  const identity = { type: "identity", id: "identity--1", name: "CERT Example" };
  return JSON.stringify({ type: "bundle", objects: [identity, ...indicators] });
}

function capture(): Uint8Array {
  const traffic = new Traffic();
  const client = "192.168.1.5";
  const at = 1_700_000_000;
  const get = (uri: string) => `GET ${uri} HTTP/1.1\r\nHost: files.example.org\r\n\r\n`;
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`;
  traffic.connection({
    client,
    server: "203.0.113.9",
    port: 80,
    at,
    request: get("/x/drop.exe?v=1;2"),
    response: answer,
  });
  traffic.connection({
    client,
    server: "203.0.113.10",
    port: 80,
    at: at + 1,
    request: get("/x/drop.exe"),
    response: "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
  });
  traffic.connection({ client, server: "198.51.100.77", port: 443, at: at + 2 });
  traffic.connection({ client, server: "192.0.2.44", port: 443, at: at + 3 });
  traffic.lookUp({ client, server: "192.168.1.1", at: at + 4, name: "a.b.evil.example.net" });
  traffic.lookUp({ client, server: "192.168.1.1", at: at + 5, name: "notevil.example.net" });
  return traffic.capture();
}

interface AlertEvent {
  readonly event_type: string;
  readonly alert?: { readonly signature: string; readonly context?: unknown };
  readonly dest_ip?: string;
}

function alertsOf(rules: string): AlertEvent[] {
  const out = path.join(folder, "out");
  const result = shrike([
    "replay",
    write("a.pcap", capture()),
    "-S",
    rules,
    "-l",
    out,
    "--keep-going",
  ]);
  expect(result.stderr).not.toMatch(/error\[/);
  return fs
    .readFileSync(path.join(out, "eve.json"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): AlertEvent => JSON.parse(line))
    .filter(({ event_type }) => event_type === "alert");
}

describe("shrike ioc", () => {
  const url = "http://files.example.org/x/drop.exe?v=1;2";

  it("turns feeds into rules whose alerts name indicator and source", () => {
    const stix = write(
      "bundle.json",
      bundle([
        `[url:value = '${url}']`,
        "[ipv4-addr:value = '198.51.100.0/24']",
        `[file:hashes.'SHA-256' = '${digest}']`,
      ]),
    );
    const target = path.join(folder, "ioc");
    const { status, stdout } = shrike(["ioc", stix, "-o", target]);
    expect(status).toBe(0);
    expect(stdout).toContain("3 new");
    const signatures = alertsOf(path.join(target, "ioc.rules")).map(
      ({ alert }) => alert?.signature,
    );
    expect(signatures.sort()).toEqual([
      "SHRIKE IOC file (sha256 of CERT Example)",
      "SHRIKE IOC network 198.51.100.0/24 (CERT Example)",
      `SHRIKE IOC url ${url} (CERT Example)`,
    ]);
  });

  it("gives alerts of sets the indicator, its source, confidence and expiry", () => {
    const stix = write(
      "sets.json",
      bundle(["[ipv4-addr:value = '192.0.2.44']", "[domain-name:value = 'evil.example.net']"]),
    );
    const target = path.join(folder, "sets");
    expect(shrike(["ioc", stix, "-o", target]).status).toBe(0);
    const alerts = alertsOf(path.join(target, "ioc.rules"));
    const told = { source: "CERT Example", confidence: 80, expires: "2099-01-01T00:00:00.000Z" };
    expect(alerts.map(({ alert }) => [alert?.signature, alert?.context])).toEqual([
      [
        "SHRIKE IOC address contacted",
        { ioc: { indicator: "192.0.2.44", kind: "address", ...told } },
      ],
      [
        "SHRIKE IOC domain looked up",
        { ioc: { indicator: "evil.example.net", kind: "domain", ...told } },
      ],
    ]);
  });

  it("says what it leaves out, and fails on that when it is told to", () => {
    const list = write("mixed.txt", "10.0.0.1\nevil.example.org\n");
    const target = path.join(folder, "mixed");
    const { status, stderr } = shrike(["ioc", list, "-o", target]);
    expect(status).toBe(0);
    expect(stderr).toContain("mixed.txt: line 1: 10.0.0.1 is no public address");
    expect(shrike(["ioc", list, "-o", target, "--strict"]).status).toBe(1);
    expect(shrike(["ioc", write("bad.json", "{"), "-o", target]).status).toBe(1);
    expect(shrike(["ioc", list]).status).toBe(2);
    expect(shrike(["ioc", path.join(folder, "none.txt"), "-o", target]).status).toBe(3);
  });
});
