/**
 * A small network of namespaces for one test file: a client, the machine in the middle with two interfaces, a server.
 *
 *   client c0 (10.99.0.1) ── m0 middle m1 ── s0 (10.99.0.2) server
 *
 * Needs root and iproute2; nothing outside of the namespaces is touched.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const top = path.resolve(import.meta.dirname, "../..");
export const mainFile = path.join(top, "dist/cli/main.js");
export const sendFrames = path.join(import.meta.dirname, "send-frames.mjs");
export const clientAddress = "10.99.0.1";
export const serverAddress = "10.99.0.2";

/** Why the tests cannot run here, in one line; null when they can. */
export function obstacle(tools: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return "wire tests need root";
  if (!fs.existsSync(mainFile)) return "wire tests need the build: npm run build";
  if (!fs.existsSync(path.join(top, "dist/native/shrike.node"))) {
    return "wire tests need the native addon: npm run build:native";
  }
  const missing = ["ip", ...tools].filter((tool) => spawnSync("which", [tool]).status !== 0);
  if (missing.length > 0) return `wire tests need ${missing.join(", ")}`;
  const probe = `shrike-probe-${process.pid}`;
  const isAllowed = spawnSync("ip", ["netns", "add", probe]).status === 0;
  if (isAllowed) spawnSync("ip", ["netns", "del", probe]);
  return isAllowed ? null : "wire tests need network namespaces";
}

/** Whether this kernel can make tagged interfaces. */
export function hasVlanDevices(): boolean {
  const name = `shrike-v-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return false;
  const words = ["-n", name, "link", "add", "link", "lo", "name", "v1", "type", "vlan", "id", "1"];
  const { stderr } = spawnSync("ip", words);
  spawnSync("ip", ["netns", "del", name]);
  return !/Unknown device type/.test(`${stderr}`);
}

export interface Result {
  readonly status: number | null;
  readonly output: string;
}

export class WireNetwork {
  readonly client = `shrike-c-${process.pid}`;
  readonly middle = `shrike-m-${process.pid}`;
  readonly server = `shrike-s-${process.pid}`;
  private readonly started: ChildProcess[] = [];

  constructor() {
    for (const name of [this.client, this.middle, this.server]) ip("netns", "add", name);
    ip(
      "link",
      "add",
      "c0",
      "netns",
      this.client,
      "type",
      "veth",
      "peer",
      "m0",
      "netns",
      this.middle,
    );
    ip(
      "link",
      "add",
      "s0",
      "netns",
      this.server,
      "type",
      "veth",
      "peer",
      "m1",
      "netns",
      this.middle,
    );
    for (const [name, device] of this.devices()) {
      this.run(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
      ip("-n", name, "link", "set", device, "up");
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip("-n", this.client, "addr", "add", `${clientAddress}/24`, "dev", "c0");
    ip("-n", this.server, "addr", "add", `${serverAddress}/24`, "dev", "s0");
  }

  /** Runs a command in a namespace to its end. */
  run(namespace: string, ...words: string[]): Result {
    const { status, stdout, stderr } = spawnSync("ip", ["netns", "exec", namespace, ...words], {
      maxBuffer: 256 * 1024 ** 2,
      timeout: 60_000,
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** The same without holding up this process. */
  async runLater(namespace: string, ...words: string[]): Promise<Result> {
    const child = spawn("ip", ["netns", "exec", namespace, ...words]);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => (output += data));
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { status, output };
  }

  /** Leaves a command running; `close` ends it. */
  start(namespace: string, ...words: string[]): Running {
    const running = new Running(spawn("ip", ["netns", "exec", namespace, ...words]));
    this.started.push(running.child);
    return running;
  }

  shrike(...words: string[]): Running {
    return this.start(this.middle, process.execPath, mainFile, ...words);
  }

  /** A tagged network beside the plain one. */
  addVlan(id: number, client: string, server: string): void {
    for (const [name, device, address] of [
      [this.client, "c0", client],
      [this.server, "s0", server],
    ] as const) {
      const tagged = `${device}.${id}`;
      ip("-n", name, "link", "add", "link", device, "name", tagged, "type", "vlan", "id", `${id}`);
      ip("-n", name, "addr", "add", `${address}/24`, "dev", tagged);
      ip("-n", name, "link", "set", tagged, "up");
    }
  }

  /** Joins the two sides with a bridge of the kernel, for comparison. */
  bridgeByKernel(): void {
    ip("-n", this.middle, "link", "add", "br0", "type", "bridge");
    ip("-n", this.middle, "link", "set", "br0", "up");
    for (const device of ["m0", "m1"])
      ip("-n", this.middle, "link", "set", device, "master", "br0");
  }

  unbridge(): void {
    ip("-n", this.middle, "link", "del", "br0");
  }

  close(): void {
    for (const child of this.started) killWithChildren(child);
    for (const name of [this.client, this.middle, this.server]) ip("netns", "del", name);
  }

  devices(): readonly (readonly [string, string])[] {
    return [
      [this.client, "c0"],
      [this.middle, "m0"],
      [this.middle, "m1"],
      [this.server, "s0"],
    ];
  }
}

/** A process and what it has printed. */
export class Running {
  readonly child: ChildProcess;
  output = "";

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => (this.output += data));
    }
  }

  /** Waits for a text in the output, `count` times. Throws with the output when it does not come. */
  async until(text: string, timeoutMs = 60_000, count = 1): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (this.output.split(text).length <= count) {
      if (Date.now() > endMs || this.child.exitCode !== null) {
        throw new Error(`no "${text}" in: ${this.output}`);
      }
      await pause(20);
    }
  }

  /** Waits until it ends by itself. Returns the exit code. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    return await new Promise((resolve) => this.child.once("close", resolve));
  }

  /** Asks it to stop and waits for the end. Returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const closed = new Promise<number | null>((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGINT");
    return await closed;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Memory of a process that is in use. */
export function residentBytes(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, "latin1");
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]);
}

export function descriptorCount(pid: number): number {
  return fs.readdirSync(`/proc/${pid}/fd`).length;
}

export interface EveEvent {
  readonly event_type: string;
  readonly alert?: { readonly signature_id: number };
  readonly [field: string]: unknown;
}

/** Every line of the log; throws when one is not JSON. */
export function readEvents(folder: string): readonly EveEvent[] {
  const text = fs.readFileSync(path.join(folder, "eve.json"), "utf8");
  if (text !== "" && !text.endsWith("\n")) throw new Error("the log ends in a torn line");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EveEvent);
}

/** The counters of the last stats event, by their first name. */
export function lastStats(folder: string): Readonly<Record<string, Record<string, unknown>>> {
  const event = readEvents(folder).findLast(({ event_type: type }) => type === "stats");
  if (event === undefined) throw new Error("no stats event");
  return event["stats"] as Readonly<Record<string, Record<string, unknown>>>;
}

/** Sids of the alerts, sorted. */
export function alertSids(folder: string): readonly number[] {
  const sids = readEvents(folder).map((event) => event.alert?.signature_id ?? 0);
  return sids.filter((sid) => sid > 0).sort((a, b) => a - b);
}

function ip(...words: string[]): void {
  const { status, stderr } = spawnSync("ip", words);
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
}

/** A guard's engine outlives its guard by design: it is ended too. */
function killWithChildren(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const list = `/proc/${child.pid}/task/${child.pid}/children`;
  const children = fs.existsSync(list) ? fs.readFileSync(list, "latin1").trim().split(" ") : [];
  child.kill("SIGKILL");
  for (const pid of children) if (pid !== "") process.kill(Number(pid), "SIGKILL");
}
