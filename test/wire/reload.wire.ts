/**
 * Rules loaded anew on a bridge under load, one in a hundred changed each time: no packet is lost, the alerts at the
 * end are those of a cold start, memory comes back. RELOADS and RELOAD_RULES (a rule file) make it longer and larger.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlClient } from "../../src/node/operation/control-client.ts";
import { temporaryFolder } from "../support/command-line.ts";
import { Random } from "../support/random.ts";
import {
  alertSids,
  lastStats,
  mainFile,
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

const RELOADS = Number(process.env["RELOADS"] ?? 200);
const RULES = 2000;
/** After so many, everything has been allocated that a reload needs. */
const WARM = Math.min(20, Math.floor(RELOADS / 2));
const LOAD_RATE = 5000;
const WEB_RATE = 2000;

describe.skipIf(problem !== null)(`${RELOADS} reloads under load`, () => {
  const folder = temporaryFolder();
  const ruleFile = path.join(folder, "wire.rules");
  const logs = path.join(folder, "logs");
  const socket = path.join(folder, "control");
  const lines = firstRules();
  let network: WireNetwork;
  let bridge: Running;

  beforeAll(async () => {
    network = new WireNetwork();
    writeRules(lines, ruleFile);
    const words = ["-S", ruleFile, "-l", logs, "--keep-going", "--control", socket];
    bridge = network.shrike("inline", "m0", "m1", ...words);
    await bridge.until("bridging");
    await pause(200);
  });
  afterAll(() => {
    network?.close();
    fs.rmSync(folder, { recursive: true });
  });

  const count = (name: string, device: string, counter: string): number =>
    Number(network.run(name, "cat", `/sys/class/net/${device}/statistics/${counter}`).output);
  const send = (capture: string, rate: number, frames: number) =>
    network.start(
      network.client,
      ...[process.execPath, sendFrames, "c0", `${rate}`, `${frames}`, capture],
    );

  it("lose no packet, end with the alerts of a cold start, and give memory back", async () => {
    const load = path.join(folder, "load.pcap");
    const web = path.join(folder, "web.pcap");
    writeDatagrams(load);
    const frames = writeWebTraffic(web);
    const before = [
      count(network.client, "c0", "tx_packets"),
      count(network.server, "s0", "rx_packets"),
    ];
    const sender = send(load, LOAD_RATE, 1e9);
    const client = await ControlClient.connect(socket);
    const memory: number[] = [];
    const started = Date.now();
    for (let reload = 1; reload <= RELOADS; reload++) {
      changeRules(lines, reload);
      writeRules(lines, ruleFile);
      expect(await client.ask("reload-rules", {})).toEqual({ isOk: true, message: "done" });
      if (reload === WARM || (reload > WARM && reload % 20 === 0) || reload === RELOADS) {
        memory.push(residentBytes(bridge.child.pid!));
      }
    }
    const seconds = (Date.now() - started) / 1000;
    sender.child.kill("SIGKILL");
    await pause(500);
    const replayed = path.join(folder, "replayed");
    const words = ["replay", web, "-S", ruleFile, "-l", replayed, "--keep-going", "--simulate-ips"];
    spawnSync(process.execPath, [mainFile, ...words]);
    const seen = alertSids(logs).length;
    await send(web, WEB_RATE, frames).ended();
    await pause(500);
    client.close();
    expect(await bridge.stop()).toBe(0);

    const sent = count(network.client, "c0", "tx_packets") - before[0]!;
    const received = count(network.server, "s0", "rx_packets") - before[1]!;
    const { capture } = lastStats(logs);
    const mebibytes = memory.map((bytes) => Math.round(bytes / 2 ** 20)).join(" ");
    const pauses = [...bridge.output.matchAll(/waited (\d+) ms/g)].map(([, text]) => Number(text));
    console.log(
      `${RELOADS} reloads in ${seconds.toFixed(0)} s, longest pause ${Math.max(...pauses)} ms`,
    );
    console.log(`${sent} packets sent, ${received} received; resident MiB: ${mebibytes}`);
    expect(received).toBe(sent);
    expect(capture?.["kernel_drops"]).toBe(0);
    expect(capture?.["afpacket"]).toEqual({ send_errors: 0 });
    const cold = alertSids(replayed);
    expect(cold.length).toBeGreaterThan(100);
    expect(alertSids(logs).length - seen).toBe(cold.length);
    expect(alertSids(logs)).toEqual(cold);
    // The collector's own time makes single values jump.
    const half = Math.ceil(memory.length / 2);
    const growth = median(memory.slice(half)) / median(memory.slice(0, half));
    console.log(`memory of the later half to the first: ${growth.toFixed(3)}`);
    expect(growth).toBeLessThan(1.05);
  }, 3_600_000);
});

/** The given file, or rules of our own; the last ones are about what the traffic at the end has. */
function firstRules(): string[] {
  const file = process.env["RELOAD_RULES"];
  const lines = file === undefined ? [] : fs.readFileSync(file, "utf8").split("\n");
  if (file === undefined) for (let i = 0; i < RULES; i++) lines.push(rule(i, 0));
  lines.push('alert http any any -> any any (msg:"even"; http.uri; content:"even"; sid:1;)');
  lines.push('alert http any any -> any any (msg:"body"; file.data; content:"needle"; sid:2;)');
  return lines;
}

/** One rule in a hundred looks for something else: after RELOADS some look for what is there. */
function changeRules(lines: string[], version: number): void {
  const changed = Math.ceil(lines.length / 100);
  for (let i = 0; i < changed; i++) {
    const index = (version * changed + i) % (lines.length - 2);
    const text = lines[index]!;
    if (!text.startsWith("alert")) continue;
    lines[index] = process.env["RELOAD_RULES"]
      ? text.replace(/msg:"(v\d+ )?/, `msg:"v${version} `)
      : rule(index, version);
  }
}

function rule(index: number, version: number): string {
  const random = new Random(7 + index * 1000 + version);
  let word = "";
  for (let length = 8 + (index % 8); length > 0; length--) {
    word += String.fromCharCode(97 + random.below(26));
  }
  if (index % 100 === 1 && version > 0) word = `odd/${index}`;
  const protocol = ["udp", "http", "tcp", "ip"][index % 4]!;
  const buffer = protocol === "http" ? "http.uri; " : "";
  const head = `alert ${protocol} any any -> any any (msg:"${index} v${version}"; ${buffer}`;
  return `${head}content:"${word}"; sid:${1000 + index};)`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function writeRules(lines: readonly string[], file: string): void {
  fs.writeFileSync(file, `${lines.join("\n")}\n`);
}
