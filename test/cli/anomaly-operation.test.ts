/** What operators see of anomaly rules: `baseline` events and counters of a replay, and of threads; the metrics page. */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, startShrike, temporaryFolder } from "../support/command-line.ts";
import { Traffic } from "../support/traffic.ts";

const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const HOURS = 30;
/** Bytes that go out each hour, and in the last one. */
const USUAL = "x".repeat(2_000);
const MUCH = "x".repeat(300_000);

interface Eve {
  readonly event_type: string;
  readonly alert?: { readonly signature_id: number; readonly anomaly?: Record<string, number> };
  readonly baseline?: {
    readonly keys: number;
    readonly series: number;
    readonly learned: number;
    readonly networks: readonly Record<string, number | string>[];
  };
  readonly stats?: { readonly anomaly?: Record<string, number | Record<string, number>> };
}

let folder: string;
const at = (name: string): string => path.join(folder, name);

const rules = [
  'alert ip 10.0.0.0/24 any -> any any (msg:"more than usual"; baseline:bytes_out >100KB, deviation 4, season none, window 1h, learn 10h, track by_src; sid:1; rev:1;)',
  'alert ip 10.0.0.0/24 any -> any any (msg:"network"; baseline:bytes_out >100KB, deviation 4, season none, window 1h, learn 10h, track by_network; sid:2; rev:1;)',
  'alert ip 10.0.0.0/24 any -> any any (msg:"much"; volume:bytes_out >200KB, window 1h; sid:3; rev:1;)',
].join("\n");

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  const traffic = new Traffic();
  for (let hour = 0; hour < HOURS; hour++) {
    for (let part = 0; part < 4; part++) {
      const isLast = hour === HOURS - 1;
      const request = isLast ? MUCH.slice(0, 75_000) : USUAL;
      const server = `203.0.113.${1 + part}`;
      const moment = MONDAY + hour * 3600 + 300 + part * 60;
      traffic.connection({ client: "10.0.0.9", server, port: 443, at: moment, request });
    }
  }
  fs.writeFileSync(at("day.pcap"), traffic.capture());
  fs.writeFileSync(at("off.rules"), `${rules}\n`);
  fs.writeFileSync(at("site.yaml"), "home-networks:\n  office: 10.0.0.0/24\n");
}, 120_000);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function eventsOf(words: readonly string[], logs: string): readonly Eve[] {
  fs.mkdirSync(at(logs), { recursive: true });
  const result = shrike([
    ...words,
    "-S",
    at("off.rules"),
    "--site",
    at("site.yaml"),
    "-l",
    at(logs),
  ]);
  expect(result.status, result.stderr).toBe(0);
  const text = fs.readFileSync(path.join(at(logs), "eve.json"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Eve); // what EVE writes
}

function sids(events: readonly Eve[]): number[] {
  return events.flatMap(({ alert }) => (alert === undefined ? [] : [alert.signature_id])).sort();
}

describe("anomaly rules on the command line", () => {
  it("tell how they do with each snapshot of a replay", () => {
    const events = eventsOf(["replay", at("day.pcap"), "--stats-interval", "36000"], "one");
    expect(sids(events)).toEqual([1, 2, 3]);
    const statuses = events.flatMap(({ baseline }) => baseline ?? []);
    expect(statuses.length).toBeGreaterThanOrEqual(3);
    const last = statuses.at(-1);
    // Hosts: the client and four servers; and the network.
    expect(last?.keys).toBe(6);
    expect(last?.networks).toHaveLength(1);
    const [network] = last?.networks ?? [];
    expect(network).toMatchObject({ network: "office", metric: "bytes_out", window: 3600 });
    expect(network?.["value"]).toBeGreaterThan(300_000);
    expect(network?.["expected"]).toBeGreaterThan(8_000);
    expect(network?.["expected"]).toBeLessThan(20_000);
    expect(last?.learned).toBeGreaterThan(1);
    const { anomaly } = events.findLast(({ stats }) => stats !== undefined)?.stats ?? {};
    expect(anomaly).toMatchObject({ keys: { host: 5, network: 1 }, signals_taken: 3 });
  });

  it("find and tell the same in two threads", () => {
    const pace = ["--playback-rate", "1000", "--stats-interval", "1"];
    const playback = ["--playback", at("day.pcap"), ...pace];
    const save = ["--save-model", at("two.model")];
    const events = eventsOf(["listen", "--threads", "2", ...playback, ...save], "two");
    expect(sids(events)).toEqual([1, 2, 3]);
    const statuses = events.flatMap(({ baseline }) => baseline ?? []);
    expect(statuses.at(-1)?.networks).toHaveLength(1);
    const shown = shrike(["baseline", "show", at("two.model"), "--json"]);
    expect(shown.status, shown.stderr).toBe(0);
    expect(shown.stdout).toContain("10.0.0.9");
  });

  it("are counted on the metrics page", async () => {
    const port = await freePort();
    const words = ["--playback-rate", "400", "--playback-rounds", "1000", "--metrics", `${port}`];
    const engine = startShrike([
      "listen",
      ...["--playback", at("day.pcap"), ...words],
      ...["-S", at("off.rules"), "--site", at("site.yaml"), "-l", at("page"), "--duration", "60"],
    ]);
    try {
      const value = await waitFor(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
        const page = (await answer?.text()) ?? "";
        const found = /^shrike_anomaly_keys_host (\d+)$/m.exec(page)?.[1];
        return found === "5" ? page : null;
      });
      expect(value).toMatch(/^shrike_anomaly_settlements_total [1-9]\d*$/m);
      expect(value).toMatch(/^shrike_anomaly_signals_taken_total \d+$/m);
    } finally {
      engine.kill("SIGTERM");
    }
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo; // it listens on TCP
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function waitFor<Value>(ask: () => Value | null | Promise<Value | null>): Promise<Value> {
  for (let tries = 0; tries < 300; tries++) {
    const value = await ask();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("waited in vain");
}
