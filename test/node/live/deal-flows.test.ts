/** Packets of a capture go to threads by their addresses, in both directions alike. */
import { describe, expect, it } from "vitest";
import { dealPacket } from "../../../src/node/live/deal-flows.ts";
import { ethernet, ipv4, ipv6, tcp, vlan } from "../../support/packets/index.ts";

function deal(bytes: Uint8Array, linkType = 1): number {
  return dealPacket(bytes, { start: 0, end: bytes.length, linkType }, 4);
}

describe("a packet of a capture", () => {
  it("goes to the thread of the packets that answer it", () => {
    for (let host = 0; host < 50; host++) {
      const [source, destination] = [`10.0.${host}.1`, `192.0.2.${host}`];
      const there = tcp().over(ipv4({ source, destination }).over(ethernet()));
      const back = tcp().over(ipv4({ source: destination, destination: source }).over(ethernet()));
      expect(deal(back)).toBe(deal(there));
      const tagged = tcp().over(ipv4({ source, destination }).over(vlan().over(ethernet())));
      expect(deal(tagged)).toBe(deal(there));
    }
  });

  it("goes to any of the threads", () => {
    const of4 = Array.from({ length: 64 }, (_, i) =>
      deal(tcp().over(ipv4({ source: `10.0.0.${i}` }).over(ethernet()))),
    );
    expect(new Set(of4).size).toBe(4);
    const of6 = Array.from({ length: 64 }, (_, i) =>
      deal(tcp().over(ipv6({ source: `2001:db8::${i + 1}` }).over(ethernet()))),
    );
    expect(new Set(of6).size).toBe(4);
  });

  it("goes to the first thread when it is cut off, or not IP", () => {
    const whole = tcp().over(ipv4({}).over(ethernet()));
    for (let length = 0; length < 34; length++) expect(deal(whole.slice(0, length))).toBe(0);
    expect(deal(whole, 105)).toBe(0);
  });
});
