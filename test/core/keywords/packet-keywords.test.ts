import { describe, expect, it } from "vitest";
import { ByteRange } from "../../../src/core/detect/byte-range.ts";
import { udpHdr } from "../../../src/core/keywords/udp/udp-hdr.ts";
import { Ipv4Option } from "../../../src/core/layers/ipv4-options.ts";
import { ChecksumState, type Packet } from "../../../src/core/layers/packet.ts";
import { decoderEvent, streamEvent } from "../../../src/core/layers/packet-events.ts";
import { locate, meets, prepare } from "./packet-harness.ts";
import { compile, problem } from "./payload-harness.ts";

function toIpv6(packet: Packet): void {
  packet.ipVersion = 6;
}

function toIcmp(packet: Packet): void {
  packet.protocol = packet.transport = 1;
  packet.payloadEnd = Math.max(packet.payloadEnd, packet.transportStart + 20);
  packet.icmpType = 8;
  packet.icmpId = 100;
  packet.icmpSequence = 7;
}

describe("the IP header", () => {
  it("tos, id", () => {
    const change = (packet: Packet) => {
      packet.typeOfService = 16;
      packet.ipIdentification = 39426;
    };
    expect(meets("tos:16;", change)).toBe(true);
    expect(meets("tos:x10;", change)).toBe(true);
    expect(meets("tos:!16;", change)).toBe(false);
    expect(meets("id:39426;", change)).toBe(true);
    expect(meets("id:1;", change)).toBe(false);
    expect(meets("id:0;", toIpv6)).toBe(false);
    expect(problem("id:>5;")).toBe("bad-number");
    expect(problem("id:65536;")).toBe("number-out-of-range");
  });

  it("ipopts", () => {
    const change = (packet: Packet) => {
      packet.ipOptions = Ipv4Option.looseSourceRoute;
    };
    expect(meets("ipopts:lsrr;", change)).toBe(true);
    expect(meets("ipopts:any;", change)).toBe(true);
    expect(meets("ipopts:ssrr;", change)).toBe(false);
    expect(meets("ipopts:any;")).toBe(false);
    expect(problem("ipopts:nosuch;")).toBe("unknown-value");
  });

  it("fragbits with its modifiers", () => {
    const change = (packet: Packet) => {
      packet.ipFlags = 3;
    };
    expect(meets("fragbits:MD;", change)).toBe(true);
    expect(meets("fragbits:M;", change)).toBe(false);
    expect(meets("fragbits:+M;", change)).toBe(true);
    expect(meets("fragbits:*RM;", change)).toBe(true);
    expect(meets("fragbits:!R;", change)).toBe(true);
    expect(meets("fragbits:!MD;", change)).toBe(false);
    expect(problem("fragbits:X;")).toBe("bad-value");
  });

  it("fragoffset counts 8 bytes in IPv4, bytes in IPv6", () => {
    const change = (packet: Packet) => {
      packet.fragmentOffset = 5;
    };
    expect(meets("fragoffset:5;", change)).toBe(true);
    expect(meets("fragoffset:>4;", change)).toBe(true);
    expect(meets("fragoffset:<5;", change)).toBe(false);
    expect(meets("fragoffset:!5;", change)).toBe(false);
    const ipv6 = (packet: Packet) => {
      toIpv6(packet);
      packet.fragmentOffset = 5;
      packet.isFragment = true;
    };
    expect(meets("fragoffset:40;", ipv6)).toBe(true);
    expect(meets("fragoffset:0;", toIpv6)).toBe(false);
  });

  it("ip_proto takes several exclusions but one equality", () => {
    expect(meets("ip_proto:!1; ip_proto:!17;")).toBe(true);
    expect(meets("ip_proto:>5; ip_proto:<7;")).toBe(true);
    expect(problem("ip_proto:6; ip_proto:17;")).toBe("conflicting-keyword");
    expect(problem("ip_proto:>1; ip_proto:>2;")).toBe("conflicting-keyword");
    expect(problem("ip_proto:nosuch;")).toBe("unknown-value");
  });

  it("l3_proto, sameip", () => {
    expect(meets("l3_proto:ip4;")).toBe(true);
    expect(meets("l3_proto:ipv6;")).toBe(false);
    expect(meets("sameip;")).toBe(true);
    expect(
      meets("sameip;", (packet) => {
        packet.destinationWords[0] = 1;
      }),
    ).toBe(false);
  });

  it("addresses and headers are buffers", () => {
    expect(locate(prepare('ip.src; content:"a";'))).toEqual([12, 16]);
    expect(locate(prepare('ip.dst; content:"a";'))).toEqual([16, 20]);
    expect(locate(prepare('ip.src; content:"a";', toIpv6))).toEqual([8, 24]);
    expect(locate(prepare('ip.dst; content:"a";', toIpv6))).toEqual([24, 40]);
    expect(locate(prepare('ipv4.hdr; content:"a";'))).toEqual([0, 20]);
    expect(locate(prepare('ipv4.hdr; content:"a";', toIpv6))).toBeNull();
    expect(locate(prepare('ipv6.hdr; content:"a";', toIpv6))).toEqual([0, 40]);
    expect(locate(prepare('ipv6.hdr; content:"a";'))).toBeNull();
  });
});

