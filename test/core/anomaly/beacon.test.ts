import { describe, expect, it } from "vitest";
import type { AnomalyDetails } from "../../../src/core/detect/anomaly-details.ts";
import { Random } from "../../support/random.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";
import { problem } from "../keywords/payload-harness.ts";

const START = 1_700_000_000;
const HOUR = 3600;
const rule = (options: string, header = "ip any any -> any any") =>
  `alert ${header} (msg:"beacon"; ${options} sid:1; rev:1;)`;

function detailsOf(traffic: Traffic, rules = rule("beacon:score >=0.8;")): AnomalyDetails[] {
  const found: AnomalyDetails[] = [];
  const { failed } = replayBytes(
    traffic.capture(),
    rules,
    {},
    {
      onAlert: ({ anomaly }) => {
        if (anomaly !== null) found.push(anomaly);
      },
    },
  );
  expect(failed).toBe(0);
  return found;
}

/** Contacts each `interval` seconds, each up to `jitter` (a share of it) early or late. */
function addBeacon(
  traffic: Traffic,
  random: Random,
  given: {
    client: string;
    server: string;
    hours: number;
    interval: number;
    jitter: number;
    port?: number;
  },
): void {
  const { client, server, hours, interval, jitter, port = 443 } = given;
  let at = START + random.below(interval);
  while (at < START + hours * HOUR) {
    traffic.connection({ client, server, port, at, request: "x".repeat(200 + random.below(9)) });
    at += interval * (1 + jitter * (random.below(2001) / 1000 - 1));
  }
}

/** Visits as people make them: at any time, some connections at once, requests of any size. */
function addBrowsing(traffic: Traffic, random: Random, client: string, hours: number): void {
  let at = START;
  while (at < START + hours * HOUR) {
    at += -90 * Math.log((1 + random.below(1000)) / 1001);
    const server = `198.51.100.${1 + random.below(5)}`;
    for (let i = 0; i <= random.below(4); i++) {
      const request = "x".repeat(100 + random.below(1200));
      traffic.connection({ client, server, port: 443, at: at + i * 0.3, request });
    }
  }
}

describe("beacon", () => {
  it.each([
    [1, 60],
    [2, 300],
    [3, 300],
    [4, 600],
    [5, 900],
  ])("finds six hours with a fifth of jitter, seed %i, each %i s", (seed, interval) => {
    const traffic = new Traffic();
    const random = new Random(seed);
    const beacon = { client: "10.0.0.5", server: "203.0.113.9", hours: 6, interval };
    addBeacon(traffic, random, { ...beacon, jitter: 0.2 });
    addBrowsing(traffic, random, "10.0.0.5", 6);
    const found = detailsOf(traffic);
    expect(found.length).toBeGreaterThan(5);
    expect(found.at(-1)).toMatchObject({ metric: "beacon", expected: 0.8 });
    const scores = new Map(found.at(-1)?.scores);
    expect(scores.get("interval")).toBeGreaterThan(0.9);
    expect(scores.get("interval_seconds")).toBeGreaterThan(0.85 * interval);
    expect(scores.get("interval_seconds")).toBeLessThan(1.15 * interval);
    expect(scores.get("sources")).toBe(1);
  });

  it.each([1, 2, 3])("finds 24 contacts a day, seed %i", (seed) => {
    const traffic = new Traffic();
    const beacon = { client: "10.0.0.5", server: "203.0.113.9", hours: 48, interval: HOUR };
    addBeacon(traffic, new Random(seed), { ...beacon, jitter: 0.2 });
    expect(detailsOf(traffic).length).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4])("is quiet on six hours of browsing, seed %i", (seed) => {
    const traffic = new Traffic();
    const random = new Random(seed);
    for (let host = 1; host <= 3; host++) addBrowsing(traffic, random, `10.0.0.${host}`, 6);
    expect(detailsOf(traffic, rule("beacon:score >=0.8, sources <=100;"))).toEqual([]);
  });

  it("is quiet on NTP, and finds it where a rule asks for all ports", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 200; i++) {
      const at = START + i * 64;
      traffic.datagrams({
        client: "10.0.0.5",
        server: "203.0.113.1",
        port: 123,
        at,
        response: "t",
      });
    }
    expect(detailsOf(traffic)).toEqual([]);
    expect(detailsOf(traffic, rule("beacon:score >=0.8, ports all;"))).not.toEqual([]);
  });

  it("is quiet on update checks that many hosts make", () => {
    const traffic = new Traffic();
    const random = new Random(9);
    for (let host = 1; host <= 12; host++) {
      const check = { client: `10.0.0.${host}`, server: "203.0.113.80", hours: 8, interval: 900 };
      addBeacon(traffic, random, { ...check, jitter: 0.05 });
    }
    expect(detailsOf(traffic)).toEqual([]);
  });

  it("is quiet on a page that polls for an hour, until the rule asks for less", () => {
    const traffic = new Traffic();
    const poll = { client: "10.0.0.5", server: "203.0.113.7", hours: 1, interval: 10, jitter: 0 };
    addBeacon(traffic, new Random(1), poll);
    expect(detailsOf(traffic)).toEqual([]);
    expect(detailsOf(traffic, rule("beacon:score >=0.8, over 10m;"))).not.toEqual([]);
  });

  it("leaves out what the site allows", () => {
    const traffic = new Traffic();
    const beacon = { client: "10.0.0.5", server: "203.0.113.9", hours: 6, interval: 300 };
    addBeacon(traffic, new Random(1), { ...beacon, jitter: 0.2 });
    const site = {
      approves: () => false,
      listsPort: () => false,
      listsServices: false,
      isAllowedDestination: (_: number, words: Int32Array, port: number) =>
        words[0] === (0xcb007109 | 0) && port === 443,
      isAllowedDomain: () => false,
    };
    const { alerts } = replayBytes(
      traffic.capture(),
      rule("beacon:score >=0.8;"),
      {},
      { builder: { site } },
    );
    expect(alerts).toEqual([]);
  });

  it("goes with conditions on data, and with headers of protocols", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 40; i++) {
      const request = "GET /ping HTTP/1.1\r\nHost: c2.example\r\n\r\n";
      const at = START + i * 600;
      traffic.connection({ client: "10.0.0.5", server: "203.0.113.9", port: 80, at, request });
    }
    const asked = rule('beacon:score >=0.8; http.uri; content:"/ping";', "http any any -> any any");
    expect(detailsOf(traffic, asked).length).toBeGreaterThan(10);
    const other = rule('beacon:score >=0.8; http.uri; content:"/pong";', "http any any -> any any");
    expect(detailsOf(traffic, other)).toEqual([]);
  });

  it("points at what is wrong", () => {
    expect(problem("beacon:contacts >=10;")).toBe("missing-value");
    expect(problem("beacon:score >=2;")).toBe("number-out-of-range");
    expect(problem("beacon:score <=0.8;")).toBe("bad-comparison");
    expect(problem("beacon:score >=0.8, over 4;")).toBe("bad-duration");
    expect(problem("beacon:score >=0.8, score >=0.9;")).toBe("duplicate-value");
    expect(problem("beacon:score >=0.8, ports some;")).toBe("unknown-value");
    expect(problem("beacon:scores >=0.8;")).toBe("unknown-value");
  });
});
