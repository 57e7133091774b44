import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createScanner,
  type SensitivePatternName,
} from "../../../src/core/anomaly/sensitive-data/named-patterns.ts";
import {
  ScanProgress,
  WindowScanner,
} from "../../../src/core/anomaly/sensitive-data/scan-progress.ts";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import type { AnomalyDetails } from "../../../src/core/detect/anomaly-details.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";
import { problem } from "../keywords/payload-harness.ts";

const window = new WindowScanner();

function count(name: SensitivePatternName, text: string): number {
  const bytes = latin1ToBytes(text);
  return window.countAll(createScanner(name), bytes, 0, bytes.length, 1000);
}

/** Numbers that makers of cards publish for tests. */
const cards = [
  "4111111111111111",
  "4111 1111 1111 1111",
  "5555-5555-5555-4444",
  "2223003122003222",
  "378282246310005",
  "3782 822463 10005",
  "6011111111111117",
  "30569309025904",
  "3530111333300000",
];

const right: Readonly<Record<SensitivePatternName, readonly string[]>> = {
  credit_card: cards,
  us_social: ["078-05-1120", "899 99 9999"],
  us_social_nodashes: ["078051120"],
  email: ["jane.doe@example.com", "a+b@mail.example.co.uk", "<x@y.org>"],
  us_phone: ["(212) 555-0123", "212-555-0123", "+1 212.555.0123", "1-800-555-0199"],
  iban: [
    "DE89370400440532013000",
    "GB82 WEST 1234 5698 7654 32",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
  ],
  private_key: [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "PuTTY-User-Key-File-3: ssh-ed25519",
  ],
  cloud_key: [
    "AKIAIOSFODNN7EXAMPLE",
    `ghp_${"a1B2".repeat(9)}`,
    `AIza${"x".repeat(35)}`,
    `AccountKey=${"Q".repeat(86)}==`,
  ],
};

const wrong: Readonly<Record<SensitivePatternName, readonly string[]>> = {
  credit_card: [
    "4111111111111112",
    "41111111111111111",
    "4111 1111-1111 1111",
    "0.4111111111111111",
    "id4111111111111111",
    "4111111111111111x",
    "0000000000000000",
    "9111111111111111",
    "1234-4111111111111111",
  ],
  us_social: [
    "000-12-3456",
    "666-12-3456",
    "900-12-3456",
    "123-00-4567",
    "123-45-0000",
    "123-45 6789",
    "1123-45-6789",
  ],
  us_social_nodashes: ["1234567890", "000123456", "12345678"],
  email: ["@example.com", "jane@", "jane@host", "jane@host.1", "a@b..com"],
  us_phone: ["112-555-0123", "212-155-0123", "2125550123", "212-555-01234"],
  iban: [
    "DE89370400440532013001",
    "DE8937040044053201300",
    "XX89370400440532013000",
    "DE893704004405320130001",
  ],
  private_key: ["-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----"],
  cloud_key: ["AKIAIOSFODNN7EXAMPL", "xAKIAIOSFODNN7EXAMPLE", "AccountKey=abc=="],
};

describe("patterns by name", () => {
  const names = Object.keys(right) as SensitivePatternName[];
  it.each(names)("%s finds what is one", (name) => {
    for (const text of right[name])
      expect([text, count(name, `see ${text}, thanks`)]).toEqual([text, 1]);
    for (const text of right[name]) expect([text, count(name, text)]).toEqual([text, 1]);
  });

  it.each(names)("%s leaves near misses alone", (name) => {
    for (const text of wrong[name])
      expect([text, count(name, `see ${text} thanks`)]).toEqual([text, 0]);
  });

  it("counts each", () => {
    expect(count("credit_card", cards.join("\n"))).toBe(cards.length);
    expect(count("credit_card", cards.join(" "))).toBe(cards.length);
    expect(count("email", "a@b.org,c@d.org;e@f.org")).toBe(3);
  });

  it("takes time in proportion on what is almost a match", () => {
    for (const name of names) {
      for (const text of ["4 ", "4111-", "a@", "DE89 ", "1", "-----BEGIN ", "a.".repeat(200)]) {
        const bytes = latin1ToBytes(text.repeat(Math.ceil(400_000 / text.length)));
        const started = performance.now();
        window.countAll(createScanner(name), bytes, 0, bytes.length, 1_000_000);
        expect(performance.now() - started).toBeLessThan(2000);
      }
    }
  });
});

