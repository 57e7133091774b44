/** The decoder as a whole: link types, tunnels that are off or elsewhere, bounds, counters, layer list. */
import { describe, expect, it } from "vitest";
import { FRAME_BYTES_MAX } from "../../../src/core/layers/decode.ts";
import { DecoderCounter } from "../../../src/core/layers/decoder-counters.ts";
import { layers } from "../../../src/core/layers/index.ts";
import { PacketSource } from "../../../src/core/layers/packet.ts";
import {
  authenticationHeader,
  ciscoHdlc,
  concat,
  destinationOptions,
  erspan,
  esp,
  ethernet,
  fields,
  geneve,
  gre,
  greVersion1,
  gtpUser,
  hexBytes,
  icmpv4,
  ipv4,
  ipv6,
  linuxSll,
  linuxSll2,
  loopback,
  nsh,
  ppp,
  pppoeSession,
  providerBackbone,
  raw,
  tcp,
  tcpOptions,
  udp,
  vlan,
  vxlan,
  type Wire,
} from "../../support/packets/index.ts";
import { DecodeHarness, eventsOf, type HarnessOptions } from "./harness.ts";

/** An option that is not padding, so that no event is raised. */
const homeAddress = concat(hexBytes("c9 10"), new Uint8Array(16));
const inside = udp({ sourcePort: 7, destinationPort: 9, payload: "inside" });

function decode(bytes: Uint8Array, options: HarnessOptions = {}): DecodeHarness {
  const harness = new DecodeHarness(options);
  harness.decode(bytes);
  return harness;
}

describe("link types", () => {
  const radiotap = concat(fields([2, 0], [1, 9], [1, 0], [4, 0], [1, 0]), new Uint8Array(0));
  const wifi = (first: string) => concat(hexBytes(first), new Uint8Array(22));
  const snap = hexBytes("aa aa 03 00 00 00 08 00");
  const cases: [string, number, Uint8Array][] = [
    ["NULL", 0, inside.over(ipv4()).over(loopback())],
    ["NULL with IPv6", 0, inside.over(ipv6()).over(loopback({ family: 24 }))],
    ["Ethernet", 1, inside.over(ipv4()).over(ethernet())],
    ["PPP", 9, inside.over(ipv4()).over(ppp())],
    ["PPP without address and control", 9, inside.over(ipv6()).over(ppp({ compressed: true }))],
    ["PPP with a short protocol", 9, concat(hexBytes("ff 03 21"), inside.over(ipv4()))],
    ["raw IP 12", 12, inside.over(ipv4())],
    ["raw IP 14", 14, inside.over(ipv6())],
    ["PPP serial", 50, inside.over(ipv4()).over(ppp())],
    ["PPP Ethernet", 51, inside.over(ipv4()).over(pppoeSession())],
    ["raw IP 101", 101, inside.over(ipv6())],
    ["Cisco HDLC", 104, inside.over(ipv4()).over(ciscoHdlc())],
    ["802.11 data", 105, concat(wifi("08 01"), snap, inside.over(ipv4()))],
    ["802.11 QoS data", 105, concat(wifi("88 02"), new Uint8Array(2), snap, inside.over(ipv4()))],
    [
      "802.11 with four addresses",
      105,
      concat(wifi("08 03"), new Uint8Array(6), snap, inside.over(ipv4())),
    ],
    ["LOOP", 108, inside.over(ipv4()).over(loopback({ networkOrder: true }))],
    ["Linux SLL", 113, inside.over(ipv4()).over(linuxSll())],
    ["radiotap", 127, concat(radiotap, wifi("08 01"), snap, inside.over(ipv4()))],
    ["IPv4", 228, inside.over(ipv4())],
    ["IPv6", 229, inside.over(ipv6())],
    ["Linux SLL2", 276, inside.over(ipv4()).over(linuxSll2())],
  ];
  for (const [name, linkType, bytes] of cases) {
    it(`${name} is decoded`, () => {
      const harness = decode(bytes, { linkType });
      expect(harness.packet).toMatchObject({ transport: 17, sourcePort: 7, eventCount: 0 });
      expect(harness.payloadOf(harness.packet)).toHaveLength(6);
    });
  }

  it("802.11 frames without readable data are left alone", () => {
    for (const first of ["80 00", "d4 00", "48 01", "08 41"]) {
      const { packet } = decode(concat(wifi(first), snap, inside.over(ipv4())), { linkType: 105 });
      expect(packet).toMatchObject({ transport: 0, eventCount: 0, invalid: false });
    }
  });

  it("an unknown one is said to be so, and the packet is invalid", () => {
    const harness = new DecodeHarness({ linkType: 999 });
    expect(harness.decode(inside.over(ipv4()))).toBe(false);
    expect(harness.packet).toMatchObject({ invalid: true, eventCount: 0 });
    expect(harness.decoder.counters.values[DecoderCounter.invalid]).toBe(1);
  });
});

