/** Rules loaded anew under load, two hundred times: nothing is lost, nothing alerts twice, memory comes back. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import v8 from "node:v8";
import vm from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ListenPump } from "../../../src/cli/live/listen-pump.ts";
import { LiveSession } from "../../../src/cli/live/live-session.ts";
import { SessionOperation } from "../../../src/cli/live/session-operation.ts";
import { configure } from "../../../src/cli/rule-session.ts";
import type { CapturedPacket } from "../../../src/core/pcap/writer.ts";
import { CapturePlayback, PLAYBACK_REGION_BYTES } from "../../../src/node/live/capture-playback.ts";
import { httpTalks } from "../../support/http-talks.ts";

const RULES = 100;
const CHANGED = 1;
const RELOADS = 200;
const TALKS = 20;
const PACKETS_PER_SECOND = 4000;
const START_US = 1_700_000_000_000_000;

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

let folder: string;
let rulesFile: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-reload-"));
  rulesFile = path.join(folder, "test.rules");
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Rule n looks for /page-n; `version` changes its text and, for some, what it looks for. */
function ruleText(index: number, version: number): string {
  const head = `alert http any any -> any any (msg:"page ${index} v${version}"; flow:to_server,established;`;
  const sid = `sid:${1000 + index}; rev:${version + 1};)`;
  const page = index % 2 === 0 ? index : index + version;
  if (index % 10 === 7) return `${head} content:"GET /page-${index} "; startswith; ${sid}`;
  return `${head} http.uri; content:"/page-${page}"; endswith; ${sid}`;
}

const special = [
  'alert tcp any any -> any 80 (msg:"once"; flow:to_server; content:"GET"; threshold:type limit, track by_dst, count 1, seconds 9000000; sid:1;)',
  'alert http any any -> any any (msg:"second half"; flow:to_server; http.uri; content:"/page-"; http.user_agent; content:"talk"; sid:2;)',
  'alert tcp any any -> any any (msg:"set"; flow:to_server; content:"GET"; flowbits:set,asked; noalert; sid:3;)',
  'alert tcp any any -> any any (msg:"asked and told"; flow:to_client; flowbits:isset,asked; content:"hello"; sid:4;)',
];

function writeRules(versions: readonly number[]): void {
  const rules = versions.map((version, index) => ruleText(index, version));
  fs.writeFileSync(rulesFile, `${[...special, ...rules].join("\n")}\n`);
}

function makeSession(): LiveSession {
  const texts = new Map([["rules", [rulesFile]]]);
  const configured = configure({ files: [], texts, switches: new Set() }, false);
  const session = new LiveSession(configured, {
    inline: false,
    logFolder: folder,
    statsIntervalSeconds: 0,
  });
  session.loadRules([rulesFile]);
  return session;
}

interface Played {
  readonly session: LiveSession;
  readonly source: CapturePlayback;
  readonly operation: SessionOperation;
  /** `sid:rev`, client port, by round. */
  readonly alerts: Map<number, string[]>;
  readonly pump: ListenPump;
}

function play(packets: readonly CapturedPacket[], rounds: number): Played {
  const session = makeSession();
  const bytes = Buffer.concat(packets.map((packet) => packet.bytes));
  let at = 0;
  const places = packets.map((packet) => {
    const start = at;
    at += packet.bytes.length;
    return { start, end: at, wireLength: at - start, timeUs: packet.timeUs, linkType: 1 };
  });
  const lastUs = packets.at(-1)?.timeUs ?? 0;
  const roundUs = lastUs - START_US + 1_000_000;
  const alerts = new Map<number, string[]>();
  session.reporters.push({
    onPacket(packet, found) {
      const round = Math.floor((packet.timeUs - START_US) / roundUs);
      for (const { rule } of found) {
        const list = alerts.get(round) ?? [];
        const { sourcePort, destinationPort } = packet;
        list.push(`${rule.sid}:${rule.revision} ${Math.max(sourcePort, destinationPort)}`);
        alerts.set(round, list);
      }
    },
    onFlowEnd() {},
  });
  const source = new CapturePlayback({
    name: "test",
    interfaceIndex: 0,
    arena: session.arena.bytes,
    regionStart: session.arena.allocate(PLAYBACK_REGION_BYTES),
    bytes,
    packets: places,
    packetsPerSecond: PACKETS_PER_SECOND,
    rounds,
    onEnd: () => session.stop(),
  });
  session.start(["test"]);
  const pump = new ListenPump([source], (record) => session.process(record));
  return { session, source, pump, alerts, operation: new SessionOperation(session, false) };
}

