/** Tagged traffic: tags that the kernel takes off are put back for the engine and for the other side. */
import { createHash, randomFillSync } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/command-line.ts";
import {
  hasVlanDevices,
  mainFile,
  obstacle,
  pause,
  type Running,
  readEvents,
  sendFrames,
  WireNetwork,
} from "./network.ts";
import { writeTaggedDatagrams } from "./traffic.ts";
import { startWebServer } from "./web-server.ts";

const obstacleHere = obstacle(["curl", "nginx", "ping"]);
const problem = obstacleHere ?? (hasVlanDevices() ? null : "this kernel has no VLAN devices");
if (problem !== null) console.log(`skipped: ${problem}`);

const SERVER = "10.98.0.2";
const rules = `
alert icmp any any -> any any (msg:"request"; itype:8; sid:31;)
reject http any any -> any any (msg:"no admin"; http.uri; content:"/admin"; sid:32;)
`;

describe.skipIf(problem !== null)("shrike inline with VLAN tags", () => {
  const folder = temporaryFolder();
  const logs = path.join(folder, "logs");
  let network: WireNetwork;
  let bridge: Running;

  beforeAll(async () => {
    network = new WireNetwork();
    network.addVlan(7, "10.98.0.1", SERVER);
    startWebServer(network, folder);
    const big = randomFillSync(Buffer.alloc(20 * 1024 ** 2));
    fs.writeFileSync(path.join(folder, "www/big.bin"), big);
    fs.writeFileSync(path.join(folder, "www/admin"), "admin\n");
    fs.writeFileSync(path.join(folder, "wire.rules"), rules);
    bridge = network.shrike(
      "inline",
      "m0",
      "m1",
      "-S",
      path.join(folder, "wire.rules"),
      "-l",
      logs,
    );
    await bridge.until("bridging");
  });

  afterAll(() => {
    network?.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("lets segments that the kernel has not cut yet through, byte for byte", async () => {
    const target = path.join(folder, "got.bin");
    const url = `http://${SERVER}/big.bin`;
    const { status } = await network.runLater(network.client, "curl", "-s", "-o", target, url);
    expect(status).toBe(0);
    const digest = (file: string) =>
      createHash("sha256").update(fs.readFileSync(file)).digest("hex");
    expect(digest(target)).toBe(digest(path.join(folder, "www/big.bin")));
  });

  it("resets a connection with the tag of its packets", () => {
    const reset = 56;
    const words = ["curl", "-s", "-m", "3", `http://${SERVER}/admin`];
    expect(network.run(network.client, ...words).status).toBe(reset);
  });

  it("names the tag in its events", async () => {
    network.run(network.client, "ping", "-c", "1", "-W", "1", SERVER);
    await bridge.stop();
    const alert = readEvents(logs).find((event) => event.alert?.signature_id === 31);
    expect(alert?.["vlan"]).toEqual([7]);
    expect(alert?.["in_iface"]).toBe("m0");
  });
});

describe.skipIf(obstacleHere !== null)("tagged frames", () => {
  const folder = temporaryFolder();
  const behind = path.join(folder, "behind");
  let network: WireNetwork;

  beforeAll(() => {
    network = new WireNetwork();
    fs.writeFileSync(
      path.join(folder, "wire.rules"),
      'alert udp any any -> any any (msg:"tagged"; content:"tagged"; sid:33;)\n',
    );
  });
  afterAll(() => {
    network?.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("pass the bridge with their tags, each once and in order", async () => {
    const files = ["-S", path.join(folder, "wire.rules"), "-l"];
    const bridge = network.shrike("inline", "m0", "m1", ...files, path.join(folder, "bridge"));
    const main = [process.execPath, mainFile, "listen", "-i", "s0"] as const;
    const watcher = network.start(network.server, ...main, ...files, behind);
    await bridge.until("bridging");
    await watcher.until("watching");
    const capture = path.join(folder, "tagged.pcap");
    const count = writeTaggedDatagrams(capture, 7);
    const words = [sendFrames, "c0", "5000", `${count}`, capture];
    network.run(network.client, process.execPath, ...words);
    await pause(500);
    await bridge.stop();
    await watcher.stop();
    const alerts = readEvents(behind).filter(({ alert }) => alert?.signature_id === 33);
    expect(alerts.map((event) => event["vlan"])).toEqual(Array(count).fill([7]));
    const ports = alerts.map((event) => event["src_port"]);
    expect(ports).toEqual(Array.from({ length: count }, (_, i) => 10_000 + i));
  });
});
