import { describe, expect, it } from "vitest";
import type { Flow } from "../../../src/core/flow/flow.ts";
import { type Packet, PacketSource } from "../../../src/core/layers/packet.ts";
import { TcpSession } from "../../../src/core/stream/tcp-session.ts";
import { holds, meets, type PreparedRule, prepare, runPostMatches } from "./packet-harness.ts";
import { compile, problem } from "./payload-harness.ts";

describe("flow", () => {
  it("a direction alone chooses rules and needs no check", () => {
    const { draft } = compile("flow:from_server;", "ip");
    expect(draft.flowDirection).toBe(2);
    expect(draft.packetChecks).toHaveLength(0);
  });

  it("tells packets made of fragments", () => {
    const change = (packet: Packet) => {
      packet.source = PacketSource.defragmented;
    };
    expect(meets("flow:only_frag;", change)).toBe(true);
    expect(meets("flow:no_frag;", change)).toBe(false);
    expect(meets("flow:no_frag;")).toBe(true);
  });

  it("takes three words and one option", () => {
    expect(problem("flow:established,to_server,no_stream,no_frag;")).toBe("too-many-values");
    expect(problem("flow:established; flow:no_frag;")).toBe("duplicate-keyword");
    expect(problem("flow:to_server; flow:established;")).toBe("duplicate-keyword");
    expect(problem("flow:to_server,from_client;")).toBe("duplicate-value");
    expect(problem("flow:to_server,to_client;")).toBe("conflicting-values");
  });
});

describe("age and counts", () => {
  const busy = (packet: Packet, flow: Flow) => {
    flow.startUs = 1_900_000;
    packet.timeUs = 12_100_000;
    flow.packetsToServer = 10;
    flow.packetsToClient = 3;
    flow.bytesToServer = 5000;
    flow.bytesToClient = 100;
  };

  it("counts whole seconds of packet time", () => {
    expect(meets("flow.age:11;", busy)).toBe(true);
    expect(meets("flow.age:<11;", busy)).toBe(false);
  });

  it("counts packets and bytes by direction", () => {
    expect(meets("flow.pkts_toserver:10; flow.pkts_toclient:<4;", busy)).toBe(true);
    expect(meets("flow.bytes_toserver:>4kb; flow.bytes_toclient:100;", busy)).toBe(true);
    expect(meets("flow.pkts:toserver,10;", busy)).toBe(true);
    expect(meets("flow.pkts:toclient,10;", busy)).toBe(false);
    expect(meets("flow.pkts:either,3; flow.bytes:either,>4999;", busy)).toBe(true);
    expect(meets("flow.bytes:either,>5000;", busy)).toBe(false);
    expect(problem("flow.pkts:10;")).toBe("missing-value");
    expect(problem("flow.pkts:both,10;")).toBe("unknown-value");
  });

  it("needs a flow", () => {
    const rule = prepare("flow.pkts_toserver:0;");
    rule.context.flow = null;
    expect(holds(rule)).toBe(false);
  });
});

describe("flowbits", () => {
  const changed = (change: string, asked: string): boolean => {
    const rule = prepare(`${change} ${asked}`);
    runPostMatches(rule);
    return holds(rule);
  };

  it("sets, clears and toggles", () => {
    expect(changed("flowbits:set,a;", "flowbits:isset,a;")).toBe(true);
    expect(changed("flowbits:set,a; flowbits:unset,a;", "flowbits:isset,a;")).toBe(false);
    expect(changed("flowbits:toggle,a;", "flowbits:isset,a;")).toBe(true);
    expect(changed("flowbits:set,a;", "flowbits:isnotset,a;")).toBe(false);
    expect(changed("flowbits:set,a;", "flowbits:isnotset,a|b;")).toBe(true);
    expect(changed("flowbits:set,a;", "flowbits:isset,b|c;")).toBe(false);
  });

  it("refuses what can never match and what is no name", () => {
    expect(problem("flowbits:isset,a; flowbits:isnotset,a;")).toBe("conflicting-keyword");
    expect(problem("flowbits:isset,a; flowbits:isnotset,b;")).toBe("");
    expect(problem("flowbits:set;")).toBe("missing-value");
    expect(problem("flowbits:set,a b;")).toBe("bad-name");
    expect(problem("flowbits:noalert,a;")).toBe("unexpected-value");
    expect(problem("flowbits:sett,a;")).toBe("unknown-value");
  });

  it("keeps a rule of addresses one", () => {
    const { draft } = compile("flowbits:isset,a;", "ip");
    expect(draft.packetChecks[0]?.check.ipOnly).toBe(true);
  });
});

