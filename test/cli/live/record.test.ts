/** shrike record and extract over a capture that is played back: which packets are kept, and getting a flow out. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePcap } from "../../../src/core/pcap/writer.ts";
import { readCaptureIntoMemory } from "../../../src/node/live/read-capture.ts";
import { ensureBuilt, shrike, temporaryFolder } from "../../support/command-line.ts";
import { httpTalks } from "../../support/http-talks.ts";

const TALKS = 6;
const PACKETS_PER_TALK = 12;
let folder: string;
let capture: string;
let rules: string;

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  capture = path.join(folder, "talks.pcap");
  rules = path.join(folder, "test.rules");
  const startUs = 1_700_000_000_000_000;
  const packets = httpTalks({ count: TALKS, path: (i) => `/page-${i}`, startUs, stepUs: 1000 });
  fs.writeFileSync(capture, encodePcap(packets, 1));
  fs.writeFileSync(
    rules,
    'alert http any any -> any any (msg:"page 2"; http.uri; content:"/page-2"; sid:2;)\n',
  );
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function packetsIn(target: string): Promise<number> {
  let count = 0;
  for (const name of fs.readdirSync(target)) {
    if (name.endsWith(".pcapng"))
      count += (await readCaptureIntoMemory(path.join(target, name))).packets.length;
  }
  return count;
}

interface Alert {
  readonly event_type: string;
  readonly flow_id: number;
  readonly capture_file: string;
  readonly capture_offset: number;
}

function alerts(logs: string): Alert[] {
  const lines = fs.readFileSync(path.join(logs, "eve.json"), "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as Alert);
  return events.filter(({ event_type }) => event_type === "alert");
}

describe("shrike record", () => {
  it("keeps everything without rules", async () => {
    const target = path.join(folder, "all");
    const { status, stderr } = shrike(["record", "--playback", capture, "-w", target]);
    expect(stderr).toContain(`${TALKS * PACKETS_PER_TALK} packets recorded`);
    expect(status).toBe(0);
    expect(await packetsIn(target)).toBe(TALKS * PACKETS_PER_TALK);
  });

  it("keeps flows with alerts and what came before; the alert names file and place", async () => {
    const target = path.join(folder, "alerts");
    const logs = path.join(folder, "logs");
    const words = ["record", "--playback", capture, "-w", target, "-S", rules, "-l", logs];
    const { status, stderr } = shrike([...words, "--keep", "alerts"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("12 packets recorded")]);
    expect(await packetsIn(target)).toBe(PACKETS_PER_TALK);
    const [alert] = alerts(logs);
    const bytes = fs.readFileSync(alert?.capture_file ?? "");
    const block = bytes.subarray(alert?.capture_offset, (alert?.capture_offset ?? 0) + 400);
    expect(block.readUInt32LE(0)).toBe(6);
    expect(block.toString("latin1")).toContain("alert=1:2:0");
  });

  it("keeps as many packets before the alert as asked", async () => {
    const target = path.join(folder, "few");
    const logs = path.join(folder, "few-logs");
    const words = ["record", "--playback", capture, "-w", target, "-S", rules, "-l", logs];
    shrike([...words, "--keep", "alerts", "--look-back", "2"]);
    const { packets } = await readCaptureIntoMemory(
      path.join(target, fs.readdirSync(target)[0] ?? ""),
    );
    // The alert comes with the second half of the request, packet 6 of 12.
    expect(packets.length).toBe(PACKETS_PER_TALK - 5 + 2);
  });
});

describe("shrike extract", () => {
  it("cuts a flow out of recordings by flow_id, by Community ID and by endpoints", async () => {
    const target = path.join(folder, "everything");
    const logs = path.join(folder, "everything-logs");
    shrike([
      "record",
      "--playback",
      capture,
      "-w",
      target,
      "-S",
      rules,
      "-l",
      logs,
      "--keep",
      "all",
    ]);
    const [alert] = alerts(logs);
    const out = path.join(folder, "flow.pcapng");
    const queries = [
      String(alert?.flow_id),
      "10.8.0.2:30002-10.9.0.1:80",
      "10.9.0.1:80-10.8.0.2:30002/6",
    ];
    for (const query of queries) {
      const { status, stderr } = shrike(["extract", "--flow", query, target, "-w", out]);
      expect([status, stderr]).toEqual([0, "12 of 72 packets\n"]);
      expect((await readCaptureIntoMemory(out)).packets.length).toBe(PACKETS_PER_TALK);
    }
    const missing = shrike(["extract", "--flow", "42", target, "-w", out]);
    expect(missing.status).toBe(1);
  });

  it("takes Community IDs of any capture", () => {
    const out = path.join(folder, "by-community-id.pcapng");
    const logs = path.join(folder, "community");
    const config = path.join(folder, "community.yaml");
    const log = "eve-log: {enabled: yes, community-id: true, types: [flow, alert]}";
    fs.writeFileSync(config, `%YAML 1.1\n---\noutputs:\n  - ${log}\n`);
    shrike(["replay", capture, "-S", rules, "-l", logs, "-c", config]);
    const text = fs.readFileSync(path.join(logs, "eve.json"), "utf8");
    const id = /"event_type":"alert".*"community_id":"([^"]+)"/.exec(text)?.[1] ?? "";
    const { stderr } = shrike(["extract", "--flow", id, capture, "-w", out]);
    expect([id !== "", stderr]).toEqual([true, "12 of 72 packets\n"]);
  });
});
