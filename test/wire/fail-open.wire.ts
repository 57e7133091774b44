/** What becomes of traffic when the engine is killed or stalls, in both modes. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/command-line.ts";
import {
  obstacle,
  pause,
  type Running,
  readEvents,
  sendFrames,
  serverAddress,
  WireNetwork,
} from "./network.ts";
import { writeDatagrams } from "./traffic.ts";

const problem = obstacle(["ping"]);
if (problem !== null) console.log(`skipped: ${problem}`);

const rules = `
alert icmp any any -> any any (msg:"request"; itype:8; sid:21;)
alert udp any any -> any any (msg:"load"; content:"aa"; sid:22;)
`;
/** Datagrams a second while the engine is killed; about half of them raise an alert. */
const LOAD_RATE = 4000;

describe.skipIf(problem !== null)("shrike inline --fail", () => {
  let network: WireNetwork;
  let folder: string;

  beforeEach(() => {
    network = new WireNetwork();
    folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "wire.rules"), rules);
  });

  afterEach(() => {
    network.close();
    fs.rmSync(folder, { recursive: true });
  });

  const bridge = (...more: string[]): Running => {
    const files = ["-S", path.join(folder, "wire.rules"), "-l", path.join(folder, "logs")];
    return network.shrike("inline", "m0", "m1", ...files, ...more);
  };

  /** 1,000 requests, one each 10 ms; what happens meanwhile is up to the caller. */
  const ping = () =>
    network.start(network.client, "ping", "-n", "-D", "-i", "0.01", "-c", "1000", serverAddress);

  it("open: packets flow again within a second of kill -9 under load, none twice, and the log stays whole", async () => {
    const guard = bridge("--fail", "open");
    await guard.until("bridging");
    const load = path.join(folder, "load.pcap");
    writeDatagrams(load);
    const words = [sendFrames, "c0", `${LOAD_RATE}`, "1000000000", load];
    const sender = network.start(network.client, process.execPath, ...words);
    const pinging = ping();
    await pause(2000);
    process.kill(engineOf(guard), "SIGKILL");
    await guard.until("the engine ended by SIGKILL");
    await guard.until("bridging", 60_000, 2);
    await pause(1000);
    sender.child.kill("SIGKILL");
    await pinging.stop();
    const gapMs = longestGapMs(pinging.output);
    console.log(`longest silence around kill -9: ${gapMs} ms`);
    expect(gapMs).toBeLessThan(1000);
    expect(pinging.output).not.toContain("DUP");
    expect(await guard.stop()).toBe(0);
    const alerts = readEvents(path.join(folder, "logs")).filter(({ alert }) => alert !== undefined);
    const about = (sid: number) => alerts.filter(({ alert }) => alert?.signature_id === sid).length;
    console.log(`${about(21)} and ${about(22)} alerts in whole lines before and after kill -9`);
    expect(about(21)).toBeGreaterThan(20);
    expect(about(22)).toBeGreaterThan(500);
  });

  it("open: an engine that stalls is ended, and packets flow again", async () => {
    const guard = bridge("--fail", "open", "--stall-ms", "500");
    await guard.until("bridging");
    const pinging = ping();
    await pause(1500);
    process.kill(engineOf(guard), "SIGSTOP");
    await guard.until("the engine gave no sign");
    await pause(3000);
    await pinging.stop();
    expect(longestGapMs(pinging.output)).toBeLessThan(2000);
    expect(pinging.output).not.toContain("DUP");
    await guard.stop();
  });

  it("closed: nothing goes on once the engine is dead", async () => {
    const engine = bridge();
    await engine.until("bridging");
    const reach = () =>
      network.run(network.client, "ping", "-c", "1", "-W", "1", serverAddress).status;
    expect(reach()).toBe(0);
    engine.child.kill("SIGKILL");
    await pause(200);
    expect(reach()).toBe(1);
  });
});

/** Process id of the engine under this guard: its only child. */
function engineOf(guard: Running): number {
  const { pid } = guard.child;
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
  return Number(children.split(" ")[0]);
}

function longestGapMs(output: string): number {
  const times = [...output.matchAll(/^\[([\d.]+)\].*time=/gm)].map(([, text]) => Number(text));
  let longest = 0;
  for (let i = 1; i < times.length; i++) longest = Math.max(longest, times[i]! - times[i - 1]!);
  return Math.round(longest * 1000);
}