describe("tunnels", () => {
  const over = (wire: Wire) => wire.over(ipv4()).over(ethernet());
  const teredo = inside.over(ipv6()).over(udp({ destinationPort: 3544 }));
  const vxlanTo = (port: number) =>
    inside
      .over(ipv4())
      .over(ethernet())
      .over(vxlan())
      .over(udp({ destinationPort: port }));
  const gtp = inside
    .over(ipv4())
    .over(gtpUser())
    .over(udp({ destinationPort: 2152 }));
  const { greTunnel, ipv4InIpv4, ipv6InIpv4, ipv4InIpv6, ipv6InIpv6 } = PacketSource;
  const gtpOn = { decoder: { gtp: { enabled: true, ports: [2152] } } };
  const cases: [string, number, Uint8Array, HarnessOptions?][] = [
    ["GRE", greTunnel, over(inside.over(ipv4()).over(gre()))],
    [
      "GRE with key and checksum",
      greTunnel,
      over(inside.over(ipv6()).over(gre({ flags: 0xa000, optional: "12345678" }))),
    ],
    [
      "GRE with Ethernet",
      greTunnel,
      over(
        inside
          .over(ipv4())
          .over(ethernet())
          .over(gre({ protocol: 0x6558 })),
      ),
    ],
    ["GRE with VLAN", greTunnel, over(inside.over(ipv4()).over(vlan()).over(gre()))],
    ["GRE with NSH", greTunnel, over(inside.over(ipv4()).over(nsh()).over(gre()))],
    ["PPTP", greTunnel, over(inside.over(ipv4()).over(ppp()).over(greVersion1()))],
    [
      "ERSPAN II",
      greTunnel,
      over(
        inside
          .over(ipv4())
          .over(ethernet())
          .over(erspan({ vlanId: 5 }))
          .over(gre({ flags: 0x1000, optional: "1234" })),
      ),
    ],
    [
      "ERSPAN I",
      greTunnel,
      over(
        inside
          .over(ipv4())
          .over(ethernet())
          .over(gre({ protocol: 0x88be })),
      ),
    ],
    ["4in4", ipv4InIpv4, over(inside.over(ipv4()))],
    ["6in4", ipv6InIpv4, over(inside.over(ipv6()))],
    ["4in6", ipv4InIpv6, inside.over(ipv4()).over(ipv6()).over(ethernet())],
    ["6in6", ipv6InIpv6, inside.over(ipv6()).over(ipv6()).over(ethernet())],
    [
      "4in6 behind options",
      ipv4InIpv6,
      inside
        .over(ipv4())
        .over(destinationOptions({ options: homeAddress }))
        .over(ipv6())
        .over(ethernet()),
    ],
    ["Teredo", PacketSource.teredo, over(teredo)],
    ["VXLAN", PacketSource.vxlan, over(vxlanTo(4789))],
    [
      "Geneve",
      PacketSource.geneve,
      over(
        inside
          .over(ipv4())
          .over(geneve())
          .over(udp({ destinationPort: 6081 })),
      ),
    ],
    [
      "Geneve with options and Ethernet",
      PacketSource.geneve,
      over(
        inside
          .over(ipv4())
          .over(ethernet())
          .over(
            geneve({ protocol: 0x6558, options: fields([4, 1], [4, 0x10200001], [4, 7]).slice(4) }),
          )
          .over(udp({ sourcePort: 6081 })),
      ),
    ],
    ["GTP-U", PacketSource.gtp, over(gtp), gtpOn],
  ];
  for (const [name, source, bytes, options] of cases) {
    it(`${name} gives an inner packet`, () => {
      const harness = decode(bytes, options);
      const [inner] = harness.inner;
      expect(inner).toMatchObject({ source, depth: 1, transport: 17, sourcePort: 7, linkType: 12 });
      expect(inner?.parent).toBe(harness.packet);
      expect(eventsOf(harness.packet)).toEqual([]);
      expect(harness.packet.noPayloadInspection).toBe(true);
    });
  }

  it("that are off, or on another port, are ordinary datagrams", () => {
    const off = { enabled: false, ports: [4789] };
    for (const harness of [
      decode(over(vxlanTo(4790))),
      decode(over(vxlanTo(4789)), { decoder: { vxlan: off } }),
      decode(over(gtp)),
      decode(over(inside.over(ipv6()).over(udp({ destinationPort: 1000 })))),
    ]) {
      expect(harness.inner).toHaveLength(0);
      expect(harness.packet).toMatchObject({ transport: 17, noPayloadInspection: false });
    }
  });

  it("with ports null are looked for everywhere", () => {
    const teredoAnywhere = { decoder: { teredo: { enabled: true, ports: null } } };
    expect(
      decode(over(inside.over(ipv6()).over(udp({ destinationPort: 1000 }))), teredoAnywhere).inner,
    ).toHaveLength(1);
  });

  it("of Teredo have to fit exactly and be valid", () => {
    const wrong = [
      inside.over(ipv6({ payloadLength: 3 })),
      inside.over(ipv6({ hopLimit: 0 })),
      udp({ length: 99 }).over(ipv6()),
    ];
    for (const wire of wrong) {
      const harness = decode(over(wire.over(udp({ destinationPort: 3544 }))));
      expect(harness.inner).toHaveLength(0);
      expect(harness.packet).toMatchObject({ invalid: false, eventCount: 0 });
    }
    const indicated = raw(concat(hexBytes("00 00 12 34 56 78 9a bc"), inside.over(ipv6())));
    expect(decode(over(indicated.over(udp({ destinationPort: 3544 })))).inner).toHaveLength(1);
  });

  it("whose inner header is broken have no inner packet", () => {
    const harness = decode(
      over(raw(inside.over(ipv4()).slice(0, 19)).over(gre({ protocol: 0x0800 }))),
    );
    expect(harness.inner).toHaveLength(0);
    expect(harness.packet).toMatchObject({ protocol: 47, invalid: false });
  });

  it("are as deep as the limit on layers allows", () => {
    let wire: Wire = inside.over(ipv4());
    for (let i = 0; i < 20; i++) wire = wire.over(ipv4());
    const harness = decode(wire.over(ethernet()));
    expect(harness.inner.length).toBeLessThan(8);
    expect(harness.inner.at(-1)?.depth).toBe(1);
  });
});

