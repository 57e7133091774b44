/** listen --threads: what one thread puts in a dataset all of them ask, the control socket changes it, one file keeps it. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, startShrike, temporaryFolder } from "../../support/command-line.ts";
import { Traffic } from "../../support/traffic.ts";

const SOURCES = 24;
const START = Date.UTC(2026, 5, 1) / 1000;

let folder: string;
const at = (name: string): string => path.join(folder, name);
const source = (index: number): string => `10.0.0.${1 + index}`;

const rules = [
  'alert udp any any -> any 7 (msg:"new"; ip.src; dataset:set,seen,type ip,state seen.lst; sid:1;)',
  'alert udp any any -> any 9 (msg:"known"; ip.src; dataset:isset,seen; sid:2;)',
].join("\n");

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  const traffic = new Traffic();
  for (let i = 0; i < SOURCES; i++) {
    const client = source(i);
    // Each source meets several servers, of which one thread has some and one the others.
    for (let server = 0; server < 6; server++) {
      const one = { client, server: `10.1.${server}.${i}` };
      traffic.datagrams({ ...one, port: 7, at: START + server });
      traffic.datagrams({ ...one, port: 9, at: START + 1200 + server });
    }
  }
  fs.writeFileSync(at("two.pcap"), traffic.capture());
  fs.writeFileSync(at("two.rules"), `${rules}\n`);
}, 120_000);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function alertsOf(logs: string): readonly number[] {
  const lines = fs
    .readFileSync(path.join(at(logs), "eve.json"), "utf8")
    .trimEnd()
    .split("\n");
  return lines.flatMap((line) => {
    const { alert } = JSON.parse(line) as { alert?: { signature_id: number } }; // what EVE writes
    return alert === undefined ? [] : [alert.signature_id];
  });
}

const counted = (sids: readonly number[], sid: number): number =>
  sids.filter((each) => each === sid).length;

describe("datasets of two threads", () => {
  it("are one: each value is new once, known everywhere, and saved in one file", () => {
    fs.mkdirSync(at("data"));
    fs.writeFileSync(path.join(at("data"), "seen.lst"), `${source(0)}\n203.0.113.5\n`);
    const result = shrike([
      ...["listen", "--threads", "2", "--playback", at("two.pcap"), "--playback-rate", "1000"],
      ...["-S", at("two.rules"), "-l", at("logs"), "--data-dir", at("data")],
    ]);
    expect(result.status, result.stderr).toBe(0);
    const sids = alertsOf("logs");
    expect([counted(sids, 1), counted(sids, 2)]).toEqual([SOURCES - 1, 6 * SOURCES]);
    const saved = fs
      .readFileSync(path.join(at("data"), "seen.lst"), "utf8")
      .trimEnd()
      .split("\n");
    expect(saved.slice(0, 2)).toEqual([source(0), "203.0.113.5"]);
    const expected = ["203.0.113.5", ...Array.from({ length: SOURCES }, (_, i) => source(i))];
    expect([...saved].sort()).toEqual(expected.sort());
  });

  it("are changed once by a command", async () => {
    const socket = at("control.socket");
    const engine = startShrike([
      ...["listen", "--threads", "2", "--playback", at("two.pcap"), "--playback-rate", "20"],
      ...["-S", at("two.rules"), "-l", at("ctl-logs"), "--data-dir", at("ctl-data")],
      ...["--control", socket, "--duration", "50"],
    ]);
    const ctl = (...words: string[]) => shrike(["ctl", "--socket", socket, ...words]);
    try {
      for (let i = 0; i < 100 && !fs.existsSync(socket); i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const added = ctl("dataset-add", "seen", "ip", "203.0.113.9");
      expect(added.stdout, added.stderr).toContain("data added");
      expect(ctl("dataset-add", "seen", "ip", "203.0.113.9").stdout).toContain("already");
      expect(ctl("dataset-lookup", "seen", "ip", "203.0.113.9").status).toBe(0);
      expect(ctl("dataset-remove", "seen", "ip", "203.0.113.9").stdout).toContain("data removed");
      const gone = ctl("dataset-remove", "seen", "ip", "203.0.113.9");
      expect(gone.status).not.toBe(0);
      expect(gone.stderr + gone.stdout).toContain("data not found in set");
      ctl("dataset-add", "seen", "ip", "203.0.113.10");
      expect(ctl("dataset-dump").status).toBe(0);
      const saved = fs.readFileSync(path.join(at("ctl-data"), "seen.lst"), "utf8");
      expect(saved.split("\n")).toContain("203.0.113.10");
    } finally {
      engine.kill("SIGKILL");
    }
  }, 120_000);
});
