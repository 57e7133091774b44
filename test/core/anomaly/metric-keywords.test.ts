/** volume, distinct, baseline, first_seen: whole rules over made traffic. */
import { describe, expect, it } from "vitest";
import type { RuleBuilder } from "../../../src/core/detect/rule-builder.ts";
import { parseSite } from "../../../src/node/site/load-site.ts";
import { anomalyAlerts } from "../../support/anomaly-alerts.ts";
import { Traffic } from "../../support/traffic.ts";
import { problemOf } from "../keywords/payload-harness.ts";

/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const HOUR = 3600;
const DAY = 86_400;
const CLIENT = "10.0.0.5";
const OTHER = "10.0.0.6";
const SERVER = "203.0.113.7";

const home: Partial<RuleBuilder> = {
  variables: { addressGroups: new Map([["HOME_NET", "10.0.0.0/8"]]), portGroups: new Map() },
};

function site(text: string): Partial<RuleBuilder> {
  const { site: loaded } = parseSite("site.yaml", text);
  return loaded === null ? {} : { ...home, site: loaded };
}

/** One request of so many bytes. */
function send(traffic: Traffic, at: number, bytes: number, client = CLIENT, server = SERVER): void {
  traffic.connection({ client, server, port: 443, at, request: "x".repeat(bytes), response: "ok" });
}

describe("volume", () => {
  const rule =
    'alert ip $HOME_NET any -> any any (msg:"much sent"; volume:bytes_out >200KB, window 1h, track by_src; sid:1;)';

  it("tells once a window and host, with the packet that passes the limit", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 6; i++) send(traffic, MONDAY + 60 * i, 70_000);
    for (let i = 0; i < 2; i++) send(traffic, MONDAY + HOUR + 60 * i, 70_000, OTHER);
    const alerts = anomalyAlerts(traffic, rule, home);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ sid: 1, source: CLIENT });
    expect(alerts[0]!.seconds - MONDAY).toBeGreaterThanOrEqual(60);
    expect(alerts[0]!.seconds - MONDAY).toBeLessThan(190);
    const { anomaly } = alerts[0]!;
    expect(anomaly).toMatchObject({ metric: "bytes_out", expected: 204_800, windowSeconds: 3600 });
    expect(anomaly!.value).toBeGreaterThan(204_800);
    expect(anomaly!.value).toBeLessThan(300_000);
  });

  it("counts anew in the next window", () => {
    const traffic = new Traffic();
    for (const hour of [0, 1])
      for (let i = 0; i < 4; i++) send(traffic, MONDAY + hour * HOUR + 60 * i, 70_000);
    expect(
      anomalyAlerts(traffic, rule, home).map(({ seconds }) =>
        Math.floor((seconds - MONDAY) / HOUR),
      ),
    ).toEqual([0, 1]);
  });

  it("counts a long flow while it runs", () => {
    const traffic = new Traffic();
    send(traffic, MONDAY, 300_000);
    expect(anomalyAlerts(traffic, rule, home)).toHaveLength(1);
  });

  it("of by_dst is what the packet's destination did", () => {
    const traffic = new Traffic();
    send(traffic, MONDAY, 300_000);
    const text = rule.replace("$HOME_NET any -> any any", "any any -> any any");
    const found = anomalyAlerts(traffic, text.replace("by_src", "by_dst"), home);
    expect(found).toHaveLength(1);
    expect(found[0]!.destination).toBe(CLIENT);
  });

  it("of a pair is of both directions", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 3; i++) {
      send(traffic, MONDAY + 60 * i, 70_000);
      send(traffic, MONDAY + 60 * i, 70_000, CLIENT, "203.0.113.8");
    }
    const text = rule.replace("by_src", "by_both").replace("200KB", "210KB");
    expect(anomalyAlerts(traffic, text, home)).toHaveLength(2);
  });

  it("of connections that fail counts resets and silence", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 8; i++) {
      traffic.refused({ client: CLIENT, server: `10.0.1.${i}`, port: 22, at: MONDAY + i });
      traffic.unanswered({ client: OTHER, server: `10.0.1.${i}`, port: 22, at: MONDAY + i });
      send(traffic, MONDAY + i, 10, "10.0.0.7");
    }
    const text =
      'alert tcp $HOME_NET any -> any any (msg:"x"; volume:failed >5, window 10m; sid:2;)';
    expect(
      anomalyAlerts(traffic, text, home)
        .map(({ source }) => source)
        .sort(),
    ).toEqual([CLIENT, OTHER]);
  });

  it("of DNS counts queries and names that do not exist", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 20; i++) {
      traffic.lookUp({
        client: CLIENT,
        server: "10.0.0.1",
        at: MONDAY + i,
        name: `n${i}.example`,
        code: i < 12 ? 3 : 0,
      });
    }
    const rules = [10, 12].map(
      (count) =>
        `alert ip $HOME_NET any -> any any (msg:"x"; volume:nxdomain >${count}; sid:${count};)`,
    );
    rules.push('alert udp $HOME_NET any -> any 53 (msg:"x"; volume:dns_queries >15; sid:15;)');
    const alerts = anomalyAlerts(traffic, rules.join("\n"), home);
    expect(alerts.map(({ sid }) => sid).sort()).toEqual([10, 15]);
    expect(alerts.every(({ source }) => source === CLIENT)).toBe(true);
  });

  it("of a network leaves out what stays in it", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 3; i++) send(traffic, MONDAY + 60 * i, 70_000, CLIENT, OTHER);
    const office = site("home-networks:\n  office: 10.0.0.0/24\n  lab: 10.0.1.0/24");
    const text = rule.replace("by_src", "by_network");
    expect(anomalyAlerts(traffic, text, office)).toHaveLength(0);
    for (let i = 0; i < 3; i++)
      send(traffic, MONDAY + 60 * i, 70_000, `10.0.0.${50 + i}`, "10.0.1.1");
    expect(anomalyAlerts(traffic, text, office)).toHaveLength(1);
  });

  it("of a ratio waits for a mebibyte", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 18; i++) send(traffic, MONDAY + 60 * i, 70_000);
    for (let i = 0; i < 10; i++) send(traffic, MONDAY + 60 * i, 70_000, OTHER);
    const text = rule.replace("bytes_out >200KB", "upload_ratio >5");
    expect(anomalyAlerts(traffic, text, home)).toMatchObject([{ source: CLIENT }]);
  });
});

