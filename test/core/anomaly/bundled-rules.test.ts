/** The rules in rules/anomaly: they load without a remark, carry ATT&CK, and stay quiet where they should. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { withSiteVariables } from "../../../src/node/site/site-variables.ts";
import { Random } from "../../support/random.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";

const folder = path.resolve(import.meta.dirname, "../../../rules/anomaly");
const files = fs.readdirSync(folder).filter((name) => name.endsWith(".rules"));
const rules = files.map((name) => fs.readFileSync(path.join(folder, name), "latin1")).join("\n");
const own = {
  addressGroups: new Map([
    ["HOME_NET", "192.168.0.0/16"],
    ["EXTERNAL_NET", "!192.168.0.0/16"],
  ]),
  portGroups: new Map<string, string>(),
};
const variables = withSiteVariables(own, null, true);
const START = 1_760_000_400;
const HOUR = 3600;

function sidsOf(traffic: Traffic): number[] {
  const { alerts, failed } = replayBytes(traffic.capture(), rules, {}, { builder: { variables } });
  expect(failed).toBe(0);
  return [...new Set(alerts.map(({ sid }) => sid))].sort();
}

/** A working day: look-ups, visits, mail, NTP, update checks of all hosts, a backup inside. */
function office(random: Random): Traffic {
  const traffic = new Traffic();
  const words = ["www", "mail", "api", "static", "img", "cdn", "login", "assets", "news", "shop"];
  for (let host = 1; host <= 8; host++) {
    const client = `192.168.1.${10 + host}`;
    for (let at = START; at < START + 8 * HOUR; at += 20 + random.below(900)) {
      const name = `${random.pick(words)}${random.below(9)}.site${random.below(50)}.com`;
      traffic.lookUp({ client, server: "192.168.1.1", at, name });
      const request = `GET /${random.below(1e6)} HTTP/1.1\r\nHost: ${name}\r\nCookie: id=${random.below(1e9)}\r\n\r\n`;
      const server = `198.51.100.${random.below(60)}`;
      traffic.connection({ client, server, port: 80, at: at + 0.1, request });
    }
    for (let at = START + host * 7; at < START + 8 * HOUR; at += 64) {
      traffic.datagrams({ client, server: "203.0.113.123", port: 123, at, response: "time" });
    }
    for (let at = START + host * 40; at < START + 8 * HOUR; at += 1800) {
      traffic.connection({ client, server: "203.0.113.44", port: 443, at, request: "update?" });
    }
  }
  return traffic;
}

describe("rules/anomaly", () => {
  it("has an ATT&CK technique, a class and one number for each rule", () => {
    const lines = rules.split("\n").filter((line) => line.startsWith("alert"));
    const sids = lines.map((line) => /sid:(\d+);/.exec(line)?.[1]);
    expect(new Set(sids).size).toBe(lines.length);
    for (const line of lines) {
      expect(line).toMatch(/mitre_technique_id T\d{4}(\.\d{3})?/);
      expect(line).toMatch(/classtype:/);
      expect(line).toMatch(/threshold:type (?:limit|both)/);
    }
  });

  it.each([1, 2, 3])("is quiet on a working day, seed %i", (seed) => {
    expect(sidsOf(office(new Random(seed)))).toEqual([]);
  });

  it("finds what was planted in one", () => {
    const random = new Random(4);
    const traffic = office(random);
    const client = "192.168.1.13";
    const server = "203.0.113.66";
    for (let at = START; at < START + 8 * HOUR; at += 240 + random.below(120)) {
      traffic.connection({ client, server, port: 443, at, request: "x".repeat(180) });
    }
    for (let i = 0; i < 80; i++) {
      const name = `${"abcdefgh234567ij".repeat(3).slice(i % 9)}${i}klmnopqrstuv.evil.net`;
      traffic.lookUp({ client, server: "192.168.1.1", at: START + 20 * i, name });
    }
    const at = START + HOUR;
    traffic.connection({
      client,
      server,
      port: 443,
      at,
      request: "SSH-2.0-x\r\n",
      response: "SSH-2.0-y\r\n",
    });
    const cards = [
      "4111111111111111",
      "5555555555554444",
      "378282246310005",
      "6011111111111117",
      "3530111333300000",
    ];
    traffic.connection({
      client,
      server: "203.0.113.67",
      port: 21_000,
      at,
      request: cards.join("\n"),
    });
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMII";
    traffic.connection({ client, server: "203.0.113.68", port: 21_000, at, request: key });
    expect(sidsOf(traffic)).toEqual([9000200, 9000210, 9000222, 9000235, 9000238]);
  });
});
