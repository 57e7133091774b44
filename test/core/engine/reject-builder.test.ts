/** Answers to rejected packets, decoded again: who they come from, what they say, whether their sums are right. */
import { describe, expect, it } from "vitest";
import { Arena } from "../../../src/core/bytes/arena.ts";
import { BlockPool } from "../../../src/core/bytes/block-pool.ts";
import { RejectBuilder } from "../../../src/core/engine/reject-builder.ts";
import { defaultDefragOptions } from "../../../src/core/flow/defrag-options.ts";
import { FragmentTable } from "../../../src/core/flow/fragments.ts";
import { verifyIpChecksum, verifyTransportChecksum } from "../../../src/core/layers/checksums.ts";
import { Decoder } from "../../../src/core/layers/decode.ts";
import { defaultDecoderOptions } from "../../../src/core/layers/decoder-options.ts";
import { ChecksumState, Packet } from "../../../src/core/layers/packet.ts";
import { Kernels } from "../../../src/core/match/kernels.ts";
import {
  ethernet,
  icmpv4,
  ipv4,
  ipv6,
  tcp,
  tcpFlagBits,
  udp,
  vlan,
} from "../../support/packets/index.ts";

const arena = new Arena(32 << 20);
const kernels = new Kernels(arena);
const fragments = new FragmentTable(arena, new BlockPool(arena, 1 << 20), defaultDefragOptions);
const decoder = new Decoder(arena.bytes, defaultDecoderOptions, fragments);
const builder = new RejectBuilder(arena, kernels);
const room = arena.allocate(4096);

function decode(start: number, length: number): Packet {
  const packet = new Packet();
  packet.reset();
  packet.start = start;
  packet.end = start + length;
  packet.wireLength = length;
  packet.linkType = 1;
  decoder.decode(packet);
  return packet;
}

function load(frame: Uint8Array): Packet {
  arena.bytes.set(frame, room);
  return decode(room, frame.length);
}

/** The answer, decoded; null when there is none. Its checksums are right. */
function answer(frame: Uint8Array, to: "source" | "destination"): Packet | null {
  const packet = load(frame);
  const length = to === "source" ? builder.answerSource(packet) : builder.answerDestination(packet);
  if (length === 0) return null;
  const made = decode(builder.start, length);
  if (made.ipVersion === 4) expect(verifyIpChecksum(made, kernels)).toBe(ChecksumState.valid);
  const state = verifyTransportChecksum(arena.bytes, made, kernels);
  expect(state).toBe(ChecksumState.valid);
  expect(made.invalid).toBe(false);
  return made;
}

const mac = (at: number): string => Buffer.from(arena.bytes.subarray(at, at + 6)).toString("hex");
const hosts = { source: "10.1.0.1", destination: "10.2.0.2" };
const hosts6 = { source: "2001:db8::1", destination: "2001:db8::2" };
const segment = { sourcePort: 40_000, destinationPort: 80, seq: 1000, ack: 2000 };

for (const [name, over] of [
  ["IPv4", () => ipv4(hosts)],
  ["IPv6", () => ipv6(hosts6)],
] as const) {
  describe(`a reset over ${name}`, () => {
    const request = tcp({ ...segment, flags: "PA", payload: "GET /" })
      .over(over())
      .over(ethernet());

    it("to the sender comes from the destination, at the next byte that it expects", () => {
      const made = answer(request, "source")!;
      expect([made.sourcePort, made.destinationPort]).toEqual([80, 40_000]);
      expect(made.tcpFlags).toBe(tcpFlagBits("RA"));
      expect(made.sequenceNumber).toBe(2000);
      expect(made.acknowledgmentNumber).toBe(1005);
      const sent = load(request);
      expect([...made.sourceWords]).toEqual([...sent.destinationWords]);
      expect([...made.destinationWords]).toEqual([...sent.sourceWords]);
      expect(mac(made.start)).toBe(mac(sent.start + 6));
      expect(mac(made.start + 6)).toBe(mac(sent.start));
    });

    it("to the destination goes on in the place of the packet", () => {
      const made = answer(request, "destination")!;
      expect([made.sourcePort, made.destinationPort]).toEqual([40_000, 80]);
      expect(made.sequenceNumber).toBe(1000);
      expect(made.acknowledgmentNumber).toBe(2000);
      const sent = load(request);
      expect([...made.sourceWords]).toEqual([...sent.sourceWords]);
      expect(mac(made.start)).toBe(mac(sent.start));
    });

    it("to a SYN acknowledges it and has no number of its own", () => {
      const syn = tcp({ ...segment, ack: 0, flags: "S" })
        .over(over())
        .over(ethernet());
      const made = answer(syn, "source")!;
      expect(made.sequenceNumber).toBe(0);
      expect(made.acknowledgmentNumber).toBe(1001);
    });
  });

  describe(`an ICMP error over ${name}`, () => {
    const question = udp({ sourcePort: 5000, destinationPort: 53, payload: "x".repeat(1400) })
      .over(over())
      .over(ethernet());

    it("quotes what was sent and stays below the smallest MTU", () => {
      const made = answer(question, "source")!;
      expect(made.embeddedIpVersion).toBe(name === "IPv4" ? 4 : 6);
      expect([made.embeddedSourcePort, made.embeddedDestinationPort]).toEqual([5000, 53]);
      expect(made.end - made.ipStart).toBeLessThanOrEqual(name === "IPv4" ? 576 : 1280);
    });

    it("to the destination quotes a datagram of its own", () => {
      const made = answer(question, "destination")!;
      expect([made.embeddedSourcePort, made.embeddedDestinationPort]).toEqual([53, 5000]);
    });
  });
}

describe("an answer", () => {
  it("keeps the VLAN tags of the packet", () => {
    const tagged = tcp({ ...segment, flags: "A" })
      .over(ipv4(hosts))
      .over(vlan({ id: 7 }))
      .over(vlan({ id: 9, tagType: 0x88a8 }))
      .over(ethernet());
    const made = answer(tagged, "source")!;
    expect([made.vlanCount, made.vlanIds[0], made.vlanIds[1]]).toEqual([2, 9, 7]);
  });

  it("is not given to resets, ICMP errors, fragments, groups", () => {
    const frames = [
      tcp({ ...segment, flags: "R" })
        .over(ipv4(hosts))
        .over(ethernet()),
      icmpv4({ type: 3, code: 3, payload: udp({}).over(ipv4(hosts)) })
        .over(ipv4(hosts))
        .over(ethernet()),
      udp({ payload: "x" })
        .over(ipv4({ ...hosts, moreFragments: true }))
        .over(ethernet()),
      udp({ payload: "x" })
        .over(ipv4({ ...hosts, destination: "224.0.0.251" }))
        .over(ethernet()),
      udp({ payload: "x" })
        .over(ipv4(hosts))
        .over(ethernet({ destination: "ff:ff:ff:ff:ff:ff" })),
    ];
    const before = builder.refused;
    for (const frame of frames) expect(answer(frame, "source")).toBeNull();
    expect(builder.refused - before).toBe(frames.length);
  });
});
