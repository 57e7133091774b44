/** Engines in real threads at the same time: tags of hosts, limits of metrics and names of dns_tunnel are those of all. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultDetectionLimits } from "../../../src/core/detect/detection-state.ts";
import { createSharedState } from "../../../src/core/detect/shared-state.ts";
import { CaptureCode, CaptureReader } from "../../../src/core/pcap/capture-reader.ts";
import { Random } from "../../support/random.ts";
import { Replay } from "../../support/replay-bytes.ts";
import { EngineThreads } from "../../support/threads/engine-threads.ts";
import type { ThreadAnswer, TimedPacket } from "../../support/threads/order.ts";
import { Traffic } from "../../support/traffic.ts";

const THREADS = 3;
const START = Date.UTC(2026, 5, 1) / 1000;

function packetsOf(traffic: Traffic): readonly TimedPacket[] {
  const bytes = traffic.capture();
  const reader = new CaptureReader(bytes, 0, bytes.length);
  reader.dataEnd = bytes.length;
  const packets: TimedPacket[] = [];
  while (reader.next() === CaptureCode.record) {
    packets.push({ bytes: bytes.slice(reader.start, reader.end), timeUs: reader.timeUs });
  }
  return packets;
}

/** Alerts of all threads by sid. */
function sumOf(answers: readonly ThreadAnswer[], sid: number): number {
  return answers.reduce((sum, { counts }) => sum + (counts[sid] ?? 0), 0);
}

describe("engines in threads", () => {
  let threads: EngineThreads;
  beforeAll(async () => {
    threads = await EngineThreads.start(THREADS);
  });
  afterAll(async () => await threads.end());

  async function begin(rules: string): Promise<void> {
    const memory = createSharedState(defaultDetectionLimits, 1000, 7, THREADS);
    await threads.all((index) => ({
      kind: "begin",
      rules,
      thresholds: "",
      memory,
      threadNumber: index + 1,
    }));
  }
  const play = (traffics: readonly Traffic[]): Promise<readonly ThreadAnswer[]> =>
    threads.all((index) => ({ kind: "packets", packets: packetsOf(traffics[index]!) }));
  const each = (): Traffic[] => Array.from({ length: THREADS }, () => new Traffic());

  const limits = [
    'alert ip any any -> any any (msg:"v"; volume:flows_out >5, window 1h; sid:1;)',
    'alert ip any any -> any any (msg:"d"; distinct:peers >3, window 1h; sid:2;)',
    // The same limit once more: each of the two rules tells of it.
    'alert ip any any -> any any (msg:"v"; volume:flows_out >5, window 1h; sid:3;)',
    'alert ip any any -> any any (msg:"n"; first_seen:port, learn 1m; sid:4;)',
  ].join("\n");

  it("tell of a limit once when all of them pass it at the same moment", async () => {
    const hosts = 150;
    await begin(limits);
    const traffics = each();
    for (let host = 0; host < hosts; host++) {
      for (const [thread, traffic] of traffics.entries()) {
        for (let flow = 0; flow < 8; flow++) {
          const server = `198.51.100.${10 * thread + flow}`;
          const client = `10.0.${host >> 7}.${1 + (host & 127)}`;
          const at = START + host * 0.001 + flow * 0.3;
          traffic.datagrams({ client, server, port: 9, at });
        }
      }
    }
    const answers = await play(traffics);
    expect([1, 2, 3].map((sid) => sumOf(answers, sid))).toEqual([hosts, hosts, hosts]);
  });

  it("tell of a value that all of them see for the first time once", async () => {
    const hosts = 40;
    await begin(limits);
    const traffics = each();
    for (let host = 1; host <= hosts; host++) {
      const client = `10.0.0.${host}`;
      for (const traffic of traffics) {
        const known = { client, server: "198.51.100.1", port: 9 };
        traffic.datagrams({ ...known, at: START + host * 0.001 });
        traffic.datagrams({ ...known, port: 10, at: START + 600 + host * 0.001 });
      }
    }
    expect(sumOf(await play(traffics), 4)).toBe(hosts);
  });

  it("record as many packets of a tagged host as the tag says, whichever thread has them", async () => {
    const tag = 'alert udp any any -> any 7 (msg:"t"; tag:host,100,packets,src; sid:1;)';
    await begin(tag);
    const first = each();
    first[0]!.datagrams({ client: "10.0.0.1", server: "10.0.1.1", port: 7, at: START });
    await play(first);
    const rest = each();
    for (const [thread, traffic] of rest.entries()) {
      for (let i = 0; i < 80; i++) {
        const at = START + 1 + i * 0.01;
        traffic.datagrams({ client: "10.0.0.1", server: `10.0.2.${thread}`, port: 9, at });
        traffic.datagrams({ client: "10.0.0.2", server: "10.0.3.1", port: 9, at });
      }
    }
    const answers = await play(rest);
    const recorded = answers.map(({ tagged }) => tagged);
    // The packet that set the tag counts, and its alert records it.
    expect(recorded.reduce((sum, count) => sum + count, 0)).toBe(99);
    expect(recorded[1]! + recorded[2]!).toBeGreaterThan(0);
  });

  it("count the names below a domain together", async () => {
    const rule = 'alert dns any any -> any any (msg:"n"; dns_tunnel:unique >=40; sid:1;)';
    const random = new Random(11);
    const letters = (): string =>
      Array.from({ length: 30 }, () => "abcdefghijklmnopqrstuvwxyz"[random.below(26)]).join("");
    const traffics = each();
    const all = new Traffic();
    const ask = (traffic: Traffic, index: number, name: string): void => {
      const asked = { client: "10.0.0.7", server: "10.0.0.1", at: START + index, name };
      traffic.lookUp(asked);
      all.lookUp(asked);
    };
    // 13 names in each, none of them enough by itself, and the same name in all: it counts once.
    for (let i = 0; i < 36; i++) ask(traffics[i % THREADS]!, i, `${letters()}.evil.example`);
    for (const traffic of traffics) ask(traffic, 40, "same.evil.example");
    await begin(rule);
    expect(sumOf(await play(traffics), 1)).toBe(0);
    const last = each();
    for (let i = 0; i < 6; i++) ask(last[1]!, 50 + i, `${letters()}.evil.example`);
    await threads.all(() => ({ kind: "idle" }));
    const counted = sumOf(await play(last), 1);
    expect(counted).toBeGreaterThan(0);
    const one = new Replay(rule);
    for (const { bytes, timeUs } of packetsOf(all)) one.packet(bytes, timeUs);
    expect(counted).toBe(one.alerts.length);
  });
});
