/** The metrics page: its text, its one path, its address. */
import { describe, expect, it } from "vitest";
import { MetricsServer, parseMetricsAddress } from "../../../src/node/operation/metrics-server.ts";
import { metricsText } from "../../../src/node/operation/metrics-text.ts";
import { fakeEngine } from "./fake-engine.ts";

describe("the metrics text", () => {
  const text = metricsText(fakeEngine());

  it("has a type and a value for each counter, with interfaces as labels", () => {
    expect(text).toContain(
      'shrike_interface_kernel_drops_total{interface="eth0",driver="capture"} 2\n',
    );
    expect(text).toContain(
      "# TYPE shrike_decoder_pkts_total counter\nshrike_decoder_pkts_total 7\n",
    );
    expect(text).toContain("# TYPE shrike_tcp_memuse gauge\nshrike_tcp_memuse 1024\n");
  });

  it("names each family once and holds well-formed lines alone", () => {
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    expect(new Set(names).size).toBe(names.length);
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z][a-zA-Z_0-9]*(\{[^}]*\})? [0-9.e+-]+)$/,
      );
    }
  });
});

describe("the metrics page", () => {
  it("answers GET /metrics alone, on this machine by default", async () => {
    const address = parseMetricsAddress("0");
    expect(address).toEqual({ host: "127.0.0.1", port: 0 });
    const page = await MetricsServer.listen(address ?? { host: "", port: 0 }, fakeEngine());
    const base = `http://127.0.0.1:${page.port}`;
    const found = await fetch(`${base}/metrics`);
    expect(found.headers.get("content-type")).toContain("version=0.0.4");
    expect(await found.text()).toContain("shrike_uptime_seconds 42");
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: "POST" })).status).toBe(405);
    await page.close();
  });

  it("takes a port, or a host and a port", () => {
    expect(parseMetricsAddress("[::1]:9100")).toEqual({ host: "::1", port: 9100 });
    expect(parseMetricsAddress("0.0.0.0:9100")).toEqual({ host: "0.0.0.0", port: 9100 });
    expect(parseMetricsAddress("70000")).toBeNull();
    expect(parseMetricsAddress("a b:1")).toBeNull();
  });
});
