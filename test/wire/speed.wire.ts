/** Throughput and latency of the bridge with real rules, beside a bridge of the kernel in the same run. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/command-line.ts";
import { obstacle, serverAddress, WireNetwork } from "./network.ts";

const realRules = path.resolve(import.meta.dirname, "../../../shared/corpus/rules/et-open.rules");
const problem =
  obstacle(["iperf3", "ping", "ethtool"]) ??
  (fs.existsSync(realRules) ? null : "the speed test needs ../shared/corpus/rules/et-open.rules");
if (problem !== null) console.log(`skipped: ${problem}`);

interface Speed {
  readonly megabits: number;
  readonly medianMs: number;
}

describe.skipIf(problem !== null)("the bridge beside the kernel's", () => {
  const folder = temporaryFolder();
  const results = new Map<string, Speed>();
  let network: WireNetwork;

  beforeAll(() => {
    network = new WireNetwork();
    network.start(network.server, "iperf3", "-s");
  });
  afterAll(() => {
    network?.close();
    fs.rmSync(folder, { recursive: true });
  });

  async function measure(label: string): Promise<void> {
    const words = ["-n", "-i", "0.005", "-c", "300", serverAddress];
    const ping = await network.runLater(network.client, "ping", ...words);
    const times = [...ping.output.matchAll(/time=([\d.]+)/g)].map(([, text]) => Number(text));
    times.sort((a, b) => a - b);
    // The first seconds are left out: native sets are compiled then, beside the traffic.
    const iperf = ["iperf3", "-J", "-O", "2", "-t", "4", "-c", serverAddress];
    const { output } = await network.runLater(network.client, ...(iperf as [string]));
    const report = JSON.parse(output) as { end: { sum_received: { bits_per_second: number } } };
    const megabits = Math.round(report.end.sum_received.bits_per_second / 1e6);
    const medianMs = times[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
    results.set(label, { megabits, medianMs });
    console.log(`${label}: ${megabits} Mbit/s, ping median ${medianMs} ms`);
  }

  async function measureShrike(label: string, ...more: string[]): Promise<void> {
    const words = ["-S", realRules, "--keep-going", "-l", path.join(folder, "logs"), ...more];
    const bridge = network.shrike("inline", "m0", "m1", ...words);
    await bridge.until("bridging");
    await measure(label);
    expect(await bridge.stop()).toBe(0);
  }

  it("is measured with segments joined by the kernel, as they come", async () => {
    network.bridgeByKernel();
    await measure("kernel bridge");
    network.unbridge();
    await measureShrike("inline, ET Open");
    await measureShrike("inline, ET Open, stream.bypass", "--set", "stream.bypass=true");
  });

  it("is measured with packets of 1,500 bytes", async () => {
    for (const [name, device] of network.devices()) {
      network.run(name, "ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off");
    }
    network.bridgeByKernel();
    await measure("kernel bridge, 1,500 bytes");
    network.unbridge();
    await measureShrike("inline, ET Open, 1,500 bytes");
  });

  it("adds less than 1 ms at the median", () => {
    const kernel = results.get("kernel bridge")!.medianMs;
    expect(results.get("inline, ET Open")!.medianMs - kernel).toBeLessThan(1);
  });

  it("reports its share of the kernel's throughput: a third with segments as they come", ({
    skip,
  }) => {
    const kernel = results.get("kernel bridge")!.megabits;
    for (const [label, { megabits }] of results) {
      console.log(`${label}: ${((100 * megabits) / kernel).toFixed(0)} % of the kernel bridge`);
    }
    const share = results.get("inline, ET Open")!.megabits / kernel;
    // Client, server and bridge want a core each: others on the machine cost the bridge more than the kernel.
    const [load = 0] = os.loadavg();
    if (share < 1 / 3 && load > os.cpus().length + 1) skip(`the machine is too busy: load ${load}`);
    expect(share).toBeGreaterThan(1 / 3);
  });
});
