/**
 * A bridge at half of what it can forward, for a minute, or SOAK_SECONDS: memory is flat, no descriptor is left open,
 * nothing is lost. Rules are those of SOAK_RULES, or a few of our own.
 */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/command-line.ts";
import {
  descriptorCount,
  lastStats,
  obstacle,
  pause,
  type Running,
  residentBytes,
  sendFrames,
  WireNetwork,
} from "./network.ts";
import { writeDatagrams, writeWebTraffic } from "./traffic.ts";

const problem = obstacle([]);
if (problem !== null) console.log(`skipped: ${problem}`);

const SECONDS = Number(process.env["SOAK_SECONDS"] ?? 60);
const FLOOD_SECONDS = 3;
/** Of the packets, so many parts of a hundred are of connections. */
const WEB_PERCENT = 20;
const rules = `
alert http any any -> any any (msg:"even"; http.uri; content:"even"; threshold:type limit, track by_src, count 1, seconds 10; sid:1;)
alert http any any -> any any (msg:"body"; file.data; content:"needle"; threshold:type limit, track by_src, count 1, seconds 10; sid:2;)
drop udp any any -> any 5003 (msg:"no 5003"; content:"zzzz"; sid:3;)
`;

describe.skipIf(problem !== null)(`a bridge for ${SECONDS} seconds`, () => {
  const folder = temporaryFolder();
  const logs = path.join(folder, "logs");
  const datagrams = path.join(folder, "datagrams.pcap");
  const web = path.join(folder, "web.pcap");
  let network: WireNetwork;
  let bridge: Running;

  beforeAll(async () => {
    network = new WireNetwork();
    writeDatagrams(datagrams);
    writeWebTraffic(web);
    const ownRules = path.join(folder, "wire.rules");
    fs.writeFileSync(ownRules, rules);
    const words = ["-S", process.env["SOAK_RULES"] ?? ownRules, "--keep-going", "-l", logs];
    bridge = network.shrike("inline", "m0", "m1", ...words);
    await bridge.until("bridging");
  });
  afterAll(() => {
    network?.close();
    fs.rmSync(folder, { recursive: true });
  });

  const count = (name: string, device: string, counter: string): number =>
    Number(network.run(name, "cat", `/sys/class/net/${device}/statistics/${counter}`).output);
  const send = (capture: string, rate: number) =>
    network.start(
      network.client,
      ...[process.execPath, sendFrames, "c0", `${rate}`, "2000000000", capture],
    );

  /** Packets a second that come out at the other end of a bridge that is given more than it can take. */
  async function flood(): Promise<number> {
    const sender = send(datagrams, 0);
    const received = () => count(network.server, "s0", "rx_packets");
    const idle = received();
    while (received() < idle + 100_000) await pause(100);
    const started = performance.now();
    const before = received();
    await pause(FLOOD_SECONDS * 1000);
    const rate = (received() - before) / ((performance.now() - started) / 1000);
    sender.child.kill("SIGKILL");
    await pause(1500);
    return rate;
  }

  it(
    "keeps its memory and its descriptors",
    async () => {
      const rate = await flood();
      const half = Math.floor(rate / 2);
      const senders = [
        send(datagrams, Math.floor((half * (100 - WEB_PERCENT)) / 100)),
        send(web, Math.floor((half * WEB_PERCENT) / 100)),
      ];
      const warmSeconds = Math.max(30, SECONDS / 4);
      await pause(warmSeconds * 1000);
      const { pid } = bridge.child;
      const descriptors = descriptorCount(pid!);
      const samples: [number, number][] = [];
      const started = Date.now();
      const seconds = () => (Date.now() - started) / 1000;
      const sent = count(network.client, "c0", "tx_packets");
      while (seconds() < SECONDS) {
        samples.push([seconds(), residentBytes(pid!)]);
        await pause(1000);
      }
      const packets = count(network.client, "c0", "tx_packets") - sent;
      const left = descriptorCount(pid!);
      for (const { child } of senders) child.kill("SIGKILL");
      await pause(500);
      expect(await bridge.stop()).toBe(0);

      const slope = slopeOf(samples);
      const start = samples[0]![1];
      const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
      console.log(
        `${Math.round(rate)} packets/s at most; ${Math.round(packets / SECONDS)} packets/s for ${SECONDS} s`,
      );
      console.log(
        `memory ${mebibytes(start)} MiB, ${mebibytes(slope * 60)} MiB a minute; ${descriptors} descriptors, ${left} at the end`,
      );
      const some = samples.filter((_, i) => i % Math.ceil(samples.length / 10) === 0);
      console.log(`MiB: ${some.map(([, bytes]) => Math.round(bytes / 2 ** 20)).join(" ")}`);
      expect(left).toBe(descriptors);
      // The collector's own time is most of the slope of a short run.
      expect(slope * SECONDS).toBeLessThan((SECONDS < 600 ? 0.1 : 0.05) * start);
      expect(lastStats(logs)["capture"]?.["afpacket"]).toEqual({ send_errors: 0 });
    },
    (SECONDS * 2 + 120) * 1000,
  );
});

/** Bytes a second, by least squares. */
function slopeOf(samples: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) =>
    samples.reduce((sum, sample) => sum + sample[index], 0) / samples.length;
  const [x, y] = [mean(0), mean(1)];
  let up = 0;
  let down = 0;
  for (const [at, value] of samples) {
    up += (at - x) * (value - y);
    down += (at - x) ** 2;
  }
  return up / down;
}
