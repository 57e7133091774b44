/** What flows leave behind: counts of the states they ended in, and transactions whose other side never came. */
import { expect, it } from "vitest";
import { applicationOf } from "../../../src/core/detect/flow-application.ts";
import { captureOfTurns } from "../../support/connection-capture.ts";
import { ethernet, ipv4, tcp, udp } from "../../support/packets/index.ts";
import { Replay } from "../../support/replay-bytes.ts";

const client = "192.0.2.1";
const server = "198.51.100.2";
const START_US = 1_700_000_000_000_000;

/** Segments of a client whose server is not seen. */
function sendOneSided(replay: Replay, requests: readonly string[]): void {
  let seq = 1000;
  let timeUs = START_US;
  const send = (flags: string, payload = ""): void => {
    const ack = flags.includes("A") ? 5000 : 0;
    const segment = tcp({
      sourcePort: 40_000,
      destinationPort: 80,
      flags,
      seq,
      ack,
      payload,
    });
    const packet = segment.over(ipv4({ source: client, destination: server })).over(ethernet());
    timeUs += 1000;
    replay.packet(packet, timeUs);
    seq += payload.length + (flags.includes("S") ? 1 : 0);
  };
  send("S");
  send("A");
  for (const request of requests) send("PA", request);
}

const openTransactions = ({ engine }: Replay): number =>
  [...engine.flows.living()].reduce(
    (sum, flow) => sum + (applicationOf(flow)?.transactions.length ?? 0),
    0,
  );

it("requests without a server to be seen wait for no answer where one side is expected", () => {
  const request = "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n";
  const rules = 'alert http any any -> any any (http.uri; content:"/a"; sid:1;)';
  const oneSided = new Replay(rules, { asyncOneSide: true });
  sendOneSided(oneSided, [request, request, request]);
  expect(oneSided.alerts).toHaveLength(3);
  expect(openTransactions(oneSided)).toBe(0);
});

it("requests whose server is seen wait for its answers", () => {
  const talk = new Replay("", { asyncOneSide: true });
  const turns = [{ from: "client", text: "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n" }] as const;
  talk.capture(captureOfTurns(turns));
  expect(openTransactions(talk)).toBe(1);
});

it("counts the states in which flows and connections ended", () => {
  const replay = new Replay("");
  replay.capture(captureOfTurns([{ from: "client", text: "hello" }], 7000));
  const opening = tcp({ sourcePort: 40_001, destinationPort: 80, flags: "S", seq: 1 });
  const datagram = udp({ sourcePort: 40_002, destinationPort: 7000, payload: "hello" });
  for (const packet of [opening, datagram]) {
    const bytes = packet.over(ipv4({ source: client, destination: server })).over(ethernet());
    replay.packet(bytes, START_US + 1_000_000);
  }
  replay.finish();
  const counters = replay.engine.counters();
  const found = [...counters].filter(
    ([name, value]) => name.startsWith("flow.end.") && value !== 0,
  );
  expect(Object.fromEntries(found)).toEqual({
    "flow.end.state.closed": 1,
    "flow.end.state.new": 2,
    "flow.end.tcp_state.closed": 1,
    "flow.end.tcp_state.syn_sent": 1,
  });
});
