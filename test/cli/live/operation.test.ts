/** A live engine from outside: control socket, signals, metrics, events to a socket, its end. */
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mergeAnswers } from "../../../src/cli/live/team-operation.ts";
import { encodePcap } from "../../../src/core/pcap/writer.ts";
import { ensureBuilt, shrike, startShrike, temporaryFolder } from "../../support/command-line.ts";
import { httpTalks } from "../../support/http-talks.ts";

let folder: string;
let engine: ChildProcess;
let reader: net.Server;
let events = "";
let errors = "";
const at = (name: string): string => path.join(folder, name);

const rule = (sid: number): string =>
  `alert http any any -> any any (msg:"page"; http.uri; content:"/page-"; sid:${sid};)\n`;

beforeAll(async () => {
  ensureBuilt();
  folder = temporaryFolder();
  const startUs = 1_700_000_000_000_000;
  const packets = httpTalks({ count: 5, path: (i) => `/page-${i}`, startUs, stepUs: 1000 });
  fs.writeFileSync(at("talks.pcap"), encodePcap(packets, 1));
  fs.writeFileSync(at("test.rules"), rule(1));
  const logs = [
    "{filename: eve.json, types: [alert]}",
    `{filetype: unix_stream, filename: ${at("eve.socket")}, prefix: "@cee: ", types: [alert]}`,
  ];
  const outputs = logs.map((log) => `  - eve-log: ${log}\n`).join("");
  fs.writeFileSync(at("suricata.yaml"), `%YAML 1.1\n---\noutputs:\n${outputs}`);
  reader = net.createServer((socket) => {
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      events += text;
    });
  });
  reader.listen(at("eve.socket"));
  const playback = ["--playback", at("talks.pcap"), "--playback-rate", "60"];
  const rounds = ["--playback-rounds", "100000", "-l", at("logs"), "-c", at("suricata.yaml")];
  const words = ["listen", ...playback, ...rounds, "-S", at("test.rules")];
  engine = startShrike([...words, "--control", at("control"), "--metrics", "0"]);
  engine.stderr?.on("data", (text: Buffer) => {
    errors += text.toString("utf8");
  });
  await until(() => fs.existsSync(at("control")));
}, 120_000);

afterAll(() => {
  engine.kill("SIGKILL");
  reader.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!holds() && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

function ctl(...words: string[]): { status: number | null; answer: unknown } {
  const { status, stdout } = shrike(["ctl", ...words, "--socket", at("control"), "--json"]);
  return { status, answer: stdout === "" ? null : JSON.parse(stdout) };
}

const sids = (file: string): string[] => {
  const text = fs.existsSync(at(file)) ? fs.readFileSync(at(file), "utf8") : "";
  return [...new Set([...text.matchAll(/"signature_id":(\d+)/g)].map((match) => match[1] ?? ""))];
};

describe("a live engine", () => {
  it("answers over its control socket", () => {
    expect(ctl("iface-list").answer).toEqual({ count: 1, ifaces: [at("talks.pcap")] });
    expect(ctl("ruleset-stats").answer).toMatchObject([{ rules_loaded: 1, rules_failed: 0 }]);
    expect(ctl("iface-stat", "eth9").status).toBe(1);
    expect(shrike(["ctl", "iface-stat", "--socket", at("control")]).status).toBe(2);
  });

  it("writes events to a file and to a socket, with the prefix asked for", async () => {
    await until(() => sids("logs/eve.json").length > 0 && events.includes("\n"));
    expect(events.split("\n")[0]).toMatch(/^@cee: \{.*"signature_id":1,.*\}$/);
  });

  it("keeps the old rules when a file is broken, and takes good ones", async () => {
    fs.writeFileSync(at("test.rules"), "alert nonsense\n");
    const refused = ctl("reload-rules");
    expect([refused.status, JSON.stringify(refused.answer)]).toEqual([
      1,
      expect.stringContaining("the old rules stay"),
    ]);
    fs.writeFileSync(at("test.rules"), rule(2));
    expect(ctl("reload-rules")).toEqual({ status: 0, answer: "done" });
    await until(() => sids("logs/eve.json").includes("2"));
  });

  it("opens its logs anew on SIGHUP and loads the rules", async () => {
    fs.writeFileSync(at("test.rules"), rule(3));
    fs.renameSync(at("logs/eve.json"), at("logs/eve.old"));
    engine.kill("SIGHUP");
    await until(() => sids("logs/eve.json").includes("3"));
    expect(fs.readFileSync(at("logs/eve.old"), "utf8").endsWith("}\n")).toBe(true);
  });

  it("ends on command, flows flushed, its socket gone", async () => {
    expect(ctl("shutdown").status).toBe(0);
    await until(() => engine.exitCode !== null);
    expect(engine.exitCode).toBe(0);
    expect(fs.existsSync(at("control"))).toBe(false);
    expect(errors).toContain("packets waited");
  });
});

describe("answers of several threads", () => {
  it("are added up where they are shares, and refused when one refuses", () => {
    const ok = (message: unknown): string => JSON.stringify({ return: "OK", message });
    const sum = mergeAnswers("dump-counters", [
      ok({ uptime: 5, tcp: { syn: 1 } }),
      ok({ uptime: 6, tcp: { syn: 2 } }),
    ]);
    expect(JSON.parse(sum)).toEqual({ return: "OK", message: { uptime: 6, tcp: { syn: 3 } } });
    expect(
      JSON.parse(mergeAnswers("iface-list", [ok({ count: 1 }), ok({ count: 1 })])).message.count,
    ).toBe(1);
    const health = [ok([{ check: "a", value: 1 }]), ok([{ check: "a", value: 2 }, { check: "b" }])];
    expect(JSON.parse(mergeAnswers("health", health)).message).toEqual([
      { check: "a", value: 1, threads: [0, 1] },
      { check: "b", threads: [1] },
    ]);
    const rule = { gid: 1, signature_id: 7, checks: 2, matches: 1, ns_total: 10, ns_max: 8 };
    const profiles = [ok({ rules: [rule] }), ok({ rules: [{ ...rule, ns_max: 9 }] })];
    expect(JSON.parse(mergeAnswers("ruleset-profile", profiles)).message.rules).toEqual([
      { ...rule, checks: 4, matches: 2, ns_total: 20, ns_max: 9, ns_avg: 5, percent: 100 },
    ]);
    const refused = mergeAnswers("reload-rules", [ok("done"), '{"return":"NOK","message":"no"}']);
    expect(JSON.parse(refused)).toEqual({ return: "NOK", message: "thread 1: no" });
  });
});
