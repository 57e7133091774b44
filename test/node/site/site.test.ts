/** The site file: what it says, and what is said about mistakes in it. */
import { describe, expect, it } from "vitest";
import {
  dayNumber,
  minuteOfWeek,
  monthDayOf,
  offsetAt,
} from "../../../src/core/anomaly/zone-time.ts";
import { renderDiagnostic } from "../../../src/core/rule/render-diagnostic.ts";
import { parseSite } from "../../../src/node/site/load-site.ts";
import { withSiteVariables } from "../../../src/node/site/site-variables.ts";
import { readZone } from "../../../src/node/site/zone-table.ts";

const whole = `
home-networks:
  office: 192.168.10.0/24
  servers: [192.168.20.0/24, "fd00:20::/64"]
zone: Europe/Berlin
business-hours: [mon-fri 08:00-18:00, sat 09:00-13:00]
holidays: [12-25, 2026-04-03]
hosts:
  files:
    addresses: 192.168.20.5
    roles: [file-server, backup]
  gateway: 192.168.10.1
services:
  - protocol: SSH
    ports: 22, 2222
    hosts: [files, gateway]
  - protocol: tls
    ports: 8443
allowed-destinations:
  - addresses: 203.0.113.0/24
    ports: 443
allowed-domains: [example.com, "*.example.org"]
`;

function site(text = whole) {
  const { site: loaded, diagnostics } = parseSite("site.yaml", text);
  expect(diagnostics).toEqual([]);
  if (loaded === null) throw new Error("no site");
  return loaded;
}

function words(text: string): Int32Array {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return Int32Array.of((a << 24) | (b << 16) | (c << 8) | d, 0, 0, 0);
}

const seconds = (text: string): number => Date.parse(text) / 1000;

describe("a site file", () => {
  it("names the network of an address", () => {
    expect(site().networkOf(4, words("192.168.20.77"))).toBe(1);
    expect(site().networkOf(6, Int32Array.of(0xfd00_0020 | 0, 0, 0, 1))).toBe(1);
    expect(site().networkOf(4, words("10.1.1.1"))).toBe(-1);
  });

  it("approves services on the hosts that it names, or on all", () => {
    expect(site().approves(4, words("192.168.20.5"), 2222, "ssh")).toBe(true);
    expect(site().approves(4, words("192.168.20.6"), 2222, "ssh")).toBe(false);
    expect(site().approves(4, words("192.168.20.6"), 8443, "TLS")).toBe(true);
    expect(site().approves(4, words("192.168.20.6"), 8444, "tls")).toBe(false);
  });

  it("knows ports of which some service is wanted", () => {
    expect(site().listsPort(4, words("192.168.20.5"), 2222)).toBe(true);
    expect(site().listsPort(4, words("192.168.20.6"), 2222)).toBe(false);
    expect(site().listsPort(4, words("192.168.20.6"), 8444)).toBe(false);
  });

  it("allows destinations and domains", () => {
    expect(site().isAllowedDestination(4, words("203.0.113.9"), 443)).toBe(true);
    expect(site().isAllowedDestination(4, words("203.0.113.9"), 80)).toBe(false);
    expect(site().isAllowedDomain("example.org")).toBe(true);
  });

  it.each([
    ["2026-07-01T06:30:00Z", true, "Wednesday 8:30 in summer"],
    ["2026-01-14T06:30:00Z", false, "Wednesday 7:30 in winter"],
    ["2026-07-04T10:00:00Z", true, "Saturday noon"],
    ["2026-07-05T10:00:00Z", false, "Sunday"],
    ["2026-04-03T10:00:00Z", false, "a holiday of that year"],
    ["2025-12-25T10:00:00Z", false, "a holiday of each year"],
  ])("says whether %s is business time: %s (%s)", (time, isOpen) => {
    expect(site().isBusinessTime(seconds(time))).toBe(isOpen);
  });

  it("gives rules variables for roles, the unused ones too", () => {
    const empty = {
      addressGroups: new Map<string, string>(),
      portGroups: new Map<string, string>(),
    };
    const { addressGroups } = withSiteVariables(empty, site(), false);
    expect(addressGroups.get("SITE_FILE_SERVER")).toBe("[[192.168.20.5]]");
    expect(addressGroups.get("SITE_SCANNER")).toBe("255.255.255.255");
    expect(addressGroups.get("HOME_NET")).toContain("192.168.10.0/24");
  });

  it("may be empty", () => {
    expect(site("").listsServices).toBe(false);
  });
});