describe("checksums", () => {
  const transport = (state: number) => (packet: Packet) => {
    packet.transportChecksum = state;
  };

  it("asks for valid or invalid", () => {
    expect(meets("tcpv4-csum:invalid;", transport(ChecksumState.invalid))).toBe(true);
    expect(meets("tcpv4-csum:valid;", transport(ChecksumState.invalid))).toBe(false);
    expect(meets("tcpv4-csum:valid;", transport(ChecksumState.valid))).toBe(true);
    expect(meets("tcpv6-csum:valid;", transport(ChecksumState.valid))).toBe(false);
    expect(meets("udpv4-csum:valid;", transport(ChecksumState.valid))).toBe(false);
    const ip = (packet: Packet) => {
      packet.ipChecksum = ChecksumState.invalid;
    };
    expect(meets("ipv4-csum:invalid;", ip)).toBe(true);
    expect(problem("ipv4-csum:wrong;")).toBe("unknown-value");
  });

  it("takes all for valid where checksums are not looked at", () => {
    const ignored = (packet: Packet) => {
      transport(ChecksumState.invalid)(packet);
      packet.checksumsIgnored = true;
    };
    expect(meets("tcpv4-csum:invalid;", ignored)).toBe(false);
    expect(meets("tcpv4-csum:valid;", ignored)).toBe(true);
  });
});