describe("distinct", () => {
  it("finds a horizontal scan, and not many flows with one host", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 60; i++) {
      traffic.unanswered({ client: CLIENT, server: `10.0.1.${i}`, port: 445, at: MONDAY + i / 10 });
      send(traffic, MONDAY + i, 10, OTHER);
    }
    const text =
      'alert tcp any any -> any any (msg:"x"; distinct:peers >50, window 5m, track by_src; sid:1;)';
    const alerts = anomalyAlerts(traffic, text, home);
    expect(alerts).toMatchObject([{ source: CLIENT }]);
    expect(alerts[0]!.anomaly!.value).toBeGreaterThan(50);
    expect(alerts[0]!.anomaly!.value).toBeLessThan(57);
  });

  it("finds a vertical scan of a pair", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 40; i++)
      traffic.refused({ client: CLIENT, server: OTHER, port: 100 + i, at: MONDAY + i });
    const text =
      'alert tcp any any -> any any (msg:"x"; distinct:ports >30, window 5m, track by_both; sid:1;)';
    expect(anomalyAlerts(traffic, text, home)).toHaveLength(1);
  });

  it("counts the clients of a service", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 40; i++) send(traffic, MONDAY + i, 10, `10.0.2.${i}`);
    const text =
      'alert tcp any any -> any any (msg:"x"; distinct:clients >30, window 5m, track by_service; sid:1;)';
    expect(anomalyAlerts(traffic, text, home)).toHaveLength(1);
  });
});

describe("baseline", () => {
  const rule =
    'alert ip $HOME_NET any -> any any (msg:"more than usual"; baseline:bytes_out >2KB, deviation 4, season hour_of_day, learn 5d; sid:1;)';

  /** Much by day, little at night. */
  function days(traffic: Traffic, count: number): void {
    for (let hour = 0; hour < 24 * count; hour++) {
      const isDay = hour % 24 >= 8 && hour % 24 < 18;
      send(traffic, MONDAY + hour * HOUR + 600, isDay ? 6000 + 100 * (hour % 7) : 50);
    }
  }

  it("knows the day from the night", () => {
    const traffic = new Traffic();
    days(traffic, 8);
    expect(anomalyAlerts(traffic, rule, home)).toEqual([]);
    send(traffic, MONDAY + 7 * DAY + 3 * HOUR + 1200, 6000);
    const alerts = anomalyAlerts(traffic, rule, home);
    expect(alerts).toHaveLength(1);
    const { anomaly } = alerts[0]!;
    expect(anomaly).toMatchObject({ metric: "bytes_out", windowSeconds: 3600 });
    expect(anomaly!.expected).toBeLessThan(1000);
    expect(anomaly!.deviation).toBeGreaterThan(4);
    expect(anomaly!.learnedDays).toBeCloseTo(7.125, 1);
  });

  it("says nothing before it has learned for long enough", () => {
    const traffic = new Traffic();
    days(traffic, 4);
    send(traffic, MONDAY + 3 * DAY + 3 * HOUR + 1200, 6000);
    expect(anomalyAlerts(traffic, rule, home)).toEqual([]);
  });

  it("says nothing below the least amount", () => {
    const traffic = new Traffic();
    days(traffic, 8);
    send(traffic, MONDAY + 7 * DAY + 3 * HOUR + 1200, 700);
    expect(anomalyAlerts(traffic, rule, home)).toEqual([]);
  });

  it("is not moved by what is off it", () => {
    const traffic = new Traffic();
    days(traffic, 9);
    for (const day of [7, 8]) send(traffic, MONDAY + day * DAY + 3 * HOUR + 1200, 6000);
    expect(anomalyAlerts(traffic, rule, home)).toHaveLength(2);
  });

  it("tells of what is missing when the window is over", () => {
    const traffic = new Traffic();
    for (let hour = 0; hour < 24 * 7; hour++) {
      if (hour !== 150) send(traffic, MONDAY + hour * HOUR + 600, 6000 + 50 * (hour % 5));
    }
    const text = rule.replace("learn 5d", "learn 5d, side below");
    const alerts = anomalyAlerts(traffic, text, home);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]!.anomaly!.value).toBe(0);
    expect(alerts[0]!.seconds).toBeGreaterThan(MONDAY + 151 * HOUR);
  });

  it("is kept of the home network only", () => {
    const traffic = new Traffic();
    days(traffic, 8);
    send(traffic, MONDAY + 7 * DAY + 3 * HOUR + 1200, 6000);
    const elsewhere = {
      variables: { addressGroups: new Map([["HOME_NET", "172.16.0.0/12"]]), portGroups: new Map() },
    };
    expect(anomalyAlerts(traffic, rule.replace("$HOME_NET", "any"), elsewhere)).toEqual([]);
  });
});

