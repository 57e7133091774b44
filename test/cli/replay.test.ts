/** shrike replay, as it ships: sources, logs, exit statuses, and what happens when the machine says no. */
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstLook } from "../cases/first-look/traffic.ts";
import { ensureBuilt, shrike, startShrike, temporaryFolder } from "../support/command-line.ts";
import { zstdFrame } from "../support/zstd.ts";

const rules = path.resolve(import.meta.dirname, "../../rules/shrike.rules");
const capture = firstLook();
const ALERTS = 5;
let folder = "";

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes, typeof bytes === "string" ? "latin1" : null);
  return file;
}

interface Event {
  readonly event_type: string;
  readonly [field: string]: unknown;
}

/** Every line must be one whole JSON object. */
function events(file: string): Event[] {
  const text = fs.readFileSync(file, "utf8");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function countOf(list: readonly Event[], type: string): number {
  return list.filter(({ event_type }) => event_type === type).length;
}

/** Events without what differs from run to run. */
function comparable(list: readonly Event[]): unknown[] {
  return list.map(({ flow_id: _, ...rest }) => rest);
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

describe("shrike replay reads", () => {
  const half = capture.slice(0, capture.length - 40);
  const gzip = gzipSync(capture);
  const zstd = zstdFrame(capture);
  it.each<[string, Uint8Array, string | null, number]>([
    ["plain.pcap", capture, null, ALERTS],
    ["packed.pcap.gz", gzip, null, ALERTS],
    ["packed.pcap.zst", zstd, null, ALERTS],
    ["cut.pcap", half, "the last record is cut off", ALERTS],
    ["cut.pcap.gz", gzip.subarray(0, gzip.length - 12), "the compressed file is cut off", ALERTS],
    ["cut.pcap.zst", zstd.subarray(0, zstd.length - 12), "the compressed file is cut off", 0],
  ])("%s, with a notice where it is cut", (name, bytes, notice, alerts) => {
    const { status, stdout, stderr } = shrike(["replay", write(name, bytes), "-S", rules]);
    if (notice === null) expect(stderr).not.toContain("warning");
    else expect(stderr).toContain(`${name}: ${notice}`);
    expect(lines(stdout).length).toBeGreaterThanOrEqual(alerts);
    if (alerts > 0) expect(status).toBe(0);
  });

  it("a zstd file that is cut between two blocks, up to the cut", () => {
    const long = Buffer.concat([capture, ...Array(40).fill(capture.subarray(24))]);
    const packed = zstdFrame(long);
    const { status, stderr } = shrike([
      "replay",
      write("long.zst", packed.subarray(0, packed.length - 100)),
      "-S",
      rules,
      "--json",
    ]);
    expect(status).toBe(0);
    expect(stderr).not.toContain("Error");
  });

  it("standard input, plain and packed", () => {
    for (const input of [capture, gzip, zstd]) {
      const { status, stdout } = shrike(["replay", "-", "-S", rules], { input });
      expect(status).toBe(0);
      expect(lines(stdout)).toHaveLength(ALERTS);
    }
  });

  it("a folder, its files by name", () => {
    const day = path.join(folder, "day");
    fs.mkdirSync(day);
    fs.writeFileSync(path.join(day, "b.pcap"), capture);
    fs.writeFileSync(path.join(day, "a.pcap.gz"), gzip);
    const { stdout } = shrike(["replay", day, "-S", rules, "--json"]);
    const summary = JSON.parse(lines(stdout).at(-1) ?? "");
    expect(summary).toMatchObject({ packets: 184, problems: [] });
  });
});

describe("shrike replay -l", () => {
  it("writes eve.json with one stats event at the end, whatever stats.interval says", () => {
    const out = path.join(folder, "logs");
    const pcap = write("logs.pcap", capture);
    shrike(["replay", pcap, "-S", rules, "-l", out, "--set", "stats.interval=1"]);
    const found = events(path.join(out, "eve.json"));
    expect(countOf(found, "alert")).toBe(ALERTS);
    expect(countOf(found, "stats")).toBe(1);
    expect(found.at(-1)?.event_type).toBe("stats");
  });

  it("writes stats as often as --stats-interval says", () => {
    const out = path.join(folder, "often");
    // The packets again, ten seconds later.
    const later = Buffer.from(capture);
    for (let at = 24; at < later.length; at += 16 + later.readUInt32LE(at + 8)) {
      later.writeUInt32LE(later.readUInt32LE(at) + 10, at);
    }
    const both = Buffer.concat([capture, later.subarray(24)]);
    const pcap = write("often.pcap", both);
    shrike(["replay", pcap, "-S", rules, "-l", out, "--stats-interval", "5"]);
    expect(countOf(events(path.join(out, "eve.json")), "stats")).toBe(2);
  });

  it("makes eve.json also when there is nothing to write", () => {
    const out = path.join(folder, "tested");
    expect(shrike(["replay", "-T", "-S", rules, "-l", out]).status).toBe(0);
    expect(events(path.join(out, "eve.json"))).toEqual([]);
  });

  it.skipIf(!fs.existsSync("/dev/full"))(
    "ends with one clear line and status 3 when the disk is full",
    () => {
      const out = path.join(folder, "full");
      fs.mkdirSync(out);
      fs.symlinkSync("/dev/full", path.join(out, "eve.json"));
      const pcap = write("full.pcap", capture);
      const { status, stderr } = shrike(["replay", pcap, "-S", rules, "-l", out]);
      expect(status).toBe(3);
      expect(lines(stderr).at(-1)).toMatch(
        /^shrike: cannot write to ".*eve\.json": no space left on the device$/,
      );
    },
  );

  it("ends with one clear line when the folder cannot be made", () => {
    const file = write("a-file", "");
    const pcap = write("some.pcap", capture);
    const { status, stderr } = shrike(["replay", pcap, "-S", rules, "-l", path.join(file, "out")]);
    expect(status).toBe(3);
    expect(lines(stderr).at(-1)).toMatch(/^shrike: cannot make the folder/);
  });
});

describe("shrike replay --each-into", () => {
  it("gives each capture fresh state, however many there are", () => {
    const out = path.join(folder, "each");
    const pcap = write("one.pcap", capture);
    const { status } = shrike(["replay", pcap, pcap, pcap, pcap, "-S", rules, "--each-into", out]);
    expect(status).toBe(0);
    const names = ["one.pcap", "one.pcap-2", "one.pcap-3", "one.pcap-4"];
    const logs = names.map((name) => events(path.join(out, `${name}.eve.json`)));
    expect(countOf(logs[0] ?? [], "alert")).toBe(ALERTS);
    for (const log of logs.slice(1)) expect(comparable(log)).toEqual(comparable(logs[0] ?? []));
  });
});

describe("datasets of a replay", () => {
  const RULE =
    'alert udp any any -> any any (msg:"new"; udp.hdr; dataset:set,headers,type string,state headers.lst; sid:1; rev:1;)';

  it("are saved in the data directory and known the next time", () => {
    const data = path.join(folder, "data");
    const pcap = write("data.pcap", capture);
    const set = write("set.rules", RULE);
    const words = ["replay", pcap, "-S", set, "--data-dir", data, "--json"];
    const first = JSON.parse(lines(shrike(words).stdout).at(-1) ?? "");
    expect(first.alerts).toHaveLength(1);
    const saved = lines(fs.readFileSync(path.join(data, "headers.lst"), "latin1"));
    expect(saved.length).toBeGreaterThan(0);
    const second = JSON.parse(lines(shrike(words).stdout).at(-1) ?? "");
    expect(second.alerts).toEqual([]);
    expect(lines(fs.readFileSync(path.join(data, "headers.lst"), "latin1"))).toEqual(saved);
  });

  it("that cannot be saved end the replay with status 3", () => {
    const data = write("no-folder", "");
    const pcap = write("save.pcap", capture);
    const set = write("save.rules", RULE.replace("state", "save"));
    const { status, stderr } = shrike(["replay", pcap, "-S", set, "--data-dir", data]);
    expect(status).toBe(3);
    expect(lines(stderr).at(-1)).toMatch(/^shrike: cannot save the dataset/);
  });
});

describe("the exit status of shrike replay", () => {
  it("is 3 for a capture that is not there, before anything is replayed", () => {
    const pcap = write("there.pcap", capture);
    const absent = path.join(folder, "absent.pcap");
    const { status, stdout, stderr } = shrike(["replay", pcap, absent, "-S", rules]);
    expect(status).toBe(3);
    expect(stdout).toBe("");
    expect(lines(stderr).at(-1)).toMatch(/^shrike: cannot open capture ".*": no such file$/);
  });

  it("is 1 for a file that is no capture, and the others are replayed", () => {
    const text = write("text.pcap", "this is no capture, only some words");
    const pcap = write("beside.pcap", capture);
    const { status, stdout, stderr } = shrike(["replay", text, pcap, "-S", rules]);
    expect(status).toBe(1);
    expect(stderr).toContain("text.pcap: ");
    expect(lines(stdout)).toHaveLength(ALERTS);
  });

  it("is 1 for a bad rule, and 0 when it is to be left out", () => {
    const bad = write("bad.rules", 'alert tcp any any -> any any (msg:"x"; contnet:"a"; sid:1;)');
    const pcap = write("bad.pcap", capture);
    const refused = shrike(["replay", pcap, "-S", bad]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('did you mean "content"?');
    expect(shrike(["replay", pcap, "-S", bad, "--keep-going"]).status).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "is the signal's after %s, with flows, logs and summary whole",
    async (signal) => {
      const out = path.join(folder, signal);
      const child = startShrike(["replay", "-", "-S", rules, "-l", out]);
      let stderr = "";
      child.stderr?.on("data", (piece) => {
        stderr += piece;
        // Rules are loaded: the packets are sent, and the pipe stays open.
        if (String(piece).includes("loaded")) {
          child.stdin?.write(capture);
          setTimeout(() => child.kill(signal), 1500);
        }
      });
      const status = await new Promise((done) => child.on("close", done));
      expect(status).toBe(signal === "SIGINT" ? 130 : 143);
      expect(stderr).toContain(`stopped by ${signal}\n92 packets`);
      const found = events(path.join(out, "eve.json"));
      expect(countOf(found, "alert")).toBe(ALERTS);
      expect(countOf(found, "flow")).toBe(47);
    },
  );

  it("is 0 when the reader of the alerts goes away", async () => {
    const pcap = write("gone.pcap", capture);
    const child = startShrike(["replay", pcap, "-S", rules]);
    child.stdout?.destroy();
    expect(await new Promise((done) => child.on("close", done))).toBe(0);
  });
});

it("shrike replay --threads is accepted and says that one thread is used", () => {
  const pcap = write("threads.pcap", capture);
  const { status, stderr } = shrike(["replay", pcap, "-S", rules, "--threads", "4"]);
  expect(status).toBe(0);
  expect(lines(stderr).filter((line) => line.includes("one thread"))).toHaveLength(1);
  expect(shrike(["replay", pcap, "-S", rules, "--threads", "no"]).status).toBe(2);
});
