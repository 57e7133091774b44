/** The control socket from end to end: protocol, rights, commands, trouble. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlAnswers } from "../../../src/node/operation/answer-control.ts";
import { ControlClient } from "../../../src/node/operation/control-client.ts";
import { ControlServer } from "../../../src/node/operation/control-server.ts";
import { type FakeEngine, fakeEngine } from "./fake-engine.ts";

let folder: string;
let socketPath: string;
let engine: FakeEngine;
let server: ControlServer;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-control-"));
  socketPath = path.join(folder, "control.socket");
  engine = fakeEngine();
  server = await ControlServer.listen(socketPath, controlAnswers(engine));
});

afterEach(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function ask(command: string, given: Record<string, string> = {}) {
  const client = await ControlClient.connect(socketPath);
  const reply = await client.ask(command, given);
  client.close();
  return reply;
}

/** Sends texts as they are; resolves with all that came when the other side is silent for a while. */
async function raw(...texts: string[]): Promise<string> {
  const socket = net.connect(socketPath);
  let received = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    received += text;
  });
  for (const text of texts) {
    socket.write(text);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  socket.destroy();
  return received;
}

describe("the control socket", () => {
  it("only its owner may open", () => {
    expect(fs.statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  it("answers commands after the version was said, one line each", async () => {
    const text = await raw('{"version":"0.2"}\n', '{"command":"uptime"}\n');
    expect(text).toBe('{"return":"OK"}\n{"return":"OK","message":42}\n');
  });

  it("refuses commands before the version, and versions that it does not speak", async () => {
    expect(await raw('{"command":"uptime"}\n')).toContain("say the version first");
    expect(await raw('{"version":"9"}\n')).toContain('version \\"9\\" is not spoken');
  });

  it("takes messages cut anywhere, and objects without a line end", async () => {
    const text = await raw('{"versi', 'on":"0.1"}', '{"command":"ver', 'sion"}');
    expect(text).toBe('{"return":"OK"}{"return":"OK","message":"1.2.3"}');
  });

  it("says NOK to what is no JSON and goes on", async () => {
    const text = await raw('{"version":"0.2"}\n', "nonsense\n", '{"command":"uptime"}\n');
    expect(text.split("\n")[1]).toContain('"NOK"');
    expect(text.split("\n")[2]).toContain("42");
  });

  it("is not taken from an engine that still answers", async () => {
    await expect(ControlServer.listen(socketPath, controlAnswers(engine))).rejects.toThrow(
      "is in use",
    );
  });

  it("is taken over when the engine that had it died", async () => {
    const stale = path.join(folder, "stale.socket");
    const dead = net.createServer();
    await new Promise<void>((resolve) => dead.listen(stale, resolve));
    fs.renameSync(stale, `${stale}.kept`);
    await new Promise<void>((resolve) => dead.close(() => resolve()));
    fs.renameSync(`${stale}.kept`, stale);
    const next = await ControlServer.listen(stale, controlAnswers(engine));
    await next.close();
    expect(fs.existsSync(stale)).toBe(false);
  });
});

describe("commands of the control socket", () => {
  it("list themselves", async () => {
    const { message } = await ask("command-list");
    const { commands } = message as { commands: string[] };
    for (const name of ["reload-rules", "iface-stat", "dump-counters", "dataset-add", "shutdown"]) {
      expect(commands).toContain(name);
    }
  });

  it("show counters as the stats event does", async () => {
    expect((await ask("dump-counters")).message).toEqual({
      decoder: { pkts: 7 },
      tcp: { memuse: 1024 },
      detect: { engines: [{ id: 0 }] },
    });
  });

  it("show one interface by its name", async () => {
    expect((await ask("iface-stat", { iface: "eth0" })).message).toMatchObject({
      pkts: 7,
      drop: 2,
    });
    expect(await ask("iface-stat", { iface: "eth9" })).toMatchObject({ isOk: false });
    expect(await ask("iface-stat")).toEqual({
      isOk: false,
      message: 'the argument "iface" is missing',
    });
  });

  it("say why rules were not loaded", async () => {
    engine.reloadAnswer = { isDone: false, message: "rule 3 is broken" };
    expect(await ask("reload-rules")).toEqual({ isOk: false, message: "rule 3 is broken" });
  });

  it("fill and ask datasets", async () => {
    engine.datasets.open(
      { name: "bad", type: "ipv4", isReputation: false, loadPath: "", savePath: "", limitBytes: 0 },
      () => null,
    );
    const given = { setname: "bad", settype: "ipv4", datavalue: "10.0.0.1" };
    expect((await ask("dataset-lookup", given)).isOk).toBe(false);
    expect((await ask("dataset-add", given)).message).toBe("data added");
    expect((await ask("dataset-add", given)).message).toBe("data already in set");
    expect((await ask("dataset-lookup", given)).isOk).toBe(true);
    expect((await ask("dataset-remove", given)).message).toBe("data removed");
    expect((await ask("dataset-add", { ...given, settype: "md5" })).isOk).toBe(false);
    expect((await ask("dataset-add", { ...given, datavalue: "x" })).isOk).toBe(false);
  });

  it("keep limits that are fixed", async () => {
    expect(await ask("memcap-set", { config: "stream", memcap: "1gb" })).toMatchObject({
      isOk: false,
    });
    expect((await ask("memcap-show", { config: "stream" })).message).toMatchObject({
      value: "64mb",
    });
  });

  it("stop the engine and reopen its logs", async () => {
    await ask("reopen-log-files");
    await ask("shutdown");
    expect([engine.reopened, engine.stops]).toEqual([1, 1]);
  });
});