const packets = httpTalks({
  count: TALKS,
  path: (index) => `/page-${index * 4}`,
  startUs: START_US,
  stepUs: 500,
});

/** The alerts of one round, thresholds apart, in an order that does not depend on the packets'. */
function round(alerts: ReadonlyMap<number, readonly string[]>, number: number): string[] {
  return (alerts.get(number) ?? []).filter((alert) => !alert.startsWith("1:")).sort();
}

describe("rules loaded anew while packets go on", () => {
  it("200 times: no packet and no state is lost, nothing alerts twice, memory comes back", async () => {
    const versions = new Array<number>(RULES).fill(0);
    writeRules(versions);
    const { session, source, pump, alerts, operation } = play(packets, 1e9);
    const running = session.run(pump);
    const memory: number[] = [];
    const roundOf = (): number => Math.floor(source.counts().packets / packets.length);
    for (let reload = 0; reload < RELOADS; reload++) {
      for (let i = 0; i < CHANGED; i++) versions[(reload * CHANGED + i) % RULES]!++;
      writeRules(versions);
      const outcome = await operation.reload();
      expect(outcome).toEqual({ isDone: true, message: "done" });
      if (reload % 20 === 19) {
        collect();
        memory.push(process.memoryUsage().heapUsed);
      }
    }
    const last = roundOf() + 1;
    while (roundOf() <= last) await new Promise((resolve) => setTimeout(resolve, 5));
    session.stop();
    await running;

    const { packetCount } = session.engine;
    expect(packetCount).toBe(source.counts().packets);
    // Whole rounds during the reloads: rules that never changed alert the same in each of them.
    const steady = (number: number): string[] =>
      round(alerts, number).filter((alert) => /^[24]:/.test(alert));
    for (let number = 0; number <= last; number++) expect(steady(number)).toEqual(steady(0));
    expect(steady(0).length).toBe(2 * TALKS);
    // The limit of one holds over all reloads.
    const once = [...alerts.values()].flat().filter((alert) => alert.startsWith("1:"));
    expect(once.length).toBe(1);
    // No rule alerts twice in one conversation of a round, whatever its revision.
    for (const list of alerts.values()) {
      const keys = list.map((alert) => alert.replace(/:\d+ /, " "));
      expect(new Set(keys).size).toBe(keys.length);
    }

    const cold = play(packets, 1);
    await cold.session.run(cold.pump);
    expect(round(alerts, last)).toEqual(round(cold.alerts, 0));
    expect(round(cold.alerts, 0).length).toBeGreaterThan(2 * TALKS);
    const [first = 0] = memory;
    const end = memory.at(-1) ?? 0;
    console.log(
      `memory after each 20 reloads, MiB: ${memory.map((m) => (m / 2 ** 20).toFixed(1)).join(" ")}; rounds ${last}, ${packetCount} packets, longest pause ${operation.counters().get('reload.longest_pause_ms')} ms`,
    );
    expect(end).toBeLessThan(first * 1.05);
  }, 600_000);

  it("a broken file leaves the old rules in place and says where it is broken", async () => {
    writeRules([0]);
    const { session, operation } = play(packets, 1);
    const before = session.loaded;
    fs.appendFileSync(rulesFile, 'alert tcp any any -> any any (msg:"x"; contnet:"a"; sid:99;)\n');
    const outcome = await operation.reload();
    expect(outcome.isDone).toBe(false);
    expect(outcome.message).toMatch(/test\.rules:6:\d+: unknown keyword "contnet"/);
    fs.rmSync(rulesFile);
    expect((await operation.reload()).message).toContain("no such file");
    expect(session.loaded).toBe(before);
    writeRules([0, 0]);
    expect((await operation.reload()).isDone).toBe(true);
    expect(operation.ruleCounts().loaded).toBe(6);
    expect(operation.counters().get("reload.failed")).toBe(2);
  });
});