describe("TCP, UDP and ICMP headers", () => {
  it("sequence and acknowledgment numbers are unsigned", () => {
    const change = (packet: Packet) => {
      packet.sequenceNumber = -1;
      packet.acknowledgmentNumber = 15;
      packet.window = 512;
    };
    expect(meets("tcp.seq:4294967295; ack:15; window:512;", change)).toBe(true);
    expect(meets("seq:1;", change)).toBe(false);
    expect(meets("window:!512;", change)).toBe(false);
    expect(problem("seq:4294967296;")).toBe("number-out-of-range");
  });

  it("options that are not there never match", () => {
    expect(meets("tcp.mss:!5;")).toBe(false);
    expect(meets("tcp.wscale:!5;")).toBe(false);
    const change = (packet: Packet) => {
      packet.maximumSegmentSize = 200;
      packet.windowScale = 7;
    };
    expect(meets("tcp.mss:123-456; tcp.wscale:>6;", change)).toBe(true);
    expect(meets("tcp.mss:<200;", change)).toBe(false);
  });

  it("ICMP", () => {
    expect(meets("icode:0; icmp_id:100; icmp_seq:7;", toIcmp)).toBe(true);
    expect(meets("icmp_id:1;", toIcmp)).toBe(false);
    expect(meets("icmp_seq:8;", toIcmp)).toBe(false);
    expect(meets("icmp_id:100;")).toBe(false);
    expect(meets("icmpv6.mtu:<1280;")).toBe(false);
    const tooBig = (packet: Packet) => {
      packet.icmpv6Mtu = 1000;
    };
    expect(meets("icmpv6.mtu:<1280;", tooBig)).toBe(true);
  });

  it("headers are buffers of their protocol", () => {
    expect(locate(prepare('tcp.hdr; content:"a";'))).toEqual([20, 40]);
    const range = new ByteRange(new Uint8Array(0));
    const { packet } = prepare("ttl:1;");
    expect(udpHdr.buffer.locate?.(packet, range)).toBe(false);
    packet.transport = 17;
    packet.transportHeaderLength = 8;
    expect(udpHdr.buffer.locate?.(packet, range)).toBe(true);
    expect([range.start, range.end]).toEqual([20, 28]);
    expect(locate(prepare('icmpv4.hdr; content:"a";', toIcmp))).toEqual([20, 40]);
    expect(locate(prepare('icmpv6.hdr; content:"a";', toIcmp))).toBeNull();
    expect(() => compile('icmpv4.hdr; content:"a";', "udp")).toThrow(/never has/);
  });
});

describe("VLAN tags", () => {
  const tagged = (packet: Packet) => {
    packet.vlanCount = 2;
    packet.vlanIds.set([300, 200]);
  };

  it("looks at any tag, all, or one place", () => {
    expect(meets("vlan.id:200;", tagged)).toBe(true);
    expect(meets("vlan.id:200,0;", tagged)).toBe(false);
    expect(meets("vlan.id:300,0;", tagged)).toBe(true);
    expect(meets("vlan.id:200,-1;", tagged)).toBe(true);
    expect(meets("vlan.id:>199,all;", tagged)).toBe(true);
    expect(meets("vlan.id:>200,all;", tagged)).toBe(false);
    expect(meets("vlan.id:!5,2;", tagged)).toBe(false);
    expect(meets("vlan.id:!5;")).toBe(false);
  });

  it("counts tags", () => {
    expect(meets("vlan.layers:2;", tagged)).toBe(true);
    expect(meets("vlan.layers:0;", tagged)).toBe(false);
    expect(meets("vlan.layers:0;")).toBe(true);
  });

  it("refuses what no packet has", () => {
    expect(problem("vlan.id:4096;")).toBe("number-out-of-range");
    expect(problem("vlan.id:1,3;")).toBe("number-out-of-range");
    expect(problem("vlan.layers:4;")).toBe("number-out-of-range");
  });
});

describe("events", () => {
  it("asks for an event of the packet and gates the rule by it", () => {
    const rule = prepare("decode-event:ipv4.trunc_pkt;");
    const [first] = rule.draft.packetChecks;
    expect(first?.options.eventCode).toBe(decoderEvent("ipv4.trunc_pkt"));
    expect(meets("decode-event:ipv4.trunc_pkt;")).toBe(false);
    const change = (packet: Packet) => {
      packet.addEvent(decoderEvent("ipv4.trunc_pkt"));
      packet.addEvent(streamEvent("est_packet_out_of_window"));
    };
    expect(meets("decode-event:ipv4.trunc_pkt;", change)).toBe(true);
    expect(meets("stream-event:est_packet_out_of_window;", change)).toBe(true);
    expect(meets("engine-event:decoder.ipv4.trunc_pkt;", change)).toBe(true);
    expect(meets("engine-event:stream.est_packet_out_of_window;", change)).toBe(true);
    expect(meets("stream-event:fin_invalid_ack;", change)).toBe(false);
  });

  it("refuses unknown names", () => {
    expect(problem("decode-event:ipv4.trunc;")).toBe("unknown-event");
    expect(problem("stream-event:ipv4.trunc_pkt;")).toBe("unknown-event");
  });
});
