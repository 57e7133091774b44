/** The bridge between a real client and a real server: what passes, what is stopped, reset, answered and changed. */
import { createHash, randomFillSync } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/command-line.ts";
import {
  alertSids,
  lastStats,
  obstacle,
  type Running,
  serverAddress,
  WireNetwork,
} from "./network.ts";
import { startWebServer } from "./web-server.ts";

const problem = obstacle(["curl", "nginx", "dig", "dnsmasq"]);
if (problem !== null) console.log(`skipped: ${problem}`);

const DOWNLOAD_BYTES = 200 * 1024 ** 2;
const rules = `
drop http any any -> any any (msg:"no secret"; http.uri; content:"/secret"; sid:11;)
reject http any any -> any any (msg:"no admin"; http.uri; content:"/admin"; sid:12;)
alert tcp any any -> any any (msg:"changed"; content:"passw0rd"; replace:"xxxxxxxx"; sid:13;)
rejectboth tcp any any -> any 8081 (msg:"no 8081"; sid:14;)
drop dns any any -> any any (msg:"no blocked name"; dns.query; content:"blocked.example"; sid:15;)
reject udp any any -> any 9999 (msg:"no 9999"; sid:16;)
pass http any any -> any any (msg:"trusted"; http.uri; content:"/secret-but-trusted"; sid:17;)
`;

describe.skipIf(problem !== null)("shrike inline", () => {
  const folder = temporaryFolder();
  const logs = path.join(folder, "logs");
  let network: WireNetwork;
  let bridge: Running;

  beforeAll(async () => {
    network = new WireNetwork();
    startWebServer(network, folder);
    const www = path.join(folder, "www");
    fs.writeFileSync(path.join(www, "big.bin"), randomFillSync(Buffer.alloc(DOWNLOAD_BYTES)));
    for (const name of ["ok", "secret", "admin", "secret-but-trusted"]) {
      fs.writeFileSync(path.join(www, name), `${name}\n`);
    }
    fs.writeFileSync(path.join(www, "account"), "user: shrike, passw0rd: hunter2\n");
    const names = ["--address=/blocked.example/192.0.2.1", "--address=/allowed.example/192.0.2.2"];
    network.start(network.server, "dnsmasq", "-k", "-C", "/dev/null", "--user=root", ...names);
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

  const get = (name: string, ...more: string[]) =>
    network.run(
      network.client,
      "curl",
      "-s",
      "-m",
      "3",
      ...more,
      `http://${serverAddress}/${name}`,
    );

  it("lets a download of 200 MB through, byte for byte", async () => {
    const target = path.join(folder, "got.bin");
    const url = `http://${serverAddress}/big.bin`;
    const { status } = await network.runLater(network.client, "curl", "-s", "-o", target, url);
    expect(status).toBe(0);
    const digest = (file: string) =>
      createHash("sha256").update(fs.readFileSync(file)).digest("hex");
    expect(digest(target)).toBe(digest(path.join(folder, "www/big.bin")));
  });

  it("stops exactly the request that a drop rule names", () => {
    expect(get("ok").output).toBe("ok\n");
    const timedOut = 28;
    expect(get("secret", "-m", "1").status).toBe(timedOut);
    expect(get("ok").output).toBe("ok\n");
  });

  it("lets through what a pass rule names", () => {
    expect(get("secret-but-trusted").output).toBe("secret-but-trusted\n");
  });

  it("resets a rejected request at once", () => {
    const started = Date.now();
    const reset = 56;
    expect(get("admin").status).toBe(reset);
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it("resets both ends of a rejected connection", () => {
    const refused = 7;
    const url = `http://${serverAddress}:8081/ok`;
    const { status } = network.run(network.client, "curl", "-s", "-m", "3", url);
    expect(status).toBe(refused);
  });

  it("changes content and the client takes it", () => {
    expect(get("account").output).toBe("user: shrike, xxxxxxxx: hunter2\n");
  });

  it("stops the lookup of one name and no other", () => {
    const lookup = (name: string) =>
      network.run(
        network.client,
        "dig",
        `@${serverAddress}`,
        "+time=1",
        "+tries=1",
        "+short",
        name,
      );
    expect(lookup("allowed.example").output.trim()).toBe("192.0.2.2");
    expect(lookup("blocked.example").output).toContain("timed out");
  });

  it("answers a rejected datagram with an ICMP error", () => {
    const script = `const s=require("dgram").createSocket("udp4");s.on("error",e=>{console.log(e.code);process.exit()});
      s.connect(9999,"${serverAddress}",()=>{s.send("x");setTimeout(()=>s.send("y"),200);setTimeout(()=>process.exit(),1500)})`;
    const { output } = network.run(network.client, process.execPath, "-e", script);
    expect(output).toContain("EHOSTUNREACH");
  });

  it("tells of all of it in valid lines, and loses no packet", async () => {
    expect(await bridge.stop()).toBe(0);
    const sids = alertSids(logs);
    for (const sid of [11, 12, 13, 14, 15, 16]) expect(sids).toContain(sid);
    const { capture, ips } = lastStats(logs);
    expect(capture?.["kernel_drops"]).toBe(0);
    expect(capture?.["afpacket"]).toEqual({ send_errors: 0 });
    expect(ips?.["replaced"]).toBe(1);
  });
});
