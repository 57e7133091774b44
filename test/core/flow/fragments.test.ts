/** The fragment table: headers of rebuilt datagrams, keys, timeouts, and every limit with its counter. */
import { describe, expect, it } from "vitest";
import { internetChecksum } from "../../../src/core/bytes/checksum.ts";
import { DefragPolicy, defragPolicyOfHost } from "../../../src/core/flow/defrag-policy.ts";
import { PacketSource } from "../../../src/core/layers/packet.ts";
import {
  destinationOptions,
  ethernet,
  fragmentHeader,
  gre,
  ipv4,
  ipv4Fragments,
  ipv4Payload,
  ipv6,
  ipv6Fragments,
  ppp,
  raw,
  tcp,
  udp,
  vlan,
  type Wire,
} from "../../support/packets/index.ts";
import { DecodeHarness, eventsOf } from "../layers/harness.ts";

const SECOND_US = 1_000_000;
const datagram = ipv4Payload(udp({ payload: "a".repeat(40) }).over(ipv4()));
const pair = (given: Parameters<typeof ipv4Fragments>[3] = {}) =>
  ipv4Fragments(datagram, 17, [16], given).map((wire) => wire.over(ethernet())) as [Wire, Wire];

describe("a rebuilt datagram", () => {
  it("is an inner packet of the fragment that completed it, no deeper, with its VLANs", () => {
    const harness = new DecodeHarness();
    const [first, second] = ipv4Fragments(datagram, 17, [16]).map((wire) =>
      wire.over(vlan({ id: 7 })).over(ethernet()),
    ) as [Wire, Wire];
    harness.decode(first);
    expect(harness.inner).toHaveLength(0);
    expect(harness.packet).toMatchObject({ isFragment: true, wantsFlow: false, transport: 0 });
    harness.decode(second);
    const [rebuilt] = harness.inner;
    expect(rebuilt).toMatchObject({
      source: PacketSource.defragmented,
      depth: 0,
      vlanCount: 1,
      captureNumber: 2,
      linkType: 1,
      transport: 17,
      eventCount: 0,
      wantsFlow: true,
    });
    expect(rebuilt?.vlanIds[0]).toBe(7);
    expect(rebuilt?.parent).toBe(harness.packet);
    expect(harness.packet.noPayloadInspection).toBe(true);
  });

  it("of IPv4 has the first fragment's headers, with length and checksum made right", () => {
    const harness = new DecodeHarness();
    const [first, second] = pair({ options: "\x94\x04\0\0", ttl: 9 });
    harness.decode(second);
    harness.decode(first);
    const [rebuilt] = harness.inner;
    const bytes = rebuilt === undefined ? new Uint8Array() : harness.bytesOf(rebuilt);
    expect(bytes.slice(0, 14)).toEqual(first.slice(0, 14));
    expect(internetChecksum(bytes, 14, 14 + 24, 0)).toBe(0);
    expect(rebuilt).toMatchObject({ ipFlags: 0, fragmentOffset: 0, hopLimit: 9 });
    expect(bytes.slice(14 + 24)).toEqual(datagram);
  });

  it("of IPv6 loses the fragment header, and the header before names what followed it", () => {
    for (const between of [0, 1]) {
      const harness = new DecodeHarness();
      const whole = udp({ payload: "b".repeat(30) })
        .over(ipv6())
        .slice(40);
      for (const start of [0, 16]) {
        const more = start === 0;
        let wire = raw(whole.slice(start, more ? 16 : undefined)).over(
          fragmentHeader({ nextHeader: 17, fragmentOffset: start / 8, moreFragments: more }),
        );
        if (between === 1) wire = wire.over(destinationOptions());
        harness.decode(wire.over(ipv6()).over(ethernet()));
      }
      const [rebuilt] = harness.inner;
      expect(rebuilt).toMatchObject({ transport: 17, payloadLength: 30, isFragment: false });
      const bytes = rebuilt === undefined ? new Uint8Array() : harness.bytesOf(rebuilt);
      expect(bytes[14 + 6]).toBe(between === 1 ? 60 : 17);
      expect(bytes.slice(-whole.length)).toEqual(whole);
    }
  });

  it("over PPP keeps its link layer", () => {
    const harness = new DecodeHarness({ linkType: 9 });
    const whole = tcp({ payload: "c".repeat(20) })
      .over(ipv6())
      .slice(40);
    for (const wire of ipv6Fragments(whole, 6, [16])) harness.decode(wire.over(ppp()));
    expect(harness.inner[0]).toMatchObject({
      linkType: 9,
      transport: 6,
      ipStart: (harness.inner[0]?.start ?? 0) + 4,
    });
  });

  it("may hold a tunnel, whose packet is processed before it", () => {
    const harness = new DecodeHarness();
    const tunnel = ipv4Payload(
      udp({ payload: "d".repeat(30) })
        .over(ipv4())
        .over(gre())
        .over(ipv4()),
    );
    for (const wire of ipv4Fragments(tunnel, 47, [24])) harness.decode(wire.over(ethernet()));
    expect(harness.inner.map(({ source, depth }) => [source, depth])).toEqual([
      [PacketSource.greTunnel, 1],
      [PacketSource.defragmented, 0],
    ]);
  });
});

