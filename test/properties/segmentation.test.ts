/**
 * The same bytes raise the same alerts, however a connection cuts, orders and repeats them: the whole engine, from
 * a capture to its alerts.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePcap } from "../../src/core/pcap/writer.ts";
import { ethernet, ipv4, tcp } from "../support/packets/index.ts";
import { replayBytes } from "../support/replay-bytes.ts";

const rules = `
alert tcp any any -> any 80 (msg:"in the stream"; flow:to_server; content:"first|20|needle"; sid:1;)
alert tcp any any -> any 80 (msg:"a chain"; flow:to_server,established; content:"alpha"; content:"omega"; distance:1; within:40; sid:2;)
alert tcp any any -> any 80 (msg:"an expression"; flow:to_server; pcre:"/user=[a-z]{4,9}&role=root/"; sid:3;)
alert tcp-stream any any -> any 80 (msg:"only the stream"; content:"second needle"; sid:4;)
alert tcp any any -> any 80 (msg:"nowhere"; flow:to_server; content:"third needle"; sid:5;)
alert tcp any any -> any 80 (msg:"the start"; flow:to_server; content:"POST /upload"; startswith; sid:6;)
alert http any any -> any any (msg:"a path"; http.uri; content:"/upload"; sid:7;)
alert http any any -> any any (msg:"a field"; http.user_agent; content:"Needlework/2"; sid:8;)
alert http1 any any -> any any (msg:"a frame"; frame:request; content:"POST"; startswith; content:"the rest."; endswith; sid:9;)
`;

const body =
  "first needle, alpha and then omega, user=mallory&role=root, the second needle and the rest.";
const request = [
  "POST /upload?x=1 HTTP/1.1",
  "Host: example.org",
  "User-Agent: Needlework/2.1",
  `Content-Length: ${body.length}`,
  "",
  body,
].join("\r\n");

const CLIENT_FIRST = 1000;
const SERVER_FIRST = 5000;

interface Plan {
  /** Places to cut at. */
  readonly cuts: readonly number[];
  /** Sort keys of the pieces: their order on the wire. */
  readonly order: readonly number[];
  /** Pieces that come twice: [start, length]. */
  readonly repeats: readonly (readonly [number, number])[];
  /** The server acknowledges what is complete after every so many pieces. */
  readonly ackEvery: number;
  readonly isn: number;
}

class Wire {
  readonly packets: { bytes: Uint8Array; timeUs: number }[] = [];
  private timeUs = 1_700_000_000_000_000;

  send(fromClient: boolean, flags: string, seq: number, ack: number, payload = ""): void {
    const ports = fromClient
      ? { sourcePort: 40_000, destinationPort: 80 }
      : { sourcePort: 80, destinationPort: 40_000 };
    const ends = fromClient
      ? { source: "10.0.0.1", destination: "10.0.0.2" }
      : { source: "10.0.0.2", destination: "10.0.0.1" };
    const bytes = tcp({ ...ports, flags, seq, ack: ack >>> 0, payload })
      .over(ipv4(ends))
      .over(ethernet());
    this.timeUs += 1000;
    this.packets.push({ bytes, timeUs: this.timeUs });
  }
}

function captureOf({ cuts, order, repeats, ackEvery, isn }: Plan): Uint8Array {
  const wire = new Wire();
  const first = (isn + 1) | 0;
  wire.send(true, "S", isn, 0);
  wire.send(false, "SA", SERVER_FIRST, first);
  wire.send(true, "A", first, SERVER_FIRST + 1);
  const places = [...new Set([0, ...cuts.map((cut) => cut % request.length), request.length])];
  places.sort((a, b) => a - b);
  const pieces: { start: number; end: number; key: number }[] = [];
  for (let i = 0; i + 1 < places.length; i++) {
    pieces.push({ start: places[i]!, end: places[i + 1]!, key: order[i % order.length]! });
  }
  for (const [start, length] of repeats) {
    const from = start % request.length;
    const end = Math.min(from + length, request.length);
    pieces.push({ start: from, end, key: order[pieces.length % order.length]! });
  }
  pieces.sort((a, b) => a.key - b.key);
  const seen = new Uint8Array(request.length);
  pieces.forEach(({ start, end }, index) => {
    wire.send(true, "PA", first + start, SERVER_FIRST + 1, request.slice(start, end));
    seen.fill(1, start, end);
    if ((index + 1) % ackEvery !== 0) return;
    const missing = seen.indexOf(0);
    const whole = missing < 0 ? request.length : missing;
    wire.send(false, "A", SERVER_FIRST + 1, first + whole);
  });
  const last = (first + request.length) | 0;
  wire.send(false, "A", SERVER_FIRST + 1, last);
  wire.send(true, "FA", last, SERVER_FIRST + 1);
  wire.send(false, "FA", SERVER_FIRST + 1, last + 1);
  wire.send(true, "A", last + 1, SERVER_FIRST + 2);
  return encodePcap(wire.packets, 1);
}

function alertsOf(plan: Plan, inline: boolean): number[] {
  const { alerts, failed } = replayBytes(captureOf(plan), rules, { inline });
  expect(failed).toBe(0);
  return [...new Set(alerts.map(({ sid }) => sid))].sort((a, b) => a - b);
}

describe("segmentation", () => {
  const plain: Plan = { cuts: [], order: [0], repeats: [], ackEvery: 1, isn: CLIENT_FIRST };
  const expected = [1, 2, 3, 4, 6, 7, 8, 9];

  it("of one segment raises the alerts of its bytes", () => {
    expect(alertsOf(plain, false)).toEqual(expected);
    expect(alertsOf(plain, true)).toEqual(expected);
  });

  it("into single bytes, last first, raises the same", () => {
    const cuts = Array.from({ length: request.length }, (_, i) => i);
    const plan = { ...plain, cuts: cuts.filter((i) => i % 2 === 0), order: cuts.map((i) => -i) };
    expect(alertsOf({ ...plan, ackEvery: 1000 }, false)).toEqual(expected);
  });

  it("does not change the alerts, whatever is cut, swapped and repeated", () => {
    const plans = fc.record({
      cuts: fc.array(fc.nat(request.length - 1), { maxLength: 24 }),
      order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
      repeats: fc.array(fc.tuple(fc.nat(request.length - 1), fc.integer({ min: 1, max: 90 })), {
        maxLength: 8,
      }),
      ackEvery: fc.integer({ min: 1, max: 12 }),
      isn: fc.integer(),
    });
    fc.assert(
      fc.property(plans, (plan) => {
        expect(alertsOf(plan, false)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("does not change the alerts inline", () => {
    const plans = fc.record({
      cuts: fc.array(fc.nat(request.length - 1), { maxLength: 24 }),
      repeats: fc.array(fc.tuple(fc.nat(request.length - 1), fc.integer({ min: 1, max: 90 })), {
        maxLength: 8,
      }),
      order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
      isn: fc.integer(),
    });
    fc.assert(
      fc.property(plans, (plan) => {
        expect(alertsOf({ ...plan, ackEvery: 3 }, true)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
