import { describe, expect, it } from "vitest";
import { DomainLog } from "../../../src/core/anomaly/dns-tunnel/domain-log.ts";
import type { AnomalyDetails } from "../../../src/core/detect/anomaly-details.ts";
import type { RuleBuilder } from "../../../src/core/detect/rule-builder.ts";
import { Random } from "../../support/random.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";
import { problem } from "../keywords/payload-harness.ts";

const START = 1_700_000_000;
const LIMITS = "dns_tunnel:unique >=50, entropy >=3.2, length >=24, bytes >=2000, over 1h;";
const rule = (options = LIMITS) => `alert dns any any -> any any (msg:"t"; ${options} sid:1;)`;

function detailsOf(
  traffic: Traffic,
  rules = rule(),
  builder: Partial<RuleBuilder> = {},
): AnomalyDetails[] {
  const found: AnomalyDetails[] = [];
  const onAlert = ({ anomaly }: { anomaly: AnomalyDetails | null }) => {
    if (anomaly !== null) found.push(anomaly);
  };
  const { failed } = replayBytes(traffic.capture(), rules, {}, { onAlert, builder });
  expect(failed).toBe(0);
  return found;
}

function letters(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
}

/** 50 characters of base 32 a name, as a tunnel of a file would be. */
function addTunnel(traffic: Traffic, random: Random, domain: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const data = letters(random, "abcdefghijklmnopqrstuvwxyz234567", 50);
    const name = `${data}.${domain}`;
    traffic.lookUp({ client: "10.0.0.7", server: "10.0.0.1", at: START + i * 5, name });
  }
}

describe("dns_tunnel", () => {
  it("finds data in names and says which domain, how many, how long", () => {
    const traffic = new Traffic();
    addTunnel(traffic, new Random(3), "t.evil.co.uk", 60);
    const found = detailsOf(traffic);
    // The bitmap may take two names for one.
    expect(found.length).toBeGreaterThanOrEqual(9);
    expect(found[0]).toMatchObject({
      metric: "dns_tunnel",
      subject: "evil.co.uk",
      value: 50,
      expected: 50,
      windowSeconds: 3600,
    });
    const scores = new Map(found[0]?.scores);
    expect(scores.get("length")).toBe(51);
    expect(scores.get("bytes")).toBeGreaterThan(48 * 51);
    expect(scores.get("entropy")).toBeGreaterThan(4);
  });

  it("is quiet when each name is under a domain of its own", () => {
    const traffic = new Traffic();
    const random = new Random(4);
    for (let i = 0; i < 200; i++) {
      const name = `www.${letters(random, "abcdefghij0123456789", 30)}.com`;
      traffic.lookUp({ client: "10.0.0.7", server: "10.0.0.1", at: START + i, name });
    }
    expect(detailsOf(traffic)).toEqual([]);
  });

  it("is quiet on the same long names again and again, and on backward look-ups", () => {
    const traffic = new Traffic();
    const random = new Random(5);
    const names = Array.from({ length: 20 }, () => letters(random, "0123456789abcdef", 40));
    for (let i = 0; i < 400; i++) {
      const at = START + i;
      traffic.lookUp({
        client: "10.0.0.7",
        server: "10.0.0.1",
        at,
        name: `${names[i % 20]}.cdn.example.net`,
      });
      const reverse = `${i % 250}.${i % 7}.0.10.in-addr.arpa`;
      traffic.lookUp({
        client: "10.0.0.7",
        server: "10.0.0.1",
        at: at + 0.5,
        name: reverse,
        type: 12,
      });
    }
    expect(detailsOf(traffic, rule("dns_tunnel:unique >=25, over 1h;"))).toEqual([]);
  });

  it("is quiet on a day of common names", () => {
    const traffic = new Traffic();
    const random = new Random(6);
    const hosts = ["www", "mail", "api", "static", "img", "cdn", "login", "assets", "ads", "m"];
    for (let i = 0; i < 3000; i++) {
      const name = `${random.pick(hosts)}${random.below(60)}.site${random.below(40)}.com`;
      traffic.lookUp({ client: "10.0.0.7", server: "10.0.0.1", at: START + i * 20, name });
    }
    expect(detailsOf(traffic)).toEqual([]);
  });

  it("forgets when the window is over", () => {
    const traffic = new Traffic();
    const random = new Random(7);
    for (let i = 0; i < 100; i++) {
      const name = `${letters(random, "abcdefghijklmnopqrstuvwxyz234567", 50)}.evil.com`;
      traffic.lookUp({ client: "10.0.0.7", server: "10.0.0.1", at: START + i * 90, name });
    }
    expect(detailsOf(traffic)).toEqual([]);
  });

  it("leaves out domains that the site or the rule names", () => {
    const traffic = new Traffic();
    addTunnel(traffic, new Random(3), "av.example.com", 60);
    const site = {
      approves: () => false,
      listsPort: () => false,
      listsServices: false,
      isAllowedDestination: () => false,
      isAllowedDomain: (domain: string) => domain === "example.com",
    };
    expect(detailsOf(traffic, rule(), { site })).toEqual([]);
    const except = rule(`dns.query; content:!".example.com"; endswith; ${LIMITS}`);
    expect(detailsOf(traffic, except)).toEqual([]);
    expect(detailsOf(traffic, rule())).not.toEqual([]);
  });

  it("takes the public suffix list that it is given", () => {
    const traffic = new Traffic();
    addTunnel(traffic, new Random(3), "evil.hosting.example", 60);
    const publicSuffixes = {
      registrableStart: (bytes: Uint8Array, _: number, end: number) =>
        bytes[end - 1] === 0x65 ? end - "evil.hosting.example".length : -1,
    };
    const [first] = detailsOf(traffic, rule(), { publicSuffixes });
    expect(first?.subject).toBe("evil.hosting.example");
  });

  it("estimates thousands of names within a few hundredths", () => {
    const log = new DomainLog(600, 1, () => 7);
    const client = new Int32Array(4);
    const random = new Random(8);
    let slot = -1;
    for (let i = 0; i < 4000; i++) {
      const name = Uint8Array.from(`${letters(random, "abcdef0123456789", 6)}.evil.com`, (c) =>
        c.charCodeAt(0),
      );
      slot = log.note(client, 4, 1e6, name, 0, name.length);
    }
    expect(Math.abs(log.uniqueNames(slot) - 4000)).toBeLessThan(160);
  });

  it("points at what is wrong", () => {
    expect(problem("dns_tunnel:entropy >=3;")).toBe("missing-value");
    expect(problem("dns_tunnel:unique 50;")).toBe("bad-comparison");
    expect(problem("dns_tunnel:unique >=1;")).toBe("number-out-of-range");
    expect(problem("http.uri; dns_tunnel:unique >=50;")).toBe("conflicting-keyword");
  });
});
