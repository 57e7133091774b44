import { expect, it } from "vitest";
import { RuleTimes } from "../../../src/core/detect/rule-times.ts";
import { captureOfTurns } from "../../support/connection-capture.ts";
import { Replay } from "../../support/replay-bytes.ts";

const conversation = captureOfTurns([
  { from: "client", text: "GET /one HTTP/1.1\r\nHost: a.example\r\n\r\n" },
  { from: "server", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
]);

const rules = `
alert tcp any any -> any any (content:"GET /one"; sid:1; rev:3;)
alert tcp any any -> any any (content:"GET /one"; content:"/two"; sid:2;)
alert http any any -> any any (http.uri; content:"/one"; sid:3;)
alert http any any -> any any (frame:http1.request; content:"a.example"; sid:4;)
alert tcp any any -> any any (content:"nowhere"; sid:5;)`;

/** Each look at the clock is a millisecond later than the one before. */
function tickingTimes(): RuleTimes {
  let nowMs = 0;
  return new RuleTimes(() => nowMs++);
}

it("counts looks and matches of rules over packets, transactions and frames", () => {
  const replay = new Replay(rules);
  const times = tickingTimes();
  times.attach(replay.engine.detector!);
  replay.capture(conversation);
  replay.finish();
  expect(replay.alerts.map(({ sid }) => sid).sort()).toEqual([1, 3, 4]);
  const rows = times.list();
  for (const { checks, totalMs, maxMs } of rows) {
    expect(totalMs).toBe(checks);
    expect(maxMs).toBe(1);
  }
  const matches = rows.map(({ sid, matches }) => [sid, matches] as const);
  expect(new Map(matches)).toEqual(
    new Map([
      [1, 1],
      [2, 0],
      [3, 1],
      [4, 1],
    ]),
  );
  expect(rows.find(({ sid }) => sid === 1)?.revision).toBe(3);
});

it("stops when it is detached, and adds up over detectors", () => {
  const replay = new Replay(rules);
  const times = tickingTimes();
  const checks = (): number => times.list().find(({ sid }) => sid === 2)?.checks ?? 0;
  times.attach(replay.engine.detector!);
  replay.capture(conversation);
  replay.finish();
  const once = checks();
  expect(once).toBeGreaterThan(0);
  times.detach();
  replay.capture(conversation);
  replay.finish();
  expect(replay.alerts.length).toBe(6);
  expect(checks()).toBe(once);
  const other = new Replay(rules);
  times.attach(other.engine.detector!);
  other.capture(conversation);
  expect(checks()).toBe(2 * once);
});

it("leaves the detector as it was", () => {
  const replay = new Replay(rules);
  const times = tickingTimes();
  times.attach(replay.engine.detector!);
  times.detach();
  replay.capture(conversation);
  expect(replay.alerts.map(({ sid }) => sid).sort()).toEqual([1, 3, 4]);
  expect(times.list()).toEqual([]);
});