describe("first_seen", () => {
  const rule = (kind: string, learn = "2d"): string =>
    `alert ip any any -> any any (msg:"new"; first_seen:${kind}, learn ${learn}; sid:1;)`;

  it("tells of a service that a host never offered", () => {
    const traffic = new Traffic();
    for (let day = 0; day < 4; day++)
      traffic.connection({ client: CLIENT, server: OTHER, port: 22, at: MONDAY + day * DAY });
    traffic.connection({ client: CLIENT, server: OTHER, port: 8080, at: MONDAY + 3.5 * DAY });
    traffic.refused({ client: CLIENT, server: OTHER, port: 8081, at: MONDAY + 3.6 * DAY });
    expect(anomalyAlerts(traffic, rule("service"), home)).toMatchObject([
      { source: OTHER, anomaly: { metric: "service", subject: "tcp/8080", learnedDays: 3.5 } },
    ]);
  });

  it("tells of a peer and a port, once", () => {
    const traffic = new Traffic();
    for (let day = 0; day < 4; day++) send(traffic, MONDAY + day * DAY, 10);
    for (let i = 0; i < 3; i++)
      traffic.connection({
        client: CLIENT,
        server: "198.51.100.9",
        port: 4444,
        at: MONDAY + 3.5 * DAY + i,
      });
    expect(anomalyAlerts(traffic, rule("peer"), home)).toMatchObject([
      { source: CLIENT, anomaly: { subject: "198.51.100.9" } },
    ]);
    expect(anomalyAlerts(traffic, rule("port"), home)).toMatchObject([
      { source: CLIENT, anomaly: { subject: "tcp/4444" } },
    ]);
    expect(anomalyAlerts(traffic, rule("port", "4d"), home)).toEqual([]);
  });

  it("takes a value that was not seen for long for new", () => {
    const traffic = new Traffic();
    for (const day of [0, 1, 2, 30]) send(traffic, MONDAY + day * DAY, 10);
    for (const day of [10, 20]) send(traffic, MONDAY + day * DAY, 10, CLIENT, "203.0.113.9");
    const alerts = anomalyAlerts(traffic, rule("peer", "2d, expire 20d"), home);
    expect(alerts.map(({ anomaly }) => anomaly?.subject)).toEqual(["203.0.113.9", SERVER]);
  });

  it("tells of a user agent, though it is known only when the data was acknowledged", () => {
    const traffic = new Traffic();
    const get = (agent: string, day: number): void =>
      traffic.connection({
        client: CLIENT,
        server: SERVER,
        port: 80,
        at: MONDAY + day * DAY,
        request: `GET / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: ${agent}\r\n\r\n`,
        response: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      });
    for (let day = 0; day < 4; day++) get("Firefox", day);
    get("curl/8", 3.5);
    expect(anomalyAlerts(traffic, rule("user_agent"), home)).toMatchObject([
      { source: CLIENT, anomaly: { subject: "curl/8" } },
    ]);
  });
});

describe("what is wrong with a value", () => {
  it.each([
    ["volume:bytes_uot >1GB", "unknown-value", 0],
    ["volume:peers >10", "unknown-value", 6],
    ["volume:window 1h", "missing-value", -1],
    ["volume:bytes_out 1GB", "bad-comparison", 10],
    ["volume:bytes_out >1GB, bytes_in >1GB", "too-many-values", 25],
    ["volume:bytes_out >1GB, window 5 years", "bad-duration", 23],
    ["volume:bytes_out >1GB, track by_host", "unknown-value", 22],
    ["distinct:ports >5, track by_service", "idle-value", 16],
    ["baseline:bytes_out >1MB, season weekly", "unknown-value", 23],
    ["baseline:bytes_out >1MB, deviation 0", "number-out-of-range", 26],
    ["first_seen:name", "unknown-value", 0],
    ["schedule:mon-fri 8-26", "bad-hours", 8],
    ["schedule:mon, zone Mars/Olympus", "unknown-zone", 10],
    ["schedule:holidays off", "missing-value", -1],
  ])("in %s is told with its place", (options, code, offset) => {
    const problem = problemOf(`${options};`);
    expect({ code: problem?.code, offset: problem?.offset }).toEqual({ code, offset });
  });
});
