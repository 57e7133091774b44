/** Watching: the alerts of a replay, no packet dropped at a known rate, and the rate that can be held. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { capHint, isCapInstalled } from "../../src/node/live/cap-source.ts";
import { temporaryFolder } from "../support/command-line.ts";
import { Random } from "../support/random.ts";
import { alertSids, lastStats, mainFile, obstacle, sendFrames, WireNetwork } from "./network.ts";
import { writeDatagrams, writeWebTraffic } from "./traffic.ts";

const problem = obstacle([]);
if (problem !== null) console.log(`skipped: ${problem}`);
else if (!isCapInstalled())
  console.log(`skipped: libpcap, as the package cap is not there: ${capHint}`);

const RATE = 200_000;
const SECONDS = 5;
const ATTEMPTS = 3;
const RULES = 1000;

describe.skipIf(problem !== null)("shrike listen", () => {
  const folder = temporaryFolder();
  const ruleFile = path.join(folder, "wire.rules");
  let network: WireNetwork;
  let logs: string;

  beforeAll(() => fs.writeFileSync(ruleFile, rules()));
  beforeEach(() => {
    network = new WireNetwork();
    logs = fs.mkdtempSync(path.join(folder, "logs-"));
  });
  afterEach(() => network.close());
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** Watches m0 while a capture is sent from the other end; returns what the command printed. */
  async function watch(capture: string, rate: number, count: number, ...more: string[]) {
    const listening = network.shrike("listen", "-i", "m0", "-S", ruleFile, "-l", logs, ...more);
    await listening.until("watching");
    const words = ["c0", `${rate}`, `${count}`, capture];
    const { output } = await network.runLater(
      network.client,
      process.execPath,
      sendFrames,
      ...words,
    );
    expect(await listening.stop()).toBe(0);
    return { sender: JSON.parse(output) as { sent: number; seconds: number }, listening };
  }

  /** Sids of the alerts that the capture gives. */
  function replay(capture: string): readonly number[] {
    const folderOfLogs = fs.mkdtempSync(path.join(folder, "replayed-"));
    const words = ["replay", capture, "-S", ruleFile, "-l", folderOfLogs];
    spawnSync(process.execPath, [mainFile, ...words]);
    return alertSids(folderOfLogs);
  }

  it("gives the alerts that a replay of the same packets gives", async () => {
    const capture = path.join(folder, "web.pcap");
    const count = writeWebTraffic(capture);
    const wanted = replay(capture);
    await watch(capture, 20_000, count);
    expect(wanted.length).toBeGreaterThan(100);
    expect(alertSids(logs)).toEqual(wanted);
  });

  it("gives the same alerts with the flows shared by two threads", async () => {
    const capture = path.join(folder, "web.pcap");
    const count = writeWebTraffic(capture);
    await watch(capture, 20_000, count, "--threads", "2", "--user", "nobody");
    expect(fs.statSync(path.join(logs, "eve.json")).uid).not.toBe(0);
    expect(alertSids(logs)).toEqual(replay(capture));
  });

  it(`drops nothing at ${RATE} packets/s of 500 bytes with ${RULES} rules`, async ({ skip }) => {
    const capture = path.join(folder, "datagrams.pcap");
    writeDatagrams(capture);
    let drops: unknown = 0;
    let isBusy = true;
    // A busy machine can neither send nor take at this rate: that says nothing about the engine.
    for (let attempt = 0; attempt < ATTEMPTS && (isBusy || drops !== 0); attempt++) {
      logs = fs.mkdtempSync(path.join(folder, "logs-"));
      const { sender } = await watch(capture, RATE, RATE * SECONDS, "--ring-mb", "256");
      const counts = lastStats(logs)["capture"];
      const rate = Math.round(sender.sent / sender.seconds);
      drops = counts?.["kernel_drops"];
      isBusy = rate < 0.95 * RATE || (drops !== 0 && os.loadavg()[0]! > os.cpus().length + 1);
      console.log(`sent ${rate} packets/s for ${SECONDS} s, ${drops} dropped by the kernel`);
      expect(counts?.["kernel_packets"]).toBe(RATE * SECONDS);
    }
    if (isBusy) skip(`the machine is too busy: load ${os.loadavg()[0]}`);
    expect(drops).toBe(0);
  });

  /** Sends faster and faster until a packet is lost. */
  async function findRateHeld(driver: string, rates: readonly number[]): Promise<number> {
    const capture = path.join(folder, "datagrams.pcap");
    writeDatagrams(capture);
    let held = 0;
    for (const rate of rates) {
      logs = fs.mkdtempSync(path.join(folder, "logs-"));
      const count = rate * 4;
      const { sender } = await watch(capture, rate, count, "--driver", driver);
      const counts = lastStats(logs)["capture"] ?? {};
      // libpcap tells of no drops: what did not come was dropped.
      const lost = count - Number(counts["kernel_packets"]) + Number(counts["kernel_drops"]);
      const sent = Math.round(sender.sent / sender.seconds);
      console.log(`${driver}: ${sent} packets/s, ${lost} of ${count} lost`);
      if (lost !== 0) break;
      held = sent;
    }
    console.log(`${driver}: ${held} packets/s held`);
    return held;
  }

  it("reports the rate that it can hold", async () => {
    await findRateHeld("af-packet", [200_000, 300_000, 400_000, 500_000]);
  });

  describe.skipIf(!isCapInstalled())("through libpcap", () => {
    it("gives the alerts of a replay", async () => {
      const capture = path.join(folder, "web.pcap");
      const count = writeWebTraffic(capture);
      await watch(capture, 5000, count, "--driver", "cap");
      expect(alertSids(logs)).toEqual(replay(capture));
    });

    it("reports the rate that it can hold", async () => {
      await findRateHeld("cap", [10_000, 20_000, 50_000, 100_000, 150_000, 200_000]);
    });
  });
});

/** Rules over raw contents and over requests, few of which occur. */
function rules(): string {
  const random = new Random(7);
  const lines: string[] = [];
  for (let i = 0; i < RULES - 2; i++) {
    let word = "";
    for (let length = 6 + (i % 8); length > 0; length--) {
      word += String.fromCharCode(97 + random.below(26));
    }
    const protocol = ["udp", "tcp", "http", "ip"][i % 4];
    const buffer = protocol === "http" ? "http.uri; " : "";
    lines.push(
      `alert ${protocol} any any -> any any (msg:"${word}"; ${buffer}content:"${word}"; sid:${1000 + i};)`,
    );
  }
  lines.push('alert http any any -> any any (msg:"even"; http.uri; content:"even"; sid:1;)');
  lines.push('alert http any any -> any any (msg:"body"; file.data; content:"needle"; sid:2;)');
  return lines.join("\n");
}