describe("a scan over pieces", () => {
  const texts = [
    "4111111111111111",
    "DE89370400440532013000",
    "jane.doe@example.com",
    "078-05-1120",
  ];
  const names = ["credit_card", "iban", "email", "us_social"] as const;

  it("counts the same wherever the cuts are, and however much the windows overlap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...texts), fc.stringMatching(/^[a-z,;]{0,40}$/)), {
          maxLength: 12,
        }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 30 }),
        (pieces, steps, overlap) => {
          const bytes = latin1ToBytes(pieces.join(" "));
          for (const name of names) {
            const progress = new ScanProgress();
            const scanner = createScanner(name);
            for (let at = 0, turn = 0; at < bytes.length; turn++) {
              const end = Math.min(bytes.length, at + (steps[turn % steps.length] ?? 1));
              const start = Math.max(0, at - overlap);
              window.advance(scanner, progress, bytes, { start, end, offset: start });
              at = end;
            }
            expect(progress.count).toBe(window.countAll(scanner, bytes, 0, bytes.length, 1000));
          }
        },
      ),
    );
  });
});

function alertsOf(
  traffic: Traffic,
  options: string,
  header = "tcp any any -> any any",
): AnomalyDetails[] {
  const found: AnomalyDetails[] = [];
  const rule = `alert ${header} (msg:"s"; ${options} sid:1;)`;
  const { failed } = replayBytes(
    traffic.capture(),
    rule,
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

describe("sd_pattern", () => {
  const endpoints = { client: "10.0.0.5", server: "203.0.113.9", port: 8080, at: 1_700_000_000 };

  it("counts over a whole stream, and tells how many but not what", () => {
    const traffic = new Traffic();
    const lines = Array.from(
      { length: 300 },
      (_, i) => `row ${i} of the table: ${cards[i % cards.length]}\n`,
    );
    traffic.connection({ ...endpoints, request: lines.join("") });
    const found = alertsOf(traffic, 'flow:to_server; sd_pattern:"credit_card", threshold 100;');
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({ metric: "sd_pattern", subject: "credit_card", expected: 100 });
    expect(found.at(-1)?.value).toBe(300);
    expect(JSON.stringify(found)).not.toContain("4111");
    expect(alertsOf(traffic, 'flow:to_server; sd_pattern:"credit_card", threshold 301;')).toEqual(
      [],
    );
  });

  it("looks into the body of a request", () => {
    const traffic = new Traffic();
    const body = `{"cards":["${cards.slice(0, 4).join('","')}"]}`;
    const request = `POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    traffic.connection({ ...endpoints, port: 80, request, response: "HTTP/1.1 204 No\r\n\r\n" });
    const header = "http any any -> any any";
    const found = alertsOf(
      traffic,
      'http.request_body; sd_pattern:"credit_card", threshold 4;',
      header,
    );
    expect(found).toMatchObject([{ value: 4 }]);
    expect(
      alertsOf(traffic, 'http.request_body; sd_pattern:"credit_card", threshold 5;', header),
    ).toEqual([]);
    expect(alertsOf(traffic, 'http.uri; sd_pattern:"credit_card";', header)).toEqual([]);
  });

  it("looks into datagrams one by one, and takes expressions", () => {
    const traffic = new Traffic();
    for (let i = 0; i < 3; i++) {
      traffic.datagrams({ ...endpoints, at: endpoints.at + i, request: "EMP-123456 EMP-654321" });
    }
    const header = "udp any any -> any any";
    expect(alertsOf(traffic, 'sd_pattern:"EMP-[0-9]{6}", threshold 2;', header)).toHaveLength(3);
    expect(alertsOf(traffic, 'sd_pattern:"EMP-[0-9]{6}", threshold 3;', header)).toEqual([]);
  });

  it("points at what is wrong", () => {
    expect(problem("sd_pattern:credit_card;")).toBe("missing-quotes");
    expect(problem('sd_pattern:"credit_cart";')).toBe("unknown-value");
    expect(problem('sd_pattern:"credit_card", threshold;')).toBe("bad-value");
    expect(problem('sd_pattern:"credit_card", treshold 2;')).toBe("unknown-value");
    expect(problem('sd_pattern:"credit_card", threshold 0;')).toBe("number-out-of-range");
    expect(problem('sd_pattern:"credit_card",, threshold 2;')).toBe("bad-value");
    expect(problem('sd_pattern:"[0-9";')).toBe("bad-expression");
    expect(problem('sd_pattern:"";')).toBe("missing-value");
  });
});
