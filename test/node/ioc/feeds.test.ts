import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCombination } from "../../../src/node/ioc/combination.ts";
import type { FeedEntry } from "../../../src/node/ioc/indicator.ts";
import { readIndicatorValue } from "../../../src/node/ioc/indicator-value.ts";
import { FeedError, feedFormats, readFeed } from "../../../src/node/ioc/read-feed.ts";
import { readStixPattern } from "../../../src/node/ioc/stix-pattern.ts";

const short = ({ kind, text, parts = [] }: FeedEntry): string =>
  parts.length === 0
    ? `${kind ?? "?"} ${text}`
    : parts.map((part) => `${part.kind ?? "?"} ${part.text}`).join(" + ");

describe("values of indicators", () => {
  it.each([
    ["203.0.113.9", "address", "203.0.113.9"],
    ["203[.]0[.]113[.]9", "address", "203.0.113.9"],
    ["203.0.113.77/24", "network", "203.0.113.0/24"],
    ["203.0.113.77/32", "address", "203.0.113.77"],
    ["Evil(dot)Example.ORG.", "domain", "evil.example.org"],
    ["*.evil.example.org", "domain", "evil.example.org"],
    ["bücher.example.org", "domain", "xn--bcher-kva.example.org"],
    ["hxxps://evil[.]example[.]org/A/b?c=1", "url", "http://evil.example.org/A/b?c=1"],
    ["evil.example.org/a", "url", "http://evil.example.org/a"],
    ["http://evil.example.org/", "domain", "evil.example.org"],
    ["44D88612FEA8A8F36DE82E1278ABB02F", "md5", "44d88612fea8a8f36de82e1278abb02f"],
    [
      "3395856ce81f2b7382dee72602f798b642f14140",
      "sha1",
      "3395856ce81f2b7382dee72602f798b642f14140",
    ],
    ["t13d1516h2_8daaf6152771_e5627efa2ab1", "ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1"],
  ])("reads %s", (text, kind, value) => {
    expect(readIndicatorValue(text, null)).toEqual({ kind, value });
  });

  it("gives IPv6 one spelling", () => {
    const long = readIndicatorValue("2606:4700:0:0:0:0:6810:85e5", null);
    expect(readIndicatorValue("2606:4700::6810:85E5", null)).toEqual(long);
    expect(long).toMatchObject({ kind: "address" });
  });

  it("takes a digest for JA3 only when the feed says so", () => {
    const digest = "44d88612fea8a8f36de82e1278abb02f";
    expect(readIndicatorValue(digest, "ja3")).toEqual({ kind: "ja3", value: digest });
  });

  it.each([
    "10.1.2.3",
    "192.168.0.0/16",
    "127.0.0.1",
    "0.0.0.0/0",
    "fe80::1",
    "224.0.0.1",
    "com",
    "localhost",
    "printer.local",
    "300.1.1.1",
    "a b",
    "",
    "http://192.168.1.1/x",
    "1.0.0.0/4",
  ])("refuses %s with a reason", (text) => {
    expect(readIndicatorValue(text, null)).toBeTypeOf("string");
  });

  it("refuses what is not of the kind that the feed names", () => {
    expect(readIndicatorValue("evil.example.org", "md5")).toBeTypeOf("string");
  });
});

