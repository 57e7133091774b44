/**
 * Laws of the decoder: what was encoded is decoded; bytes outside of a record never matter; no bytes whatever
 * make it throw, and inner packets nest properly.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Packet } from "../../src/core/layers/packet.ts";
import { DecodeHarness } from "../core/layers/harness.ts";
import { checkOffsets } from "../fuzz/layers.ts";
import {
  ethernet,
  geneve,
  gre,
  icmpv4,
  icmpv6,
  ipv4,
  ipv4Address,
  ipv6,
  mpls,
  pppoeSession,
  sctp,
  tcp,
  tcpFlagBits,
  tcpOptions,
  udp,
  vlan,
  vxlan,
  type Wire,
} from "../support/packets/index.ts";

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const payload = fc.uint8Array({ maxLength: 200 });
const address = fc.tuple(uint8, uint8, uint8, uint8).map((parts) => parts.join("."));
const harness = new DecodeHarness();

function decodeOne(frame: Uint8Array): Packet {
  expect(harness.decode(frame)).toBe(true);
  return harness.packet;
}

describe("decode(encode(x)) = x", () => {
  it("for IPv4 and TCP with options", () => {
    const flags = fc.subarray([..."FSRPAUEC"]).map((letters) => letters.join(""));
    const options = fc.record({
      mss: uint16,
      windowScale: fc.integer({ min: 0, max: 14 }),
      timestamp: fc.tuple(uint32, uint32),
    });
    fc.assert(
      fc.property(
        fc.record({
          source: address,
          destination: address,
          ttl: uint8,
          typeOfService: uint8,
          id: uint16,
        }),
        fc.record({
          sourcePort: uint16,
          destinationPort: uint16,
          seq: uint32,
          ack: uint32,
          flags,
          window: uint16,
          urgentPointer: uint16,
        }),
        options,
        payload,
        (network, transport, chosen, data) => {
          const packet = decodeOne(
            tcp({ ...transport, options: tcpOptions(chosen), payload: data })
              .over(ipv4(network))
              .over(ethernet()),
          );
          expect(packet).toMatchObject({
            ipVersion: 4,
            hopLimit: network.ttl,
            typeOfService: network.typeOfService,
            ipIdentification: network.id,
            transport: 6,
            sourcePort: transport.sourcePort,
            destinationPort: transport.destinationPort,
            sequenceNumber: transport.seq | 0,
            acknowledgmentNumber: transport.ack | 0,
            tcpFlags: tcpFlagBits(transport.flags),
            window: transport.window,
            urgentPointer: transport.urgentPointer,
            maximumSegmentSize: chosen.mss,
            windowScale: chosen.windowScale,
            timestampValue: chosen.timestamp[0],
            timestampEcho: chosen.timestamp[1],
            eventCount: 0,
            wantsFlow: true,
          });
          const [a = 0, b = 0, c = 0, d = 0] = ipv4Address(network.source);
          expect(packet.sourceWords[0]).toBe((a << 24) | (b << 16) | (c << 8) | d);
          expect(harness.payloadOf(packet)).toEqual(data);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("for IPv6, UDP, ICMP and SCTP", () => {
    const network = fc.record({
      hopLimit: uint8,
      trafficClass: uint8,
      flowLabel: fc.integer({ min: 0, max: 0xfffff }),
    });
    fc.assert(
      fc.property(network, uint16, uint16, uint32, payload, (given, left, right, word, data) => {
        const fields = {
          ipVersion: 6,
          hopLimit: given.hopLimit,
          typeOfService: given.trafficClass,
          ipv6FlowLabel: given.flowLabel,
          eventCount: 0,
        };
        const over = (wire: Wire) => decodeOne(wire.over(ipv6(given)).over(ethernet()));
        expect(over(udp({ sourcePort: 1, destinationPort: 2, payload: data }))).toMatchObject({
          ...fields,
          sourcePort: 1,
          destinationPort: 2,
          udpLength: data.length + 8,
        });
        expect(over(icmpv6({ id: left, sequence: right, payload: data }))).toMatchObject({
          ...fields,
          icmpType: 128,
          icmpId: left,
          icmpSequence: right,
        });
        const chunks = [
          { type: 0, value: data },
          { type: 4, value: "abc" },
        ];
        expect(over(sctp({ sourcePort: left, verificationTag: word, chunks }))).toMatchObject({
          ...fields,
          sourcePort: left,
          sctpVerificationTag: word,
          sctpChunkCount: 2,
        });
      }),
      { numRuns: 100 },
    );
  });

  it("for what lies between Ethernet and IP, in any order", () => {
    const between = fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 4095 }).map((id) => ({ kind: "vlan" as const, id })),
        fc.integer({ min: 16, max: 0xfffff }).map((id) => ({ kind: "mpls" as const, id })),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(between, fc.boolean(), (tags, isPppoe) => {
        const vlans = tags.filter(({ kind }) => kind === "vlan").slice(0, 3);
        const labels = tags.filter(({ kind }) => kind === "mpls");
        let wire: Wire = icmpv4().over(ipv4());
        if (isPppoe) wire = wire.over(pppoeSession());
        else for (const { id } of labels) wire = wire.over(mpls({ label: id }));
        for (const { id } of vlans) wire = wire.over(vlan({ id }));
        const packet = decodeOne(wire.over(ethernet()));
        expect(packet.transport).toBe(1);
        expect(packet.eventCount).toBe(0);
        expect(packet.mplsLabelCount).toBe(isPppoe ? 0 : labels.length);
        expect([...packet.vlanIds.slice(0, packet.vlanCount)]).toEqual(
          vlans.map(({ id }) => id).reverse(),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("for tunnels in tunnels: the innermost packet comes first, each one deeper than its parent", () => {
    const tunnels: Record<string, (wire: Wire) => Wire> = {
      gre: (wire) => wire.over(gre()).over(ipv4()),
      greIpv6: (wire) => wire.over(gre()).over(ipv6()),
      ip4: (wire) => wire.over(ipv4()),
      ip6: (wire) => wire.over(ipv6()),
      vxlan: (wire) =>
        wire
          .over(ethernet())
          .over(vxlan())
          .over(udp({ destinationPort: 4789 }))
          .over(ipv4()),
      geneve: (wire) =>
        wire
          .over(geneve())
          .over(udp({ destinationPort: 6081 }))
          .over(ipv6()),
    };
    const names = fc.array(fc.constantFrom(...Object.keys(tunnels)), { maxLength: 4 });
    fc.assert(
      fc.property(names, payload, (chosen, data) => {
        let wire: Wire = udp({ sourcePort: 7, destinationPort: 9, payload: data }).over(ipv4());
        for (const name of chosen) wire = tunnels[name]?.(wire) ?? wire;
        const outer = decodeOne(wire.over(ethernet()));
        const inner = harness.inner;
        expect(inner).toHaveLength(chosen.length);
        const innermost = inner[0] ?? outer;
        expect(harness.payloadOf(innermost)).toEqual(data);
        expect(innermost.depth).toBe(chosen.length);
        inner.forEach((packet, index) => {
          expect(packet.parent).toBe(inner[index + 1] ?? outer);
          expect(packet.depth).toBe(chosen.length - index);
          expect(packet.parent?.noPayloadInspection).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("any bytes", () => {
  /** Starts like a frame, so that deep layers are reached. */
  const frames = fc
    .tuple(
      fc.constantFrom<Uint8Array>(
        tcp({ options: "\x02\x04\x05\xb4\x01\x03\x03\x07" })
          .over(ipv4({ options: "\x94\x04\0\0" }))
          .over(vlan())
          .over(ethernet()),
        icmpv6({ type: 1, payload: tcp().over(ipv6()) })
          .over(ipv6())
          .over(ethernet()),
        udp({ payload: "x" })
          .over(ipv4())
          .over(ethernet())
          .over(vxlan())
          .over(udp({ destinationPort: 4789 }))
          .over(ipv4())
          .over(ethernet()),
        udp({ payload: "y" })
          .over(ipv6())
          .over(gre({ flags: 0x3000, optional: "12345678" }))
          .over(ipv4())
          .over(mpls())
          .over(ethernet()),
      ),
      fc.array(fc.tuple(fc.nat(120), uint8), { maxLength: 8 }),
      fc.nat(200),
    )
    .map(([frame, changes, length]) => {
      const bytes = frame.slice(0, Math.max(1, length));
      for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
      return bytes;
    });
  const anyRecord = fc.oneof(frames, frames, fc.uint8Array({ maxLength: 120 }));
  const linkTypes = fc.constantFrom(1, 1, 1, 0, 9, 51, 101, 104, 105, 108, 113, 127, 276);

  /** What a decoder makes of a record whose surroundings are filled with `filler`. */
  function outcome(linkType: number, record: Uint8Array, filler: number): unknown {
    const surrounded = new DecodeHarness({ linkType });
    const { arena, recordStart } = surrounded;
    arena.bytes.fill(filler, recordStart, recordStart + 4096);
    surrounded.decode(record);
    checkOffsets(surrounded.packet, recordStart, record.length);
    return [surrounded.packet, ...surrounded.inner].map((packet) => ({ ...packet, parent: null }));
  }

  it("decode without a throw, and the bytes around a record do not matter", () => {
    fc.assert(
      fc.property(linkTypes, anyRecord, (linkType, record) => {
        expect(outcome(linkType, record, 0xff)).toEqual(outcome(linkType, record, 0x00));
      }),
      { numRuns: 150 },
    );
  });

  it("leave nothing of the packet before", () => {
    const used = new DecodeHarness();
    fc.assert(
      fc.property(anyRecord, anyRecord, (before, record) => {
        used.fragments.clear();
        used.decode(before);
        used.fragments.clear();
        used.decode(record);
        const fresh = new DecodeHarness();
        fresh.decode(record);
        const plain = (packet: Packet) => ({
          ...packet,
          parent: null,
          captureNumber: 0,
          vlanIds: packet.vlanIds.slice(0, packet.vlanCount),
          events: packet.events.slice(0, packet.eventCount),
        });
        expect([used.packet, ...used.inner].map(plain)).toEqual(
          [fresh.packet, ...fresh.inner].map(plain),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("a packet", () => {
  it("is reset to what a new one is", () => {
    const packet = harness.packet;
    decodeOne(udp().over(ipv6()).over(gre()).over(ipv4()).over(vlan()).over(ethernet()));
    packet.reset();
    // Places past vlanCount and eventCount are left as they were: nobody may read them.
    packet.vlanIds.fill(0);
    packet.events.fill(0);
    expect(packet).toEqual(new Packet());
  });
});