describe("a mistake in a site file", () => {
  it.each([
    [
      "zone: Europe/Berln",
      'site.yaml:1:7: error[unknown-zone]: unknown time zone "Europe/Berln"',
      'did you mean "Europe/Berlin"?',
    ],
    [
      "zoen: UTC",
      'site.yaml:1:1: error[unknown-setting]: unknown setting "zoen"',
      'did you mean "zone"?',
    ],
    ["home-networks: [10.0.0.0/8, 10.0.0.0/33]", "site.yaml:1:29: error[bad-netmask]", "0 to 32"],
    [
      "business-hours: mon-fri 8:00-25:00",
      'site.yaml:1:25: error[bad-hours]: unknown hours "8:00-25:00"',
      "mon-fri 08:00-18:00",
    ],
    [
      'holidays: ["2026-02-29"]',
      'site.yaml:1:12: error[bad-date]: "2026-02-29" is not a date',
      "12-25",
    ],
    [
      "services:\n  - protocol: ssh",
      'site.yaml:2:5: error[missing-setting]: "item of services" has no "ports"',
      "",
    ],
    [
      "services:\n  - protocol: ssh\n    ports: 70000",
      "site.yaml:3:12: error[port-out-of-range]",
      "",
    ],
    [
      "hosts:\n  files: 10.0.0.1\nservices: [{protocol: ssh, ports: 22, hosts: fies}]",
      "site.yaml:3:46: error[bad-address]",
      'did you mean "files"?',
    ],
    ["zone: UTC\nzone: UTC", 'site.yaml:2:1: error[duplicate-setting]: "zone" is given twice', ""],
    ["zone: [a", "error[site-syntax]", ""],
  ])("in %j is told with its place", (text, head, hint) => {
    const { site: loaded, diagnostics } = parseSite("site.yaml", text);
    expect(loaded).toBeNull();
    expect(diagnostics).toHaveLength(1);
    const shown = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic)).join("\n");
    expect(shown).toContain(head);
    expect(shown).toContain(hint);
  });

  it("does not hide the others", () => {
    const { diagnostics } = parseSite("site.yaml", "zone: nowhere\nholidays: [never]\nports: 1\n");
    expect(diagnostics.map(({ code }) => code).sort()).toEqual([
      "bad-date",
      "unknown-setting",
      "unknown-zone",
    ]);
  });
});

describe("the table of a zone", () => {
  it.each([
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
  ])("agrees with the host for %s at any time", (name) => {
    const zone = readZone(name);
    if (zone === null) throw new Error("no zone");
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    for (
      let time = seconds("1995-01-01T00:10:00Z");
      time < seconds("2045-01-01T00:00:00Z");
      time += 1_234_567
    ) {
      const minute = minuteOfWeek(time + offsetAt(zone, time));
      const clock = `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
      expect(`${days[Math.floor(minute / 1440)]} ${clock}`).toBe(
        format.format(time * 1000).replace(",", ""),
      );
    }
  });

  it("is null for a zone that does not exist", () => {
    expect(readZone("Mars/Olympus")).toBeNull();
  });
});

describe("day numbers", () => {
  it("count as the Gregorian calendar does", () => {
    for (let day = -200_000; day < 200_000; day += 371) {
      const date = new Date(day * 86_400_000);
      const month = date.getUTCMonth() + 1;
      expect(dayNumber(date.getUTCFullYear(), month, date.getUTCDate())).toBe(day);
      expect(monthDayOf(day)).toBe(month * 32 + date.getUTCDate());
    }
  });
});