describe("fragments belong together", () => {
  const others: [string, Wire][] = [
    ["id", pair({ id: 2 })[1]],
    ["source", pair({ source: "10.0.0.9" })[1]],
    ["destination", pair({ destination: "10.0.0.9" })[1]],
    ["protocol", pair({ protocol: 6 })[1]],
    [
      "VLAN",
      ipv4Fragments(datagram, 17, [16])[1]
        ?.over(vlan({ id: 3 }))
        .over(ethernet()) as Wire,
    ],
    [
      "tunnel",
      ipv4Fragments(datagram, 17, [16])[1]
        ?.over(gre())
        .over(ipv4({ id: 9 }))
        .over(ethernet()) as Wire,
    ],
  ];
  for (const [what, other] of others) {
    it(`only with the same ${what}`, () => {
      const harness = new DecodeHarness();
      harness.decode(pair()[0]);
      harness.decode(other);
      expect(harness.inner.filter(({ source }) => source === PacketSource.defragmented)).toEqual(
        [],
      );
      expect(harness.fragments.waiting).toBe(2);
      harness.decode(pair()[1]);
      expect(harness.inner).toHaveLength(1);
    });
  }

  it("only within the timeout, by packet time", () => {
    for (const [waitUs, inner] of [
      [60 * SECOND_US, 1],
      [60 * SECOND_US + 1, 0],
    ] as const) {
      const harness = new DecodeHarness();
      const [first, second] = pair();
      harness.decode(first, 1000);
      harness.decode(second, 1000 + waitUs);
      expect(harness.inner).toHaveLength(inner);
      expect(harness.fragments.counters.trackerSoftReuse).toBe(1 - inner);
    }
  });

  it("and those that timed out are cleared away by later ones", () => {
    const harness = new DecodeHarness();
    for (let id = 0; id < 5; id++) harness.decode(pair({ id })[0]);
    harness.decode(pair({ id: 9 })[0], 61 * SECOND_US);
    harness.decode(pair({ id: 10 })[0], 61 * SECOND_US);
    expect(harness.fragments.waiting).toBe(2);
    expect(harness.fragments.counters.trackerTimeouts).toBe(5);
  });
});

describe("limits", () => {
  it("of waiting datagrams: the one that waited longest is given up", () => {
    const harness = new DecodeHarness({ defrag: { trackersMax: 2 } });
    for (const id of [1, 2, 3]) harness.decode(pair({ id })[0]);
    expect(harness.fragments.waiting).toBe(2);
    expect(harness.fragments.counters).toMatchObject({
      trackersMaxReached: 1,
      trackerHardReuse: 1,
    });
    harness.decode(pair({ id: 2 })[1]);
    expect(harness.inner).toHaveLength(1);
    harness.decode(pair({ id: 1 })[1]);
    expect(harness.inner).toHaveLength(0);
  });

  it("of fragments: a further one is ignored, with an event", () => {
    const harness = new DecodeHarness({ defrag: { fragmentsMax: 2 } });
    for (const id of [1, 2]) harness.decode(pair({ id })[0]);
    harness.decode(pair({ id: 3 })[0]);
    expect(eventsOf(harness.packet)).toEqual(["ipv4.frag_ignored"]);
    expect(harness.packet.invalid).toBe(false);
    expect(harness.fragments.limitReached).toBe(true);
    expect(harness.fragments.counters.fragmentsMaxReached).toBe(1);
    harness.decode(udp().over(ipv4()).over(ethernet()));
    expect(harness.fragments.limitReached).toBe(false);
  });

  it("of memory: datagrams that wait are given up first, then the fragment is ignored", () => {
    const harness = new DecodeHarness({ poolBytes: 1024 });
    const big = (id: number, length: number) =>
      raw(new Uint8Array(length))
        .over(fragmentHeader({ id, moreFragments: true }))
        .over(ipv6())
        .over(ethernet());
    harness.decode(big(1, 400));
    harness.decode(big(2, 400));
    harness.decode(big(3, 400));
    expect(harness.fragments.counters.trackerHardReuse).toBe(1);
    expect(harness.fragments.waiting).toBe(2);
    harness.decode(big(4, 1200));
    expect(eventsOf(harness.packet)).toEqual(["ipv6.frag_ignored"]);
  });

  it("of length: a datagram that IP has no length for is given up", () => {
    const harness = new DecodeHarness();
    const headers = { options: "\x94\x04\0\0" };
    const part = (offset: number, length: number, more: boolean) =>
      raw(new Uint8Array(length), { ipProtocol: 17 })
        .over(ipv4({ ...headers, fragmentOffset: offset / 8, moreFragments: more }))
        .over(ethernet());
    harness.decode(part(0, 32_768, true));
    harness.decode(part(32_768, 65_515 - 32_768, false));
    expect(harness.inner).toHaveLength(0);
    expect(harness.fragments.counters.unbuildable).toBe(1);
    expect(harness.fragments.waiting).toBe(0);
  });

  it("are counted under Suricata's names", () => {
    const harness = new DecodeHarness();
    for (const wire of pair()) harness.decode(wire);
    const { fragments } = harness;
    const entries = new Map(fragments.counters.entries(fragments.memoryBytes));
    expect(entries.get("defrag.ipv4.fragments")).toBe(2);
    expect(entries.get("defrag.ipv4.reassembled")).toBe(1);
    expect(entries.get("defrag.memuse")).toBe(0);
  });
});

