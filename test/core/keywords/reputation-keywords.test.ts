import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import type { Packet } from "../../../src/core/layers/packet.ts";
import { meets, prepare } from "./packet-harness.ts";
import { compile, matches, problem } from "./payload-harness.ts";

describe("dataset", () => {
  it("matches when it changed the set", () => {
    const rule = compile("test.buffer; dataset:set,seen,type string;", "ip");
    expect(matches(rule, "abc")).toBe(true);
    expect(matches(rule, "abc")).toBe(false);
    expect(matches(rule, "")).toBe(false);
    const sets = [...rule.context.state.datasets.serialise()];
    expect(sets).toEqual([]);
  });

  it("asks, and takes out", () => {
    const rule = compile(
      "test.buffer; dataset:set,s,type string; dataset:isset,s; dataset:unset,s; dataset:isnotset,s;",
      "ip",
    );
    expect(matches(rule, "abc")).toBe(true);
    expect(matches(rule, "abc")).toBe(true);
  });

  it("acts only once the conditions before it hold", () => {
    const rule = compile('test.buffer; content:"a"; dataset:set,s,type string;', "ip");
    expect(matches(rule, "b")).toBe(false);
    expect(rule.context.state.datasets.get("s")?.table.count).toBe(0);
    expect(matches(rule, "a")).toBe(true);
  });

  it("holds values of the size of its type only", () => {
    const rule = compile("test.buffer; dataset:set,s,type md5;", "ip");
    expect(matches(rule, "short")).toBe(false);
    expect(matches(rule, "0123456789abcdef")).toBe(true);
    const ip = compile("test.buffer; dataset:set,s,type ip;", "ip");
    expect(matches(ip, "abcd")).toBe(true);
    expect(matches(ip, "abcde")).toBe(false);
  });

  it("finds parent domains where the rule wants them", () => {
    const rule = compile("test.buffer; dataset:isset,s,type string,match subdomain;", "ip");
    const set = rule.context.state.datasets.get("s");
    const domain = latin1ToBytes("bad.example");
    set?.add(domain, 0, domain.length);
    expect(matches(rule, "a.b.bad.example")).toBe(true);
    expect(matches(rule, "bad.example")).toBe(true);
    expect(matches(rule, "notbad.example")).toBe(false);
  });

  it("refuses what Suricata refuses", () => {
    const at = (value: string): string => problem(`test.buffer; dataset:${value};`);
    expect(problem("dataset:isset,s,type string;")).toBe("buffer-needed");
    expect(at("isset,s")).toBe("unknown-dataset");
    expect(at("isset,s,type nosuch")).toBe("unknown-value");
    expect(at("isset,s,type string,load missing")).toBe("unreadable-file");
    expect(at("isset,s,type string,state a,load b")).toBe("conflicting-values");
    expect(at("isset,s,type string,key ip")).toBe("unknown-value");
    expect(at("isset,s,type string,context_key ip")).toBe("idle-value");
    expect(at("isset,s,type string,format json,value_key ip")).toBe("missing-value");
    expect(at("isset,s,type ip,format ndjson,value_key a,context_key b,array_key c")).toBe(
      "idle-value",
    );
    expect(at("set,s,type string,save /etc/passwd")).toBe("path-refused");
    expect(at("set,s,type string,state ../x")).toBe("path-refused");
    expect(at("set,s,type string,state x")).toBe("");
    expect(at("set,s,type string; dataset:isset,s,type md5")).toBe("dataset-mismatch");
    expect(at("set,a b,type string")).toBe("bad-name");
    expect(at("set,s,type string,memcap 10xb")).toBe("bad-number");
  });
});

describe("datarep", () => {
  it("compares the number kept for a value", () => {
    const rule = compile("test.buffer; datarep:s,>,200,type string;", "ip");
    const set = rule.context.state.datasets.get("s");
    expect(set?.load(latin1ToBytes("YmFk,201\nb2s=,5\n"))).toBeNull();
    expect(matches(rule, "bad")).toBe(true);
    expect(matches(rule, "ok")).toBe(false);
    expect(matches(rule, "unknown")).toBe(false);
  });

  it("refuses what it cannot read", () => {
    expect(problem("test.buffer; datarep:s,>;")).toBe("missing-value");
    expect(problem("test.buffer; datarep:s,~,1,type string;")).toBe("unknown-value");
    expect(problem("test.buffer; datarep:s,>,65536,type string;")).toBe("number-out-of-range");
    expect(problem("test.buffer; dataset:set,s,type string; datarep:s,>,1,type string;")).toBe(
      "dataset-mismatch",
    );
  });
});

describe("iprep", () => {
  const from = (source: number, destination: number) => (packet: Packet) => {
    packet.sourceWords[0] = source;
    packet.destinationWords[0] = destination;
  };
  const asked = (options: string, source: number, destination: number): boolean => {
    const rule = prepare(`${options}`, from(source, destination));
    rule.context.state.reputation.loadValues("0.0.0.1,1,50\n0.0.0.2,1,10\n");
    return rule.draft.packetChecks.every(({ check }) => check.run(rule.context, check.data));
  };

  it("compares the sides", () => {
    expect(asked("iprep:src,CnC,>,30;", 1, 9)).toBe(true);
    expect(asked("iprep:src,CnC,>,30;", 2, 1)).toBe(false);
    expect(asked("iprep:dst,CnC,=,50;", 9, 1)).toBe(true);
    expect(asked("iprep:any,CnC,>,30;", 2, 1)).toBe(true);
    expect(asked("iprep:any,CnC,>,30;", 2, 2)).toBe(false);
    expect(asked("iprep:both,CnC,<=,50;", 2, 1)).toBe(true);
    expect(asked("iprep:both,CnC,<=,50;", 2, 9)).toBe(false);
  });

  it("compares nothing without a value", () => {
    expect(asked("iprep:src,CnC,!=,5;", 9, 9)).toBe(false);
    expect(asked("iprep:src,CnC,isset;", 1, 9)).toBe(true);
    expect(asked("iprep:src,CnC,isnotset;", 1, 9)).toBe(false);
    expect(asked("iprep:any,CnC,isnotset;", 1, 9)).toBe(true);
    expect(asked("iprep:both,CnC,isnotset;", 1, 9)).toBe(false);
    expect(asked("iprep:both,CnC,isnotset;", 8, 9)).toBe(true);
  });

  it("refuses what it cannot read", () => {
    expect(meets("iprep:src,Mobile,isnotset;")).toBe(true);
    expect(problem("iprep:src,nosuch,>,1;")).toBe("unknown-category");
    expect(problem("iprep:src,CnC,>,128;")).toBe("number-out-of-range");
    expect(problem("iprep:src,CnC,~,1;")).toBe("unknown-value");
    expect(problem("iprep:source,CnC,>,1;")).toBe("unknown-value");
    expect(problem("iprep:src,CnC,>;")).toBe("missing-value");
  });
});