describe("flowint", () => {
  const value = (changes: string): PreparedRule => {
    const rule = prepare(changes);
    runPostMatches(rule);
    return rule;
  };

  it("counts from nothing, wraps, and uses others as operands", () => {
    expect(holds(value("flowint:n1,+,2; flowint:n1,==,2;"))).toBe(true);
    expect(holds(value("flowint:n1,=,5; flowint:n1,-,2; flowint:n1,<=,3;"))).toBe(true);
    expect(holds(value("flowint:n1,=,0; flowint:n1,-,1; flowint:n1,==,4294967295;"))).toBe(true);
    expect(holds(value("flowint:n1,=,5; flowint:n2,=,n1; flowint:n2,==,n1;"))).toBe(true);
    expect(holds(value("flowint:n1,=,5; flowint:n1,>,unset;"))).toBe(true);
    expect(holds(value("flowint:n1,=,5; flowint:n1,!=,5;"))).toBe(false);
  });

  it("compares nothing that was never set", () => {
    expect(holds(value("flowint:n1,-,2; flowint:n1,isset;"))).toBe(false);
    expect(holds(value("flowint:n1,<,2;"))).toBe(false);
    expect(holds(value("flowint:n1,notset; flowint:n1,isnotset;"))).toBe(true);
    expect(holds(value("flowint:n1,+,1; flowint:n1,isset;"))).toBe(true);
  });

  it("refuses what it cannot read", () => {
    expect(problem("flowint:n1;")).toBe("bad-value");
    expect(problem("flowint:n1,+;")).toBe("missing-value");
    expect(problem("flowint:1n,+,1;")).toBe("bad-name");
    expect(problem("flowint:n1,*,1;")).toBe("unknown-value");
    expect(problem("flowint:n1,+,4294967296;")).toBe("number-out-of-range");
  });
});

describe("bits of addresses", () => {
  const from = (source: number, destination: number, timeUs: number) => (packet: Packet) => {
    packet.sourceWords[0] = source;
    packet.destinationWords[0] = destination;
    packet.timeUs = timeUs;
  };

  /** The answer for another packet than the one that set the bit. */
  function later(options: string, change: (packet: Packet) => void): boolean {
    const rule = prepare(options, from(1, 2, 0));
    runPostMatches(rule);
    change(rule.packet);
    return holds(rule);
  }

  it("xbits live for a while, with the pair in either direction", () => {
    const set = "xbits:set,a,track ip_pair,expire 10; xbits:isset,a,track ip_pair;";
    expect(later(set, from(2, 1, 9e6))).toBe(true);
    expect(later(set, from(2, 1, 11e6))).toBe(false);
    expect(later(set, from(3, 1, 0))).toBe(false);
  });

  it("xbits follow the sender or the receiver", () => {
    const set = "xbits:set,a,track ip_src;";
    expect(later(`${set} xbits:isset,a,track ip_dst;`, from(9, 1, 0))).toBe(true);
    expect(later(`${set} xbits:isset,a,track ip_src;`, from(9, 1, 0))).toBe(false);
    expect(later(`${set} xbits:isnotset,a,track ip_src;`, from(9, 1, 0))).toBe(true);
    expect(
      later(`${set} xbits:unset,a,track ip_src; xbits:isset,a,track ip_src;`, from(1, 2, 0)),
    ).toBe(false);
  });

  it("hostbits live for five minutes", () => {
    const set = "hostbits:set,a,src; hostbits:isset,a,dst;";
    expect(later(set, from(7, 1, 299e6))).toBe(true);
    expect(later(set, from(7, 1, 301e6))).toBe(false);
  });

  it("refuses what it cannot read", () => {
    expect(problem("xbits:set,a;")).toBe("bad-value");
    expect(problem("xbits:set,a,track ip_source;")).toBe("unknown-value");
    expect(problem("xbits:set,a,track ip_src,expire 0;")).toBe("number-out-of-range");
    expect(problem("xbits:set,a,track tx;")).toBe("unsupported-value");
    expect(problem("hostbits:set,a,both;")).toBe("unknown-value");
    expect(problem("hostbits:set;")).toBe("bad-value");
  });
});

