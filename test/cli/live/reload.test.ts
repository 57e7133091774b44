/** Rules loaded anew under load, two hundred times: nothing is lost, nothing alerts twice, memory comes back. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import v8 from "node:v8";
import vm from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

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

/** Alerts by round; of rounds that are over only what is wrong with them is kept. */
class Rounds {
  readonly problems: string[] = [];
  /** Alerts of the rule that may alert once. */
  once = 0;
  private current = new Set<string>();
  private before: readonly string[] = [];
  number = 0;

  add(number: number, sid: number, revision: number, port: number): void {
    if (number !== this.number) this.end(number);
    if (sid === 1) {
      this.once++;
      return;
    }
    // The revision is left out first: no rule alerts twice in a conversation, changed or not.
    const key = `${sid} ${port}`;
    for (const known of this.current) {
      if (known.startsWith(`${key} `)) this.problems.push(`round ${number}: ${key} twice`);
    }
    this.current.add(`${key} rev ${revision}`);
  }

  /** The last round that is over. */
  get last(): readonly string[] {
    return this.before;
  }

  end(next: number): void {
    this.before = [...this.current].sort();
    const steady = this.before.filter((alert) => /^[24] /.test(alert)).length;
    if (steady !== 2 * TALKS) this.problems.push(`round ${this.number}: ${steady} steady alerts`);
    this.number = next;
    this.current = new Set();
  }
}

interface Played {
  readonly session: LiveSession;
  readonly source: CapturePlayback;
  readonly operation: SessionOperation;
  readonly rounds: Rounds;
  readonly pump: ListenPump;
}

function play(packets: readonly CapturedPacket[], roundCount: number): Played {
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
  const rounds = new Rounds();
  session.reporters.push({
    onPacket(packet, found) {
      const number = Math.floor((packet.timeUs - START_US) / roundUs);
      for (const { rule } of found) {
        const port = Math.max(packet.sourcePort, packet.destinationPort);
        rounds.add(number, rule.sid, rule.revision, port);
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
    rounds: roundCount,
    onEnd: () => session.stop(),
  });
  session.start(["test"]);
  const pump = new ListenPump([source], (record) => session.process(record));
  return { session, source, pump, rounds, operation: new SessionOperation(session, false) };
}

const packets = httpTalks({
  count: TALKS,
  path: (index) => `/page-${index * 4}`,
  startUs: START_US,
  stepUs: 500,
});

describe("rules loaded anew while packets go on", () => {
  it("200 times: no packet and no state is lost, nothing alerts twice, memory comes back", async () => {
    const versions = new Array<number>(RULES).fill(0);
    writeRules(versions);
    const { session, source, pump, rounds, operation } = play(packets, 1e9);
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
    // A whole round with the last rules, and the start of another.
    const last = roundOf() + 1;
    while (rounds.number <= last) await new Promise((resolve) => setTimeout(resolve, 1));
    const after = rounds.last;
    session.stop();
    await running;

    expect(session.engine.packetCount).toBe(source.counts().packets);
    expect(rounds.problems).toEqual([]);
    expect(rounds.once).toBe(1);
    const cold = play(packets, 1);
    await cold.session.run(cold.pump);
    cold.rounds.end(1);
    expect(after).toEqual(cold.rounds.last);
    expect(after.length).toBeGreaterThan(2 * TALKS);
    const [first = 0] = memory;
    const end = memory.at(-1) ?? 0;
    const mebibytes = memory.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(" ");
    const pause = operation.counters().get("reload.longest_pause_ms");
    console.log(`heap after each 20 reloads, MiB: ${mebibytes}; ${last} rounds; pause ${pause} ms`);
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
