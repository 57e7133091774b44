import { describe, expect, it } from "vitest";
import { Flow } from "../../../src/core/flow/flow.ts";
import { TcpFlag } from "../../../src/core/layers/tcp.ts";
import type { CompiledPayload } from "./payload-harness.ts";
import { compile, problem } from "./payload-harness.ts";

/** A packet of TCP over IPv4 in a flow of its own, to be changed by the test. */
function prepare(options: string): CompiledPayload {
  const compiled = compile(options);
  const { packet } = compiled.context;
  packet.ipVersion = 4;
  packet.ipStart = 0;
  packet.ipHeaderLength = 20;
  packet.ipEnd = 40;
  packet.hopLimit = 64;
  packet.protocol = packet.transport = 6;
  packet.transportStart = 20;
  packet.flow = compiled.context.flow = new Flow(0);
  return compiled;
}

function holds({ draft, context }: CompiledPayload): boolean {
  return draft.packetChecks.every(({ check }) => check.run(context, check.data));
}

describe("flow", () => {
  it("asks for the state", () => {
    const rule = prepare("flow:established,to_server;");
    expect(rule.draft.flowDirection).toBe(1);
    expect(rule.draft.requireFlow).toBe(true);
    expect(holds(rule)).toBe(false);
    rule.context.packet.established = true;
    expect(holds(rule)).toBe(true);
    rule.context.flow = rule.context.packet.flow = null;
    expect(holds(rule)).toBe(false);
  });

  it("needs no flow when stateless", () => {
    expect(compile("flow:stateless;").draft.requireFlow).toBe(false);
    expect(compile("flow:only_stream;").draft.requireStream).toBe(true);
    expect(compile("flow:no_stream;").draft.requirePacket).toBe(true);
  });

  it("refuses contradictions and unknown words", () => {
    for (const value of [
      "established,not_established",
      "established,stateless",
      "to_server,to_client",
      "only_stream,no_stream",
      "only_frag,no_frag",
      "establishd",
    ]) {
      expect(problem(`flow:${value};`), value).not.toBe("");
    }
  });
});

describe("tcp.flags", () => {
  const matches = (value: string, flags: number): boolean => {
    const rule = prepare(`tcp.flags:${value};`);
    rule.context.packet.tcpFlags = flags;
    return holds(rule);
  };

  it("compares all flags, or some", () => {
    expect(matches("S", TcpFlag.syn)).toBe(true);
    expect(matches("S", TcpFlag.syn | TcpFlag.ack)).toBe(false);
    expect(matches("+S", TcpFlag.syn | TcpFlag.ack)).toBe(true);
    expect(matches("*SF", TcpFlag.fin | TcpFlag.ack)).toBe(true);
    expect(matches("!S", TcpFlag.ack)).toBe(true);
    expect(matches("!S", TcpFlag.syn)).toBe(false);
    expect(matches("0", 0)).toBe(true);
  });

  it("ignores the flags after the comma", () => {
    expect(matches("S,12", TcpFlag.syn | TcpFlag.cwr | TcpFlag.ece)).toBe(true);
    expect(matches("S", TcpFlag.syn | TcpFlag.cwr)).toBe(false);
  });
});

describe("headers", () => {
  it("ttl", () => {
    expect(holds(prepare("ttl:64;"))).toBe(true);
    expect(holds(prepare("ttl:<64;"))).toBe(false);
  });

  it("itype", () => {
    const rule = prepare("itype:8;");
    expect(holds(rule)).toBe(false);
    rule.context.packet.protocol = rule.context.packet.transport = 1;
    rule.context.packet.icmpType = 8;
    expect(holds(rule)).toBe(true);
    rule.context.packet.icmpType = 0;
    expect(holds(rule)).toBe(false);
  });

  it("ip_proto", () => {
    expect(holds(prepare("ip_proto:6;"))).toBe(true);
    expect(holds(prepare("ip_proto:TCP;"))).toBe(true);
    expect(holds(prepare("ip_proto:!6;"))).toBe(false);
    expect(holds(prepare("ip_proto:17;"))).toBe(false);
  });
});

describe("flowbits", () => {
  it("sets, asks for and clears a bit of the flow", () => {
    const set = prepare("flowbits:set,seen; flowbits:noalert;");
    expect(set.draft.noAlert).toBe(true);
    const asked = prepare("flowbits:isset,other|seen;");
    expect(holds(asked)).toBe(false);
    const { context } = asked;
    context.state.ofFlow(context.flow!).setBit(asked.draft.builder.flowBits.numberOf("seen"));
    expect(holds(asked)).toBe(true);
    for (const change of set.draft.postMatches) change.run(set.context);
    const state = set.context.state.ofFlow(set.context.flow!);
    expect([...state.bitNumbers]).toEqual([set.draft.builder.flowBits.numberOf("seen")]);
    expect(set.draft.stateUses).toContainEqual({ kind: "flowbits", access: "write" });
    expect(asked.draft.stateUses).toContainEqual({ kind: "flowbits", access: "read" });
  });

  it("holds for isnotset in a fresh flow", () => {
    expect(holds(prepare("flowbits:isnotset,seen;"))).toBe(true);
  });
});