describe("stream_size", () => {
  const sized = (options: string): boolean => {
    const rule = prepare(options);
    const session = new TcpSession();
    session.client.begin(-10);
    session.client.nextSequence = 91;
    session.server.begin(0);
    session.server.nextSequence = 51;
    rule.context.session = session;
    return holds(rule);
  };

  it("compares the sides", () => {
    expect(sized("stream_size:client,>,100;")).toBe(true);
    expect(sized("stream_size:server,=,51;")).toBe(true);
    expect(sized("stream_size:both,>,60;")).toBe(false);
    expect(sized("stream_size:either,>,60;")).toBe(true);
    expect(meets("stream_size:either,>=,0;")).toBe(false);
  });

  it("looks into packets too, and refuses what it cannot read", () => {
    expect(compile("stream_size:client,>,1;", "ip").draft.alsoPackets).toBe(true);
    expect(problem("stream_size:client,>;")).toBe("bad-value");
    expect(problem("stream_size:client,~,1;")).toBe("unknown-value");
  });
});

describe("how often and by what", () => {
  it("threshold takes its fields in any order", () => {
    const { draft } = compile("threshold:track by_dst, seconds 60, type both, count 5;", "ip");
    expect(draft.threshold).toEqual({
      kind: "both",
      track: "byDestination",
      count: 5,
      seconds: 60,
    });
    expect(
      compile("threshold:type backoff, track by_flow, count 1, multiplier 10;", "ip").draft
        .threshold,
    ).toMatchObject({ kind: "backoff", multiplier: 10 });
  });

  it("threshold and detection_filter exclude each other", () => {
    const threshold = "threshold:type limit, track by_src, count 1, seconds 60;";
    const filter = "detection_filter:track by_src, count 1, seconds 60;";
    expect(problem(threshold)).toBe("");
    expect(problem(filter)).toBe("");
    expect(problem(threshold + filter)).toBe("conflicting-keyword");
    expect(problem(threshold + threshold)).toBe("");
    expect(problem("threshold:type limit, track by_src, count 1;")).toBe("missing-value");
    expect(problem("threshold:type any, track by_src, count 1, seconds 6;")).toBe("unknown-value");
    expect(problem("threshold:count 1, count 2, type limit, track by_src;")).toBe(
      "duplicate-value",
    );
    expect(problem("detection_filter:track by_src, count 0, seconds 6;")).toBe(
      "number-out-of-range",
    );
  });

  it("prefilter chooses the condition before it", () => {
    expect(compile("flow:established; ttl:1; prefilter;", "ip").draft.prefilterCheck).toBe(1);
    const { draft } = compile('content:"abc"; prefilter;', "ip");
    expect(draft.previousContent("test").fastPattern).toEqual({ kind: "whole" });
    expect(problem("prefilter;")).toBe("modifier-without-condition");
    expect(problem("tos:1; prefilter;")).toBe("bad-prefilter");
    expect(problem("ttl:1; prefilter; ttl:2; prefilter;")).toBe("duplicate-keyword");
  });
});