describe("overlapping fragments", () => {
  it("are an event, for duplicates too", () => {
    const harness = new DecodeHarness();
    harness.decode(pair()[0]);
    harness.decode(pair()[0]);
    expect(eventsOf(harness.packet)).toEqual(["ipv4.frag_overlap"]);
    const part = () =>
      raw(new Uint8Array(16))
        .over(fragmentHeader({ moreFragments: true }))
        .over(ipv6())
        .over(ethernet());
    harness.decode(part());
    expect(eventsOf(harness.packet)).toEqual([]);
    harness.decode(part());
    expect(eventsOf(harness.packet)).toEqual(["ipv6.frag_overlap"]);
  });

  /** Novak's picture in short: A came first, B came last, where they share eight bytes. */
  const cases: [string, number, string, string, string, string][] = [
    // policy, B begins later / earlier / same, longer / earlier and ends with it
    ["first", DefragPolicy.first, "AAB", "BAA", "AAB", "BA"],
    ["last", DefragPolicy.last, "ABB", "BBA", "BBB", "BB"],
    ["bsd", DefragPolicy.bsd, "AAB", "BBA", "AAB", "BB"],
    ["bsd-right", DefragPolicy.bsdRight, "ABB", "BAA", "BBB", "BA"],
    ["linux", DefragPolicy.linux, "AAB", "BBA", "BBB", "BB"],
    ["windows", DefragPolicy.windows, "AAB", "BAA", "AAB", "BA"],
    ["solaris", DefragPolicy.solaris, "AAB", "BAA", "AAB", "BB"],
  ];
  for (const [name, policy, later, earlier, longer, endsWith] of cases) {
    it(`go to who the policy "${name}" says`, () => {
      const rebuild = (a: [number, number], b: [number, number]) => {
        const harness = new DecodeHarness({ defrag: { policyFor: () => policy } });
        const end = Math.max(a[1], b[1]);
        const part = (letter: string, [from, to]: [number, number], more = true) =>
          raw(letter.repeat((to - from) * 8))
            .over(ipv4({ fragmentOffset: from, moreFragments: more, protocol: 253 }))
            .over(ethernet());
        harness.decode(part("A", a));
        harness.decode(part("B", b));
        harness.decode(part("C", [end, end + 1], false));
        const [rebuilt] = harness.inner;
        const bytes = rebuilt === undefined ? new Uint8Array() : harness.bytesOf(rebuilt).slice(34);
        return String.fromCharCode(...bytes).replace(/(.)\1{7}/g, "$1");
      };
      expect(rebuild([0, 2], [1, 3])).toBe(`${later}C`);
      expect(rebuild([1, 3], [0, 2])).toBe(`${earlier}C`);
      expect(rebuild([0, 2], [0, 3])).toBe(`${longer}C`);
      expect(rebuild([1, 2], [0, 2])).toBe(`${endsWith}C`);
    });
  }

  it("have a policy for every host that can be configured", () => {
    expect(defragPolicyOfHost("windows2k3")).toBe(DefragPolicy.windows);
    expect(defragPolicyOfHost("old-solaris")).toBe(DefragPolicy.first);
    expect(defragPolicyOfHost("bsd-right")).toBe(DefragPolicy.bsdRight);
    expect(defragPolicyOfHost("unheard-of")).toBe(DefragPolicy.bsd);
  });
});
