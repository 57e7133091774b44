/** Metrics of several engines that share the flows: hosts are measured as if one engine saw all. */
import { describe, expect, it } from "vitest";
import {
  DetectionState,
  defaultDetectionLimits,
} from "../../../src/core/detect/detection-state.ts";
import { createSharedState, SharedState } from "../../../src/core/detect/shared-state.ts";
import { CaptureCode, CaptureReader } from "../../../src/core/pcap/capture-reader.ts";
import { Replay } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";

const ENGINES = 3;
const MONDAY = Date.UTC(2026, 5, 1) / 1000;

/** The same packets, in order; those of a flow go to one engine. */
function alertsBySid(traffic: Traffic, rules: string, engineCount: number): Map<number, number> {
  const memory = createSharedState(defaultDetectionLimits, 1000, 7, engineCount);
  const engines = Array.from({ length: engineCount }, (_, index) => {
    const shared = engineCount === 1 ? null : new SharedState(memory, index + 1);
    const state = new DetectionState(defaultDetectionLimits, 0, shared);
    return new Replay(rules, {}, { builder: { state } });
  });
  const bytes = traffic.capture();
  const reader = new CaptureReader(bytes, 0, bytes.length);
  reader.dataEnd = bytes.length;
  while (reader.next() === CaptureCode.record) {
    const packet = bytes.slice(reader.start, reader.end);
    // Ports of a TCP segment behind Ethernet and IPv4.
    const view = new DataView(packet.buffer);
    const flow = view.getUint16(34) + view.getUint16(36);
    engines[flow % engineCount]?.packet(packet, reader.timeUs);
  }
  for (const engine of engines) engine.finish();
  const counts = new Map<number, number>();
  for (const { alerts, failed } of engines) {
    expect(failed).toBe(0);
    for (const { sid } of alerts) counts.set(sid, (counts.get(sid) ?? 0) + 1);
  }
  return counts;
}

const rules = [
  'alert ip any any -> any any (msg:"volume"; volume:bytes_out >400KB, window 1h; sid:1; rev:1;)',
  'alert ip any any -> any any (msg:"flows"; volume:flows_out >25, window 1h; sid:2; rev:1;)',
  'alert ip any any -> any any (msg:"distinct"; distinct:peers >8, window 1h; sid:3; rev:1;)',
  'alert ip any any -> any any (msg:"new peer"; first_seen:peer, learn 10m; sid:4; rev:1;)',
  'alert ip any any -> any any (msg:"beacon"; beacon:score >=0.8, over 2h, contacts >=20; threshold:type limit, track by_both, count 1, seconds 86400; sid:5; rev:1;)',
].join("\n");

describe("metrics of engines that share the flows", () => {
  const traffic = new Traffic();
  const request = "x".repeat(20_000);
  for (let i = 0; i < 90; i++) {
    const client = `192.168.1.${1 + (i % 2)}`;
    const server = `198.51.100.${i < 60 ? i % 24 : 60 + (i % 3)}`;
    traffic.connection({ client, server, port: 443, at: MONDAY + 30 * i, request });
  }

  for (let at = MONDAY; at < MONDAY + 3 * 3600; at += 300) {
    const beacon = { client: "192.168.1.77", server: "203.0.113.50", port: 443 };
    traffic.connection({ ...beacon, at: at + (at % 7), request: "x".repeat(200) });
  }

  it("tell of each host and window once, as one engine does", () => {
    const one = alertsBySid(traffic, rules, 1);
    expect([...one.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
    const several = alertsBySid(traffic, rules, ENGINES);
    expect(new Map([...several].sort())).toEqual(new Map([...one].sort()));
  });
});
