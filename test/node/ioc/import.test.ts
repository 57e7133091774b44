import { describe, expect, it } from "vitest";
import { importFeed } from "../../../src/node/ioc/import-feed.ts";
import { rulesFile, SET_RULE_SIDS } from "../../../src/node/ioc/indicator-rules.ts";
import { setFiles } from "../../../src/node/ioc/indicator-sets.ts";
import { IndicatorStore } from "../../../src/node/ioc/indicator-store.ts";
import { readFeed } from "../../../src/node/ioc/read-feed.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";

const FIRST_SID = 9_300_000;
const DAY_MS = 86_400_000;

function openStore(text = ""): IndicatorStore {
  const store = new IndicatorStore(FIRST_SID + SET_RULE_SIDS);
  expect(store.load(text)).toEqual([]);
  return store;
}

function take(
  store: IndicatorStore,
  list: string,
  given: { source?: string; nowMs?: number; expiresMs?: number; confidence?: number } = {},
) {
  const { source = "x", nowMs = 0, expiresMs = null, confidence = 50 } = given;
  const options = { source, nowMs, expiresMs, confidence, confidenceMin: 20 };
  return importFeed(readFeed(list, "list"), store, options);
}

const rulesOf = (store: IndicatorStore) => rulesFile(store.merged(), store, FIRST_SID).text;

function sidOf(store: IndicatorStore, word: string): string | undefined {
  const rule = rulesOf(store)
    .split("\n")
    .find((line) => line.includes(word));
  return /sid:(\d+)/.exec(rule ?? "")?.[1];
}

describe("a store of indicators", () => {
  it("keeps earlier imports and the numbers of rules, and drops what has expired", () => {
    const first = openStore();
    take(first, "http://one.example.org/a", { expiresMs: 30 * DAY_MS });
    const sid = sidOf(first, "one.example.org");
    expect(sid).toBeDefined();
    const second = openStore(first.serialise());
    take(second, "http://another.example.org/b", { nowMs: DAY_MS });
    expect(sidOf(second, "one.example.org")).toBe(sid);
    const third = openStore(second.serialise());
    expect(third.expire(60 * DAY_MS)).toBe(1);
    expect(sidOf(third, "one.example.org")).toBeUndefined();
    expect(sidOf(third, "another.example.org")).toBe(sidOf(second, "another.example.org"));
    take(third, "http://new.example.org/c");
    expect(sidOf(third, "new.example.org")).not.toBe(sid);
  });

  it("makes one of what several sources say", () => {
    const store = openStore();
    take(store, "203.0.113.5", { source: "b", confidence: 30, expiresMs: 5 });
    take(store, "203.0.113.5", { source: "a", confidence: 90 });
    expect(take(store, "203.0.113.5", { source: "a", confidence: 95 })).toMatchObject({
      added: 0,
      updated: 1,
    });
    expect(store.merged()).toEqual([
      {
        kind: "address",
        value: "203.0.113.5",
        sources: ["a", "b"],
        confidence: 95,
        expiresMs: null,
        description: "",
      },
    ]);
  });

  it("counts what is expired, uncertain or of no use", () => {
    const store = openStore();
    expect(take(store, "203.0.113.5", { nowMs: 10, expiresMs: 10 })).toMatchObject({
      expired: 1,
      added: 0,
    });
    expect(take(store, "203.0.113.5", { confidence: 19 })).toMatchObject({
      uncertain: 1,
      added: 0,
    });
    expect(take(store, "10.0.0.1\nnonsense").problems).toHaveLength(2);
    expect(store.size).toBe(0);
  });

  it("names damaged lines", () => {
    expect(new IndicatorStore(1).load('{"kind":"address"}\nx\n')).toEqual([1, 2]);
  });
});

describe("files of a store", () => {
  it("are rules that load, whatever signs the feed has, and find what they name", () => {
    const store = openStore();
    take(
      store,
      'http://a.example.org/|x|";:\\\\y\nhttp://a.example.org/%00?q=ä"&z=;|\n198.51.100.0/24\n2001:4::/32',
      {
        source: 'a";b:\\ ü',
      },
    );
    const traffic = new Traffic();
    const client = "10.0.0.1";
    traffic.connection({ client, server: "198.51.100.3", port: 443, at: 1_700_000_000 });
    const request = "GET /|x|%22;://y HTTP/1.1\r\nHost: a.example.org\r\n\r\n";
    const web = { client, server: "192.0.2.1", port: 80 };
    traffic.connection({ ...web, at: 1_700_000_001, request, response: "HTTP/1.1 200 OK\r\n\r\n" });
    const variables = {
      addressGroups: new Map([["HOME_NET", "10.0.0.0/8"]]),
      portGroups: new Map(),
    };
    const { alerts, failed } = replayBytes(
      traffic.capture(),
      rulesOf(store),
      {},
      { builder: { variables } },
    );
    expect(failed).toBe(0);
    expect(alerts.map(({ sid }) => `${sid}`)).toEqual([
      sidOf(store, "198.51.100.0/24"),
      sidOf(store, "|7c|x"),
    ]);
  });

  it("are sets with context, lists of digests by source, and reputation", () => {
    const store = openStore();
    const digest = "ab".repeat(32);
    take(store, `203.0.113.5\nevil.example.org\n${digest}`, { source: "one", confidence: 100 });
    take(store, "cd".repeat(32), { source: "two" });
    const files = new Map(setFiles(store.merged()).map(({ name, text }) => [name, text]));
    expect([...files.keys()].sort()).toEqual([
      "ioc-address.ndjson",
      "ioc-categories.txt",
      "ioc-domain.ndjson",
      "ioc-reputation.list",
      "ioc-sha256-1.list",
      "ioc-sha256-2.list",
    ]);
    expect(files.get("ioc-reputation.list")).toBe("203.0.113.5,1,127\n");
    expect(files.get("ioc-sha256-1.list")).toBe(`${digest}\n`);
    expect(JSON.parse(files.get("ioc-domain.ndjson") ?? "")).toEqual({
      indicator: "evil.example.org",
      kind: "domain",
      source: "one",
      confidence: 100,
    });
  });
});