describe("STIX patterns", () => {
  /** Alternatives, each with its comparisons. */
  const read = (pattern: string) =>
    readStixPattern(pattern)?.alternatives.map((alternative) =>
      alternative.map(({ path, operator, isNegated, values }) =>
        [path, ...(isNegated ? ["NOT"] : []), operator, ...values].join(" "),
      ),
    );
  const problemsOf = (pattern: string) => readStixPattern(pattern)?.problems;

  it("keep what AND joins together, and give what OR joins apart", () => {
    expect(read("[a:b = 'x' AND c:d = 'y']")).toEqual([["a:b = x", "c:d = y"]]);
    expect(read("[a:b = 'x' OR c:d = 'y'] OR [e:f = 1]")).toEqual([
      ["a:b = x"],
      ["c:d = y"],
      ["e:f = 1"],
    ]);
    // AND binds more, and brackets most.
    expect(read("[a:b = 'x' OR c:d = 'y' AND e:f = 'z']")).toEqual([
      ["a:b = x"],
      ["c:d = y", "e:f = z"],
    ]);
    expect(read("[(a:b = 'x' OR c:d = 'y') AND e:f IN ('z', 'w')]")).toEqual([
      ["a:b = x", "e:f = z"],
      ["a:b = x", "e:f = w"],
      ["c:d = y", "e:f = z"],
      ["c:d = y", "e:f = w"],
    ]);
  });

  it("keep operators, negation and constants", () => {
    expect(read("[file:name != 'it\\'s' AND file:size > 10 AND NOT EXISTS a:b]")).toEqual(
      [["file:name != it's", "file:size > 10", "a:b NOT EXISTS "]].map((one) =>
        one.map((text) => text.trim()),
      ),
    );
    expect(read("[a:b NOT IN ('x','y') AND c:d NOT = t'2020-01-01T00:00:00Z']")).toEqual([
      ["a:b NOT IN x y", "c:d NOT = 2020-01-01T00:00:00Z"],
    ]);
    expect(read("[file:hashes.'SHA-256' = 'ab' AND network-traffic:protocols[*] = 'tcp']")).toEqual(
      [["file:hashes.'SHA-256' = ab", "network-traffic:protocols[*] = tcp"]],
    );
  });

  it("say of observations made apart, counted or dated that they are, and keep the rest", () => {
    expect(problemsOf("[a:b = 'x'] AND [a:b = 'y']")).toEqual(["AND joins 2 observations"]);
    expect(read("[a:b = 'x'] AND [a:b = 'y']")).toEqual([]);
    const followed = "([a:b = 'x'] FOLLOWEDBY [a:b = 'y']) WITHIN 5 SECONDS";
    expect(problemsOf(followed)).toEqual(["FOLLOWEDBY joins 2 observations"]);
    const some = `${followed} OR [c:d = 'z']`;
    expect(read(some)).toEqual([["c:d = z"]]);
    expect(problemsOf(some)).toHaveLength(1);
    expect(problemsOf("[a:b = 'x'] REPEATS 3 TIMES")).toEqual([
      "REPEATS 3 TIMES counts observations",
    ]);
    expect(
      problemsOf("[a:b = 'x'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'"),
    ).toEqual(["START and STOP give a time of observation"]);
    // One observation is within any time.
    expect(read("[a:b = 'x'] REPEATS 1 TIMES WITHIN 5 SECONDS")).toEqual([["a:b = x"]]);
  });

  it("have no more alternatives than are read", () => {
    const list = Array.from({ length: 40 }, (_, i) => `'${i}'`).join(",");
    const one = `a:b IN (${list})`;
    expect(problemsOf(`[${one} AND ${one}]`)).toEqual(["it has more than 1000 alternatives"]);
    expect(read(`[${one}]`)).toHaveLength(40);
  });

  it.each([
    "rule a { }",
    "",
    "[a:b =",
    "[a:b = 'x'",
    "[a:b = 'x'] [a:b = 'y']",
    "[a:b 'x']",
    `${"(".repeat(200)}[a:b = 'x']${")".repeat(200)}`,
  ])("that are none are refused: %s", (pattern) => {
    expect(readStixPattern(pattern)).toBeNull();
  });
});

