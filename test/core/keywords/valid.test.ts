import { describe, expect, it } from "vitest";
import { ethernet, ipv4, udp } from "../../support/packets/index.ts";
import { Replay } from "../../support/replay-bytes.ts";
import { problem } from "./payload-harness.ts";

const UNTIL_US = Date.UTC(2030, 0, 31, 12) * 1000;
const FROM_US = Date.UTC(2029, 11, 1) * 1000;

function packet(sourcePort: number): Uint8Array {
  const datagram = udp({ sourcePort, destinationPort: 53, payload: "x" });
  return datagram.over(ipv4({ source: "10.0.0.1", destination: "10.0.1.1" })).over(ethernet());
}

/** Sids that alert on packets of these times, each of a flow of its own. */
function sidsAt(rules: string, ...timesUs: readonly number[]): number[][] {
  const replay = new Replay(rules);
  expect(replay.failed).toBe(0);
  return timesUs.map((timeUs, index) => {
    const before = replay.alerts.length;
    replay.packet(packet(1000 + index), timeUs);
    return replay.alerts.slice(before).map(({ sid }) => sid);
  });
}

describe("valid", () => {
  const rule = (sid: number, options: string, header = "udp") =>
    `alert ${header} any any -> any any (msg:"v"; ${options} sid:${sid};)`;

  it("holds from one moment on and before the other", () => {
    const rules = [
      rule(1, "valid:until 2030-01-31T12:00:00Z;"),
      rule(2, "valid:from 2029-12-01, until 2030-01-31T12:00:00Z;"),
      rule(3, "valid:from 2029-12-01T00:00Z;", "ip"),
      rule(4, ""),
    ].join("\n");
    const times = [FROM_US - 1, FROM_US, UNTIL_US - 1, UNTIL_US];
    expect(sidsAt(rules, ...times)).toEqual([
      [1, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [3, 4],
    ]);
  });

  it("leaves undone what the rule would do when it matched", () => {
    const rules = [
      rule(1, "xbits:set,seen,track ip_src; valid:until 2030-01-31T12:00:00Z;"),
      rule(2, "xbits:isset,seen,track ip_src;"),
    ].join("\n");
    expect(sidsAt(rules, UNTIL_US, UNTIL_US + 1)).toEqual([[], []]);
    expect(sidsAt(rules, UNTIL_US - 2, UNTIL_US - 1)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it("refuses what is no time", () => {
    expect(problem("valid:until tomorrow;")).toBe("bad-value");
    expect(problem("valid:until 2030-02-31T25:00Z;")).toBe("bad-value");
    expect(problem("valid:until;")).toBe("missing-value");
    expect(problem("valid:until 2030-01-01, until 2031-01-01;")).toBe("duplicate-value");
    expect(problem("valid:from 2030-01-01, until 2030-01-01;")).toBe("bad-value");
  });
});