describe("layers", () => {
  it("that are skipped leave the transport where it is", () => {
    const wires: Wire[] = [
      inside.over(ipv4()).over(providerBackbone()),
      inside.over(authenticationHeader()).over(ipv6()),
      inside
        .over(destinationOptions())
        .over(ipv6())
        .over(vlan({ tagType: 0x88a8 })),
    ];
    for (const wire of wires) {
      expect(decode(wire.over(ethernet())).packet).toMatchObject({ transport: 17, sourcePort: 7 });
    }
    const dce = concat(fields([2, 0]), inside.over(ipv4()).over(ethernet()));
    expect(decode(raw(dce).over(ethernet({ etherType: 0x8903 }))).packet.transport).toBe(17);
  });

  it("say which packets are tracked in flows", () => {
    const tracked = [tcp(), udp(), icmpv4(), esp(), inside.over(ipv4())];
    for (const wire of tracked) {
      expect(decode(wire.over(ipv4()).over(ethernet())).packet.wantsFlow).toBe(true);
    }
    const others = [raw("x", { ipProtocol: 89 }), inside.over(ipv4()).over(gre())];
    for (const wire of others) {
      expect(decode(wire.over(ipv4()).over(ethernet())).packet.wantsFlow).toBe(false);
    }
  });

  it("forget a network header that is broken", () => {
    const { packet } = decode(
      tcp()
        .over(ipv4({ totalLength: 100 }))
        .over(ethernet()),
    );
    expect(packet).toMatchObject({ ipVersion: 0, ipStart: -1, protocol: 0, transport: 0 });
  });

  it("read the packet that an ICMP error quotes", () => {
    const quoted = udp({ sourcePort: 5, destinationPort: 6 }).over(ipv4());
    const { packet } = decode(
      icmpv4({ type: 3, code: 3, payload: quoted }).over(ipv4()).over(ethernet()),
    );
    expect(packet).toMatchObject({
      embeddedIpVersion: 4,
      embeddedIpStart: packet.payloadStart,
      embeddedProtocol: 17,
      embeddedSourcePort: 5,
      embeddedDestinationPort: 6,
    });
  });

  it("keep what TCP options say", () => {
    const options = tcpOptions({
      sack: [
        [1, 2],
        [3, 4],
      ],
      sackPermitted: true,
      fastOpen: "cookie!!",
    });
    const { packet } = decode(tcp({ options }).over(ipv4()).over(ethernet()));
    expect(packet).toMatchObject({ sackCount: 2, fastOpenLength: 8, eventCount: 0 });
    expect(packet.sackStart).toBeGreaterThan(packet.transportStart);
  });

  it("are listed once each, by name, with their standard", () => {
    const names = layers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(layers.every(({ rfc }) => rfc.length > 0)).toBe(true);
  });
});