describe("feeds", () => {
  it("reads STIX bundles: identities, validity, confidence; nothing revoked, no other pattern language", () => {
    const indicator = (fields: object) => ({
      type: "indicator",
      id: "indicator--x",
      pattern_type: "stix",
      ...fields,
    });
    const bundle = {
      type: "bundle",
      objects: [
        { type: "identity", id: "identity--1", name: "CERT Example" },
        indicator({
          created_by_ref: "identity--1",
          pattern: "[ipv4-addr:value = '203.0.113.66']",
          valid_until: "2030-01-01T00:00:00Z",
          confidence: 85,
          name: "C2",
        }),
        indicator({ pattern: "[file:hashes.MD5 = '44d88612fea8a8f36de82e1278abb02f']" }),
        indicator({ pattern: "[url:value = 'http://a.example.org/x']", revoked: true }),
        indicator({ pattern: "rule x {}", pattern_type: "yara" }),
        indicator({ pattern: "[process:name = 'x']" }),
      ],
    };
    const { entries, problems } = readFeed(JSON.stringify(bundle), null);
    expect(entries.map(short)).toEqual(["? 203.0.113.66", "md5 44d88612fea8a8f36de82e1278abb02f"]);
    expect(entries[0]).toMatchObject({
      source: "CERT Example",
      confidence: 85,
      expiresMs: Date.UTC(2030, 0, 1),
      description: "C2",
    });
    expect(problems).toHaveLength(2);
  });

  it("reads MISP events: attributes and objects, composite types, to_ids", () => {
    const event = {
      Event: {
        info: "Campaign",
        Orgc: { name: "CIRCL" },
        Tag: [{ name: 'misp:confidence-level="usually-confident"' }],
        Attribute: [
          { type: "ip-dst|port", value: "203.0.113.7|8080", to_ids: true },
          { type: "domain|ip", value: "evil.example.org|203.0.113.8", to_ids: true },
          { type: "domain", value: "fine.example.org", to_ids: false },
          { type: "yara", value: "rule", to_ids: true },
        ],
        Object: [
          {
            Attribute: [
              { type: "filename|sha256", value: `a.exe|${"ab".repeat(32)}`, to_ids: true },
            ],
          },
        ],
      },
    };
    const { entries, problems } = readFeed(JSON.stringify({ response: [event] }), null);
    expect(entries.map(short)).toEqual([
      "? 203.0.113.7 + port 8080",
      "domain evil.example.org",
      "? 203.0.113.8",
      `sha256 ${"ab".repeat(32)}`,
    ]);
    expect(entries[0]).toMatchObject({ source: "CIRCL", confidence: 75, description: "Campaign" });
    expect(problems).toHaveLength(1);
  });

  it("reads CSV with a head, quotes, and dates", () => {
    const text = [
      "# made today",
      "Indicator,Type,Source,Confidence,Valid_Until,Comment",
      '203.0.113.5,ip,abuse,90,2030-01-01,"a, ""b"""',
      "evil.example.org,domain,,,,",
      "x,planet,,,,",
      "203.0.113.6,ip,,,soon,",
    ].join("\r\n");
    const { entries, problems } = readFeed(text, null);
    expect(entries.map(short)).toEqual(["? 203.0.113.5", "domain evil.example.org"]);
    expect(entries[0]).toMatchObject({
      source: "abuse",
      confidence: 90,
      expiresMs: Date.UTC(2030, 0, 1),
      description: 'a, "b"',
    });
    expect(problems.map(({ place }) => place)).toEqual(["line 5", "line 6"]);
  });

  it("reads plain lists and hosts files", () => {
    const text =
      "# head\n203.0.113.5 ; scanner\n\n0.0.0.0 ads.example.org\nhttp://a.example.org/x#y\n127.0.0.1 localhost\n";
    const { entries } = readFeed(text, null);
    expect(entries.map(short)).toEqual([
      "? 203.0.113.5",
      "? ads.example.org",
      "? http://a.example.org/x#y",
    ]);
    expect(entries[0]?.description).toBe("scanner");
  });

  it("says what is wrong with a document", () => {
    expect(() => readFeed('{"a":', null)).toThrow(FeedError);
    expect(() => readFeed('{"Event":{}}', "stix")).toThrow(/bundle/);
  });

  it("answers any text with entries, problems or a FeedError", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        "http://",
        "[.]",
        "/24",
        "::",
        "evil.example.org",
        '{"type":"bundle","objects":[',
        "\n",
        ",",
        "[file:hashes.MD5 = '",
        "\\",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.constantFrom(null, ...feedFormats),
        (pieces, format) => {
          try {
            for (const { text, kind, parts = [] } of readFeed(pieces.join(""), format).entries) {
              readIndicatorValue(text, kind);
              readCombination(parts);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(FeedError);
          }
        },
      ),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void readFeed(JSON.stringify([value]), "misp")),
    );
  });
});
