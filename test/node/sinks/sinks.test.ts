/** Where lines go: files that rotate, sockets whose readers come and go, datagrams, syslog. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasDatagrams, UnixDatagrams } from "../../../src/node/sinks/datagrams.ts";
import { LineFile } from "../../../src/node/sinks/line-file.ts";
import { parseInterval, RotatingFile, timedName } from "../../../src/node/sinks/rotating-file.ts";
import { syslogPriority } from "../../../src/node/sinks/syslog.ts";
import { UnixStream } from "../../../src/node/sinks/unix-stream.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-sinks-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");

describe("a line file", () => {
  it("opened anew goes on under its name; what was moved away keeps whole lines", () => {
    const file = new LineFile(path.join(folder, "eve.json"), "a");
    file.write("one");
    fs.renameSync(path.join(folder, "eve.json"), path.join(folder, "eve.old"));
    file.write("two");
    file.reopen();
    file.write("three");
    file.close();
    expect([read("eve.old"), read("eve.json")]).toEqual(["one\ntwo\n", "three\n"]);
  });
});

describe("a rotating file", () => {
  it("begins a new file at each interval of the clock, named after the time", () => {
    let nowMs = Date.UTC(2026, 0, 31, 22, 59, 50);
    const file = new RotatingFile(folder, "eve-%Y-%m-%d-%H.json", 3600, "a", () => nowMs);
    file.write("before");
    nowMs += 20_000;
    file.write("after");
    file.close();
    expect(read("eve-2026-01-31-22.json")).toBe("before\n");
    expect(read("eve-2026-01-31-23.json")).toBe("after\n");
  });

  it("turns without a line, too, and goes on in one file without a pattern", () => {
    let nowMs = 0;
    const file = new RotatingFile(folder, "eve.json", 60, "a", () => nowMs);
    file.write("a");
    fs.renameSync(path.join(folder, "eve.json"), path.join(folder, "eve.1"));
    nowMs = 61_000;
    file.flush();
    file.write("b");
    file.close();
    expect([read("eve.1"), read("eve.json")]).toEqual(["a\n", "b\n"]);
  });

  it("reads Suricata's words for intervals and the letters of names", () => {
    expect(["minute", "hour", "day", "30s", "15m", "2h", "0s", "often"].map(parseInterval)).toEqual(
      [60, 3600, 86_400, 30, 900, 7200, null, null],
    );
    expect(timedName("%s-%%-%S-%Q", 12_000)).toBe("12-%-12-%Q");
  });
});

/** Listens and gathers what comes. */
function reader(at: string): { server: net.Server; text: () => string; end(): Promise<void> } {
  let text = "";
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding("utf8");
    socket.on("data", (more: string) => {
      text += more;
    });
    socket.on("error", () => {});
  });
  server.listen(at);
  return {
    server,
    text: () => text,
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!holds() && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("lines to a Unix socket", () => {
  it("wait for a reader that comes late, and for one that comes back", async () => {
    const at = path.join(folder, "eve.socket");
    const told: string[] = [];
    const sink = new UnixStream(at, (line) => told.push(line));
    sink.write("early");
    await until(() => told.length > 0);
    const first = reader(at);
    await until(() => {
      sink.flush();
      return first.text() === "early\n";
    });
    expect(first.text()).toBe("early\n");
    await first.end();
    await until(() => told.length > 1 || !fs.existsSync(at));
    sink.write("later");
    const second = reader(at);
    await until(() => {
      sink.flush();
      return second.text() !== "";
    });
    expect(second.text()).toBe("later\n");
    sink.close();
    await second.end();
    expect(sink.lostLines).toBe(0);
  });

  it("are given up and counted when too many wait", () => {
    const sink = new UnixStream(path.join(folder, "nobody"), () => {}, 100);
    for (let i = 0; i < 30; i++) sink.write("123456789");
    expect([sink.queuedLines, sink.lostLines]).toEqual([10, 20]);
    sink.close();
  });
});

describe.skipIf(!hasDatagrams())("lines as datagrams", () => {
  it("are counted as lost when nobody has the socket, and when a file is in its place", () => {
    fs.writeFileSync(path.join(folder, "plain"), "");
    for (const name of ["nobody", "plain"]) {
      const sink = new UnixDatagrams(path.join(folder, name));
      sink.write("x");
      sink.write("y");
      expect(sink.lostLines).toBe(2);
      sink.close();
    }
  });
});

describe("syslog", () => {
  it("knows its words", () => {
    expect(syslogPriority("local5", "Info")).toBe(174);
    expect(syslogPriority("daemon", "critical")).toBe(26);
    expect(syslogPriority("local9", "info")).toBeNull();
  });
});
