/** shrike replay with a store of files, as it ships: what is stored, what events say of it, what is refused. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, temporaryFolder } from "../support/command-line.ts";
import { Traffic } from "../support/traffic.ts";

const first = "a".repeat(9000);
const second = "MZ second file";
const digest = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
let folder = "";
let capture = "";
let runs = 0;

beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  const traffic = new Traffic();
  for (const [index, body] of [first, second].entries()) {
    traffic.connection({
      client: "10.0.0.1",
      server: "10.0.0.2",
      port: 80,
      at: 1_700_000_000 + index,
      request: `GET /file${index}.bin HTTP/1.1\r\nHost: files.example\r\n\r\n`,
      response: `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    });
  }
  capture = path.join(folder, "files.pcap");
  fs.writeFileSync(capture, traffic.capture());
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

interface FileEvent {
  readonly event_type: string;
  readonly fileinfo?: Record<string, unknown>;
}

function run(rules: string, fileStore: string) {
  const out = path.join(folder, `out-${++runs}`);
  const config = path.join(folder, `config-${runs}.yaml`);
  const ruleFile = path.join(folder, `rules-${runs}.rules`);
  fs.writeFileSync(
    config,
    `%YAML 1.1\n---\noutputs:\n  - eve-log:\n      enabled: yes\n      types: [files, stats]\n${fileStore}`,
  );
  fs.writeFileSync(ruleFile, rules);
  const result = shrike(["replay", capture, "-S", ruleFile, "-c", config, "-l", out]);
  const log = path.join(out, "eve.json");
  const lines = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : [];
  const events: FileEvent[] = lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  const infos = events.flatMap(({ fileinfo }) => (fileinfo === undefined ? [] : [fileinfo]));
  const kept = (text: string) => {
    const name = path.join(out, "filestore", digest(text).slice(0, 2), digest(text));
    return fs.existsSync(name) ? fs.readFileSync(name, "latin1") : null;
  };
  return { ...result, events, infos, kept };
}

const STORE = "  - file-store:\n      version: 2\n      enabled: yes\n";

describe("the store of files", () => {
  it("keeps the file that a rule asked for, whole, though the rule decided late", () => {
    const rule = 'alert http any any -> any any (file.data; content:"MZ"; filestore; sid:7;)\n';
    const { infos, kept, status } = run(rule, STORE);
    expect(status).toBe(0);
    expect(kept(second)).toBe(second);
    expect(kept(first)).toBe(null);
    const [one, two] = infos.toSorted((a, b) => Number(a["stored"]) - Number(b["stored"]));
    expect(one).toMatchObject({ filename: "/file0.bin", stored: false });
    expect(two).toMatchObject({ filename: "/file1.bin", stored: true, file_id: 1, sid: [7] });
  });

  it("keeps a file that is larger than what is inspected when a rule wants it", () => {
    const rule = "alert http any any -> any any (filestore; sid:1;)\n";
    const { kept } = run(rule, STORE);
    expect(kept(first)).toBe(first);
  });

  it("keeps nothing of a direction that the rule left out", () => {
    const rule =
      'alert http any any -> any any (flow:to_client; http.stat_code; content:"200"; filestore:request,file; sid:1;)\n';
    const { kept, infos } = run(rule, STORE);
    expect(kept(second)).toBe(null);
    expect(infos.map(({ stored }) => stored)).toEqual([false, false]);
  });

  it("keeps every file when forced, with its record beside it", () => {
    const { kept, infos } = run(
      "",
      `${STORE}      force-filestore: yes\n      write-fileinfo: yes\n`,
    );
    expect(kept(second)).toBe(second);
    expect(infos.every(({ stored }) => stored === true)).toBe(true);
  });

  it("says what every file is when asked, or how to add what can", () => {
    const { infos, stderr } = run(
      "",
      `${STORE}      force-filestore: yes\n      force-magic: yes\n`,
    );
    const words = infos.map(({ magic }) => magic).toSorted();
    if (stderr.includes("npm install wasmagic")) expect(words).toEqual([undefined, undefined]);
    else {
      expect(words).toEqual([
        "ASCII text, with no line terminators",
        "ASCII text, with very long lines (4096), with no line terminators",
      ]);
    }
  });

  it("is refused twice, and in its first version", () => {
    expect(run("", STORE + STORE)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("another file-store is enabled already"),
    });
    expect(run("", "  - file-store:\n      enabled: yes\n")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("version 1 of the file store is gone"),
    });
  });
});
