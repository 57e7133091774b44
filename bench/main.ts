/**
 * `npm run bench`: what a packet costs in each stage, on four classes of generated traffic and, where
 * ../shared is, on captures of real traffic with ET Open loaded. From the first packet to the end of the last flow,
 * engine and rules ready before; best of five rounds; stages and rounds alternate, so that their ratios hold while
 * the machine's speed changes. Rounds before the five, until enough packets went by for the compiler to be done, are
 * not counted; what the very first one cost stands in the column "first". Real traffic runs in a process of its own,
 * with one engine at a time as in use. `-- --generated` leaves it out, `-- --real` the other.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import {
  configure,
  createArena,
  createBuilder,
  engineArenaBytes,
  load,
} from "../src/cli/rule-session.ts";
import type { Reporter } from "../src/core/engine/engine-options.ts";
import { EveReporter } from "../src/core/engine/eve-reporter.ts";
import { allocatedBytes, readYardstick, type Spent, sharedBench, timeOf } from "./measure.ts";
import { type Bench, type LoadedCapture, prepareStage, type Stage, stages } from "./stages.ts";
import {
  dnsFlows,
  type GeneratedCapture,
  largeHttpFlows,
  smallHttpFlows,
  smallPackets,
} from "./traffic.ts";

const ROUNDS = 5;
const WARM_UP_PACKETS = 300_000;
const CAPTURE_BYTES_MAX = 160 * 1024 ** 2;
const realTraffic = ["http", "dns", "small-packets", "tls"];
const etOpen = path.resolve(sharedBench, "../corpus/rules/et-open.rules");

interface Row {
  readonly name: string;
  readonly stage: Stage;
  /** Of the processor, the collector's threads included; of the clock on the wall. */
  readonly spent: Spent;
  /** Wall time of the first round of all. */
  readonly first: number;
  readonly allocated: number;
  readonly packets: number;
  readonly wireBytes: number;
}

function createBench(): { bench: Bench; region: number; configured: ReturnType<typeof configure> } {
  const texts = new Map([
    ["set", ["vars.address-groups.HOME_NET=any", "vars.address-groups.EXTERNAL_NET=any"]],
    ["checksums", ["none"]],
  ]);
  const configured = configure({ files: [], texts, switches: new Set() }, false);
  const { settings } = configured;
  const arena = createArena(settings);
  const builder = createBuilder(arena, configured);
  const region = arena.allocate(CAPTURE_BYTES_MAX);
  const engineArena = arena.section(engineArenaBytes(settings));
  return { bench: { arena, engineArena, builder, settings }, region, configured };
}

function place({ arena }: Bench, region: number, bytes: Uint8Array): LoadedCapture {
  arena.bytes.set(bytes, region);
  return { start: region, length: bytes.length };
}

function loadRules({ builder }: Bench, configured: ReturnType<typeof configure>, text: string) {
  const started = process.cpuUsage();
  const file = fs.existsSync(text) ? text : writeRules(text);
  const loaded = load(configured, [file], builder);
  const { user, system } = process.cpuUsage(started);
  console.log(
    `${loaded.counts.loaded} rules loaded in ${((user + system) / 1e6).toFixed(1)} s of CPU time\n`,
  );
  return loaded.ruleSet;
}

function writeRules(text: string): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "shrike-bench-")), "bench.rules");
  fs.writeFileSync(file, text);
  return file;
}

/** Alert events only, their lines thrown away. */
function alertReporter(bench: Bench, configured: ReturnType<typeof configure>): Reporter {
  const eve = configured.outputs.eveLogs[0]?.options;
  if (eve === undefined) return { onPacket() {}, onFlowEnd() {} };
  const options = { ...eve, anomaly: null, drop: null, flow: false, netflow: false, stats: null };
  const { builder, settings, arena } = bench;
  const reporter = new EveReporter(options as typeof eve, arena.bytes, () => {}, {
    inline: false,
    names: builder,
    protocols: settings.protocols,
  });
  return {
    onPacket: (packet, alerts, tagged) => reporter.onPacket(packet, alerts, tagged),
    onFlowEnd() {},
  };
}

function printHead(): void {
  console.log(
    `${"traffic".padEnd(22)} ${"stage".padEnd(10)}  ns/packet    CPU ns  packets/s   Mbit/s  bytes/packet    first`,
  );
}

