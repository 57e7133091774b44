/** Verification of checksums: right ones, wrong ones, and what cannot be verified. */
import { describe, expect, it } from "vitest";
import { internetChecksum } from "../../../src/core/bytes/checksum.ts";
import { verifyIpChecksum, verifyTransportChecksum } from "../../../src/core/layers/checksums.ts";
import { ChecksumState } from "../../../src/core/layers/packet.ts";
import {
  ethernet,
  fragmentHeader,
  hopByHopOptions,
  icmpv4,
  icmpv6,
  igmp,
  ipv4,
  ipv6,
  raw,
  sctp,
  tcp,
  udp,
  type Wire,
} from "../../support/packets/index.ts";
import { DecodeHarness } from "./harness.ts";

function verify(wire: Wire): { ip: number; transport: number } {
  const harness = new DecodeHarness();
  const { bytes } = harness.arena;
  harness.decode(wire.over(ethernet()));
  const kernel = {
    checksum: (start: number, end: number, initial: number) =>
      internetChecksum(bytes, start, end, initial),
  };
  return {
    ip: verifyIpChecksum(harness.packet, kernel),
    transport: verifyTransportChecksum(bytes, harness.packet, kernel),
  };
}

const { valid, invalid, unknown } = ChecksumState;

describe("checksums", () => {
  it("of the IPv4 header", () => {
    expect(verify(udp().over(ipv4())).ip).toBe(valid);
    expect(verify(udp().over(ipv4({ checksum: 1 }))).ip).toBe(invalid);
    expect(verify(udp().over(ipv4({ options: "\x94\x04\0\0" }))).ip).toBe(valid);
    expect(verify(udp().over(ipv6())).ip).toBe(unknown);
  });

  const layers: [string, Wire, Wire, number, number][] = [
    ["TCP over IPv4", tcp({ payload: "odd" }), tcp({ checksum: 1 }), valid, invalid],
    ["UDP over IPv4", udp({ payload: "odd" }), udp({ checksum: 1 }), valid, invalid],
    ["UDP that was sent without one", udp({ checksum: 0 }), udp({ checksum: 0 }), unknown, unknown],
    ["ICMPv4", icmpv4({ payload: "odd" }), icmpv4({ checksum: 1 }), valid, invalid],
    [
      "IGMP",
      igmp({ rest: "1234" }),
      raw(new Uint8Array(8).fill(7), { ipProtocol: 2 }),
      valid,
      invalid,
    ],
    ["SCTP, which has another one", sctp(), sctp({ checksum: 1 }), unknown, unknown],
  ];
  for (const [name, right, wrong, stateOfRight, stateOfWrong] of layers) {
    it(`of ${name}`, () => {
      expect(verify(right.over(ipv4())).transport).toBe(stateOfRight);
      expect(verify(wrong.over(ipv4())).transport).toBe(stateOfWrong);
    });
  }

  it("over IPv6, behind extension headers too", () => {
    for (const layer of [
      tcp({ payload: "odd" }),
      udp({ payload: "x" }),
      icmpv6({ payload: "abc" }),
    ]) {
      expect(verify(layer.over(ipv6())).transport).toBe(valid);
      expect(verify(layer.over(hopByHopOptions()).over(ipv6())).transport).toBe(valid);
    }
    expect(verify(tcp({ checksum: 1 }).over(ipv6())).transport).toBe(invalid);
    expect(verify(icmpv6({ checksum: 1 }).over(ipv6())).transport).toBe(invalid);
    // IPv6 has no UDP without a checksum.
    expect(verify(udp({ checksum: 0 }).over(ipv6())).transport).toBe(invalid);
  });

  it("of fragments are not known", () => {
    const fragment = ipv4({ moreFragments: true, protocol: 6 });
    expect(verify(raw(new Uint8Array(40)).over(fragment)).transport).toBe(unknown);
    const ipv6Fragment = raw(new Uint8Array(40)).over(fragmentHeader({ moreFragments: true }));
    expect(verify(ipv6Fragment.over(ipv6())).transport).toBe(unknown);
  });
});
