/** Rules are loaded anew while traffic goes on: what was measured, learned and told goes on. */
import { describe, expect, it } from "vitest";
import { CaptureCode, CaptureReader } from "../../../src/core/pcap/capture-reader.ts";
import { readZone } from "../../../src/node/site/zone-table.ts";
import { Replay } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";

const MONDAY = Date.UTC(2026, 5, 1) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;
const client = "192.168.1.23";

const bytesRule = (sid: number, limit: string): string =>
  `alert ip 192.168.0.0/16 any -> any any (msg:"much"; volume:bytes_out >${limit}, window 1h; sid:${sid}; rev:1;)`;

interface Told {
  readonly sid: number;
  readonly value: number;
}

function start(rules: string): { replay: Replay; told: Told[] } {
  const told: Told[] = [];
  const replay = new Replay(
    rules,
    {},
    {
      builder: { readZone },
      onAlert: ({ rule, anomaly }) => told.push({ sid: rule.sid, value: anomaly?.value ?? 0 }),
    },
  );
  return { replay, told };
}

function send(replay: Replay, at: number, kilobytes: number): void {
  const traffic = new Traffic();
  const request = "x".repeat(kilobytes * 1000);
  traffic.connection({ client, server: "203.0.113.60", port: 443, at, request });
  const capture = traffic.capture();
  const reader = new CaptureReader(capture, 0, capture.length);
  reader.dataEnd = capture.length;
  while (reader.next() === CaptureCode.record) {
    replay.packet(capture.slice(reader.start, reader.end), reader.timeUs);
  }
}

describe("a reload", () => {
  it("goes on with the values of the window", () => {
    const { replay, told } = start(bytesRule(1, "100KB"));
    send(replay, MONDAY, 60);
    replay.reload(bytesRule(1, "100KB"));
    expect(told).toEqual([]);
    send(replay, MONDAY + 60, 60);
    expect(told.map(({ sid }) => sid)).toEqual([1]);
  });

  it("does not tell again what was told, nor over and over", () => {
    const { replay, told } = start(bytesRule(1, "50KB"));
    send(replay, MONDAY, 60);
    replay.reload(bytesRule(1, "50KB"));
    send(replay, MONDAY + 60, 60);
    send(replay, MONDAY + 90, 60);
    expect(told).toHaveLength(1);
    send(replay, MONDAY + HOUR, 60);
    expect(told).toHaveLength(2);
  });

  it("takes a limit that is new or another one, from there on", () => {
    const { replay, told } = start(bytesRule(1, "1MB"));
    send(replay, MONDAY, 60);
    replay.reload(`${bytesRule(1, "100KB")}\n${bytesRule(2, "200KB")}`);
    send(replay, MONDAY + 60, 60);
    send(replay, MONDAY + 120, 60);
    send(replay, MONDAY + 180, 60);
    expect(told.map(({ sid }) => sid)).toEqual([1, 2]);
  });

  it("adds meters beside those that are there", () => {
    const { replay, told } = start(bytesRule(1, "100KB"));
    send(replay, MONDAY, 60);
    const peers =
      'alert ip 192.168.0.0/16 any -> any any (msg:"many"; distinct:ports >0, window 10m; sid:2; rev:1;)';
    replay.reload(`${bytesRule(1, "100KB")}\n${peers}`);
    send(replay, MONDAY + 60, 60);
    expect(told.map(({ sid }) => sid).sort()).toEqual([1, 2]);
    expect(told.find(({ sid }) => sid === 1)?.value).toBeGreaterThan(100_000);
  });

  it("that is refused changes nothing", () => {
    const { replay, told } = start(bytesRule(1, "100KB"));
    send(replay, MONDAY, 60);
    replay.reload(bytesRule(1, "10KB"), false);
    send(replay, MONDAY + 60, 20);
    expect(told).toEqual([]);
    send(replay, MONDAY + 120, 60);
    expect(told).toHaveLength(1);
  });

  it("keeps baselines, and what hosts were seen with", () => {
    const baseline =
      'alert ip 192.168.0.0/16 any -> any any (msg:"off"; baseline:bytes_out >30KB, deviation 4, season hour_of_day, learn 5d; sid:1; rev:1;)';
    const port =
      'alert ip 192.168.0.0/16 any -> any any (msg:"new"; first_seen:peer, learn 2d; sid:2; rev:1;)';
    const rules = `${baseline}\n${port}`;
    const { replay, told } = start(rules);
    for (let hour = 0; hour < 6 * 24; hour++) {
      send(replay, MONDAY + hour * HOUR + 60, hour % 24 >= 8 && hour % 24 < 18 ? 6 : 1);
      if (hour % 24 === 12) replay.reload(rules);
    }
    expect(told).toEqual([]);
    send(replay, MONDAY + 6 * DAY + 3 * HOUR, 60);
    expect(told.map(({ sid }) => sid)).toEqual([1]);
  });
});