function printRow({ name, stage, spent, first, packets, wireBytes, allocated }: Row): void {
  const each = spent.wall / packets;
  const rate = Math.round(1e9 / each);
  const megabits = Math.round((wireBytes * 8 * 1000) / spent.wall);
  const cells = [
    each.toFixed(0).padStart(10),
    (spent.cpu / packets).toFixed(0).padStart(9),
    `${rate}`.padStart(10),
    `${megabits}`.padStart(8),
    (allocated / packets).toFixed(0).padStart(13),
    (first / packets).toFixed(0).padStart(8),
  ];
  console.log(`${name.padEnd(22)} ${stage.padEnd(10)} ${cells.join(" ")}`);
}

function measure(
  bench: Bench,
  capture: GeneratedCapture,
  region: number,
  wanted: readonly Stage[],
  prepare: (stage: Stage, loaded: LoadedCapture) => () => void,
): void {
  const loaded = place(bench, region, capture.bytes);
  const best = new Map<Stage, Spent>();
  const first = new Map<Stage, number>();
  const warmUpRounds = Math.ceil(WARM_UP_PACKETS / capture.packets);
  for (let round = -warmUpRounds; round < ROUNDS; round++) {
    for (const stage of wanted) {
      const spent = timeOf(prepare(stage, loaded));
      if (round === -warmUpRounds) first.set(stage, spent.wall);
      if (round < 0) continue;
      const { wall, cpu } = best.get(stage) ?? spent;
      best.set(stage, { wall: Math.min(wall, spent.wall), cpu: Math.min(cpu, spent.cpu) });
    }
  }
  for (const stage of wanted) {
    const allocated = allocatedBytes(prepare(stage, loaded));
    const spent = best.get(stage) ?? { wall: 0, cpu: 0 };
    printRow({ ...capture, stage, spent, first: first.get(stage) ?? 0, allocated });
  }
}

function benchGenerated(): void {
  const { bench, region, configured } = createBench();
  const rules = [
    'alert tcp any any -> any any (msg:"bench"; content:"never in this traffic"; sid:1;)',
    'alert http any any -> any any (msg:"bench"; http.uri; content:"/never-asked-for"; sid:2;)',
    'alert dns any any -> any any (msg:"bench"; dns.query; content:"never-asked-for"; sid:3;)',
    'alert udp any any -> any any (msg:"bench"; content:"never in this traffic"; sid:4;)',
  ];
  console.log("generated traffic, four rules that never match");
  const ruleSet = loadRules(bench, configured, `${rules.join("\n")}\n`);
  printHead();
  const captures = [
    smallHttpFlows(5000),
    largeHttpFlows(20, 1500),
    dnsFlows(20_000),
    smallPackets(100_000),
  ];
  for (const capture of captures) {
    measure(bench, capture, region, stages, (stage, loaded) =>
      prepareStage(bench, loaded, stage, ruleSet),
    );
  }
}

function benchReal(): void {
  const { bench, region, configured } = createBench();
  console.log("\nreal traffic, ET Open, alert events only, no checksums");
  const ruleSet = loadRules(bench, configured, etOpen);
  printHead();
  const reporter = alertReporter(bench, configured);
  for (const name of realTraffic) {
    const file = path.join(sharedBench, `${name}.pcap.gz`);
    const bytes = zlib.gunzipSync(fs.readFileSync(file));
    const capture = { name, bytes, ...countPackets(bytes) };
    const before = readYardstick() ?? Number.NaN;
    measure(bench, capture, region, ["stream", "detection"], (stage, loaded) =>
      prepareStage(bench, loaded, stage, ruleSet, [reporter]),
    );
    const after = readYardstick() ?? Number.NaN;
    console.log(
      `${"".padEnd(22)} yardstick ${before.toFixed(2)} before, ${after.toFixed(2)} after`,
    );
  }
}

/** Of a little-endian pcap file. */
function countPackets(bytes: Uint8Array): { packets: number; wireBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let packets = 0;
  let wireBytes = 0;
  for (let at = 24; at + 16 <= bytes.length; at += 16 + view.getUint32(at + 8, true)) {
    packets++;
    wireBytes += view.getUint32(at + 12, true);
  }
  return { packets, wireBytes };
}

const wanted = process.argv[2] ?? "";
if (wanted !== "--real") {
  const yardstick = readYardstick();
  console.log(yardstick === null ? "no yardstick" : `yardstick ${yardstick.toFixed(2)}`);
  benchGenerated();
  printMemory();
}
if (wanted !== "--generated" && !fs.existsSync(etOpen)) {
  console.log("\nreal traffic: skipped, nothing at ../shared/bench");
} else if (wanted === "--real") {
  benchReal();
  printMemory();
} else if (wanted !== "--generated") {
  const [, script = ""] = process.argv;
  const { status } = spawnSync(process.execPath, [script, "--real"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

function printMemory(): void {
  console.log(`\npeak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}