describe("counters", () => {
  it("have Suricata's names and count inner packets by their layers only", () => {
    const harness = new DecodeHarness();
    harness.decode(
      inside.over(ipv4()).over(gre()).over(ipv4()).over(vlan()).over(vlan()).over(ethernet()),
    );
    harness.decode(tcp({ flags: "SA" }).over(ipv6()).over(ethernet()));
    harness.decode(new Uint8Array(3));
    const counted = new Map(harness.decoder.counters.entries());
    const expected: Record<string, number> = {
      "decoder.pkts": 3,
      "decoder.invalid": 1,
      "decoder.ethernet": 3,
      "decoder.ipv4": 2,
      "decoder.ipv6": 1,
      "decoder.gre": 1,
      "decoder.udp": 1,
      "decoder.tcp": 1,
      "decoder.vlan": 1,
      "decoder.vlan_qinq": 1,
      "decoder.event.ethernet.pkt_too_small": 1,
      "tcp.synack": 1,
      "tcp.syn": 0,
      "decoder.max_pkt_size": 80,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect([name, counted.get(name)]).toEqual([name, value]);
    }
  });

  it("know frames too long to be one packet, which are not decoded", () => {
    const harness = new DecodeHarness();
    const frame = tcp().over(ipv4()).over(ethernet());
    for (const byteLength of [FRAME_BYTES_MAX, FRAME_BYTES_MAX + 1]) {
      const long = new Uint8Array(byteLength);
      long.set(frame);
      expect(harness.decode(long)).toBe(true);
    }
    const counted = new Map(harness.decoder.counters.entries());
    const names = ["decoder.pkts", "decoder.ipv4", "decoder.invalid", "decoder.too_long"];
    expect(names.map((name) => counted.get(name))).toEqual([2, 1, 1, 1]);
    expect(eventsOf(harness.packet)).toEqual([]);
  });

  it("have a name for every place", () => {
    const places = Object.values(DecoderCounter);
    const harness = new DecodeHarness();
    expect(harness.decoder.counters.values).toHaveLength(places.length);
    expect([...places].sort((a, b) => a - b)).toEqual(places.map((_, place) => place));
  });
});
