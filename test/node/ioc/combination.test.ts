/** Indicators of several parts: one spelling, rules that load and name all parts, or a reason. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import {
  combinationText,
  type FeedPart,
  partsOf,
  readCombination,
} from "../../../src/node/ioc/combination.ts";
import { combinedRules } from "../../../src/node/ioc/combined-rules.ts";
import { rulesFile, SET_RULE_SIDS } from "../../../src/node/ioc/indicator-rules.ts";
import { setFiles } from "../../../src/node/ioc/indicator-sets.ts";
import { IndicatorStore } from "../../../src/node/ioc/indicator-store.ts";
import { Replay } from "../../support/replay-bytes.ts";

const digest = "ab".repeat(32);
const part = (kind: FeedPart["kind"], text: string): FeedPart => ({ kind, text });

function headersOf(...parts: readonly FeedPart[]): readonly string[] | string {
  const read = readCombination(parts);
  if (typeof read === "string") return read;
  const rules = combinedRules(partsOf(read.value));
  return typeof rules === "string" ? rules : rules.map(({ header }) => header);
}

describe("parts that must be seen together", () => {
  it("are one indicator in whatever order they come", () => {
    const parts = [part("port", "0443"), part(null, "203.0.113.9"), part(null, "203[.]0.113.9")];
    const read = readCombination(parts);
    expect(read).toEqual({ kind: "combined", value: "address 203.0.113.9 and port 443" });
    expect(readCombination([...parts].reverse())).toEqual(read);
  });

  it("are the one that says all", () => {
    const url = part("url", "http://a.evil.example/x");
    const both = readCombination([part("domain", "evil.example"), url]);
    expect(both).toEqual({ kind: "url", value: "http://a.evil.example/x" });
    expect(readCombination([part("destination", "203.0.113.0/24")])).toEqual({
      kind: "network",
      value: "203.0.113.0/24",
    });
  });

  it("have headers that say where they are seen", () => {
    const address = part(null, "203.0.113.9");
    const domain = part("domain", "evil.example");
    expect(headersOf(address, part("port", "443"))).toEqual([
      "tcp any any -> 203.0.113.9 443",
      "udp any any -> 203.0.113.9 443",
    ]);
    expect(headersOf(address, part("protocol", "ICMP"))).toEqual([
      "icmp any any <> 203.0.113.9 any",
    ]);
    expect(headersOf(part("source", "203.0.113.7"), part("destination", "203.0.113.9"))).toEqual([
      "ip 203.0.113.7 any -> 203.0.113.9 any",
    ]);
    expect(headersOf(part("source", "203.0.113.7"))).toEqual(["ip 203.0.113.7 any -> any any"]);
    expect(headersOf(address, part(null, "2606:4700::1"))).toEqual([
      "ip 203.0.113.9 any <> [2606:4700:0000:0000:0000:0000:0000:0001] any",
    ]);
    expect(headersOf(domain, part("port", "53"), part("protocol", "udp"))).toEqual([
      "dns any any -> any 53",
    ]);
    expect(headersOf(domain, part("protocol", "https"))).toEqual(["tls any any -> any any"]);
    expect(headersOf(part("source", "203.0.113.7"), part("source-port", "80"))).toEqual([
      "tcp 203.0.113.7 80 -> any any",
      "udp 203.0.113.7 80 -> any any",
    ]);
  });

  it.each<[string, ...FeedPart[]]>([
    ["a port alone says too little", part("port", "80")],
    [
      "nothing has two values of domain at once",
      part("domain", "a.example.org"),
      part("domain", "b.example.org"),
    ],
    [
      "the URL is not of the domain",
      part("domain", "other.example"),
      part("url", "evil.example/x"),
    ],
    [
      "a URL is seen in HTTP, a fingerprint in TLS",
      part("url", "evil.example/x"),
      part("ja3", "ab".repeat(16)),
    ],
    ["it is not seen in udp", part("url", "evil.example/x"), part("protocol", "udp")],
    [
      'the protocol "quux" is not known here',
      part("domain", "evil.example"),
      part("protocol", "quux"),
    ],
    [
      "nothing has two such protocols",
      part(null, "203.0.113.9"),
      part("protocol", "tcp"),
      part("protocol", "udp"),
    ],
    [
      "it is not said which address the port is of",
      part(null, "203.0.113.9"),
      part(null, "203.0.113.7"),
      part("port", "1"),
    ],
    [
      "it is not said which address the source port is of",
      part(null, "203.0.113.9"),
      part("source-port", "1"),
    ],
    [
      "a connection has two addresses",
      part("source", "203.0.113.9"),
      part("destination", "203.0.113.7"),
      part(null, "203.0.113.5"),
    ],
    ["10.0.0.1 is no public address", part(null, "10.0.0.1"), part("port", "1")],
    ["no file is seen in dns", part("md5", "ab".repeat(16)), part("protocol", "dns")],
    ["no file is seen in udp", part("md5", "ab".repeat(16)), part("protocol", "udp")],
    ['"70000" is no port', part(null, "203.0.113.9"), part("port", "70000")],
  ])("are left out when no rule can ask for them: %s", (reason, ...parts) => {
    expect(headersOf(...parts)).toBe(reason);
  });

  it("are rules that load, whichever they are, or a reason", () => {
    const any = fc.constantFrom(
      part(null, "203.0.113.9"),
      part(null, "2606:4700::1"),
      part(null, "198.51.100.0/24"),
      part("source", "203.0.113.7"),
      part("destination", "203.0.113.8"),
      part("port", "443"),
      part("source-port", "80"),
      part("protocol", "tcp"),
      part("protocol", "http"),
      part("protocol", "dns"),
      part("domain", "evil.example"),
      part("url", "http://evil.example/a|b;\"'?q=1&r= and x"),
      part("file-name", 'naïve "file"; and | more\\.exe'),
      part("ja3", "ab".repeat(16)),
      part("md5", "cd".repeat(16)),
      part("sha256", digest),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.uniqueArray(any, { minLength: 2, maxLength: 4 }), (parts) => {
        const read = readCombination(parts);
        seen.add(typeof read === "string" ? "reason" : read.kind);
        if (typeof read === "string" || read.kind !== "combined") return;
        expect(combinationText(partsOf(read.value))).toBe(read.value);
        const store = new IndicatorStore(9_300_000 + SET_RULE_SIDS);
        const told = { source: 'a "b"', confidence: 50, expiresMs: 4e12, description: "" };
        store.add({ ...read, ...told });
        const { text } = rulesFile(store.merged(), store, 9_300_000);
        const files = new Map(
          setFiles(store.merged()).map((file) => [file.name, latin1ToBytes(file.text)]),
        );
        const readFile = (name: string) => files.get(name) ?? null;
        const replay = new Replay(text, {}, { builder: { readFile } });
        expect(replay.failed, text).toBe(0);
        expect(text).toContain("valid:until 2096-");
      }),
      { numRuns: 200 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["reason", "combined"]));
  });
});
