import { describe, expect, it } from "vitest";
import { bytesToLatin1, latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { knownFlowState } from "../../../../src/core/detect/flow-detection-state.ts";
import { Flow } from "../../../../src/core/flow/flow.ts";
import { keywords } from "../../../../src/core/keywords/index.ts";
import { type CompiledPayload, compile, matches, problem, problemOf } from "../payload-harness.ts";

const yes = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(true);
const no = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(false);

describe("pcre", () => {
  it("matches with its flags, with or without quotes", () => {
    yes('pcre:"/^get \\/\\w+/i";', "GET /abc");
    yes("pcre:/one/;", "one");
    no('pcre:"/^b/";', "ab");
    yes('pcre:"/^b/m";', "a\nb");
    yes('pcre:"/a.b/s";', "a\nb");
    no('pcre:"/a b/x";', "a b");
    no('pcre:"/b/A";', "ab");
    no('pcre:"/a$/E";', "a\n");
    yes('pcre:!"/two/";', "one");
    no('pcre:!"/one/";', "one");
    yes('pcre:"/a\\/b\\x22/O";', 'a/b"');
  });

  it("with R begins at the last match and can be followed by others", () => {
    yes('content:"id="; pcre:"/^\\d+/R";', "id=12");
    no('content:"id="; pcre:"/^\\d+/R";', "id=x12");
    yes('pcre:"/id=/"; content:"12"; within:2;', "id=12");
    yes('pcre:"/[ab]/"; content:"x"; within:1;', "a.b.ax");
    yes('content:"a"; pcre:"/^b/R";', "aXab");
    no('content:"a"; pcre:!"/b/R";', "ab");
    yes('content:"a"; pcre:!"/^b/R";', "abac");
  });

  it("that reaches its limit is counted and does not match, not even negated", () => {
    const rule = compile('pcre:!"/^(?:(a+)+\\1)+$/";');
    expect(matches(rule, `${"a".repeat(200)}b${"a".repeat(200)}c`)).toBeTypeOf("boolean");
    const limited = compile('pcre:!"/(?=((x+x+)+y))\\1z/";');
    const result = matches(limited, "x".repeat(60));
    expect(limited.context.regexLimitHits > 0 ? result : false).toBe(false);
  });

  it("refuses unknown flags, broken expressions and clashing buffers", () => {
    expect(problemOf('pcre:"/a/q";')).toMatchObject({ code: "unknown-flag", offset: 4 });
    expect(problemOf('pcre:"/a(/";')).toMatchObject({ code: "bad-expression" });
    expect(problem('pcre:"abc";')).toBe("bad-expression");
    expect(problem('pcre:"/a/UH";')).toBe("conflicting-flags");
    expect(problem('pcre:"/a/BU";')).toBe("conflicting-flags");
    expect(problem('test.buffer; pcre:"/a/U";')).toBe("conflicting-flags");
    expect(problem('test.buffer; pcre:"/a/RB";')).toBe("");
    expect(problem('pcre:"/a/U";')).toBe("");
    expect(problemOf('pcre:"/(a)(b)/, pkt:key, pkt:value";')?.severity).toBe("unsupported");
    expect(problem('pcre:"/(a)/, name";')).toBe("bad-capture");
  });

  it("keeps what groups captured once the rule has matched", () => {
    const rule = compile('content:"x"; pcre:"/v(\\d+)\\.(?P<pkt_minor>\\d+)/R, flow:major";');
    const { context, draft } = rule;
    const flow = new Flow(0);
    context.flow = flow;
    const major = draft.builder.flowVariables.numberOf("major");
    const minor = draft.builder.packetVariables.numberOf("minor");
    expect(matches(rule, "x v12.34")).toBe(true);
    expect(knownFlowState(flow)?.variable(major) ?? null).toBe(null);
    for (const post of draft.postMatches) post.run(context);
    expect(text(knownFlowState(flow)?.variable(major))).toBe("12");
    expect(text(context.state.packetVariable(minor))).toBe("34");
  });

  it("forgets what it captured when a later attempt fails", () => {
    const rule = compile('pcre:"/v(\\d+)/, flow:major"; content:"end";');
    const flow = new Flow(0);
    rule.context.flow = flow;
    expect(matches(rule, "v1 end")).toBe(true);
    expect(matches(rule, "none")).toBe(false);
    for (const post of rule.draft.postMatches) post.run(rule.context);
    expect(knownFlowState(flow)).toBe(null);
  });
});

describe("flowvar and pktvar", () => {
  const check = ({ draft, context }: CompiledPayload): boolean | undefined =>
    draft.packetChecks[0]?.check.run(context, draft.packetChecks[0].check.data);

  it("look for bytes in what was captured", () => {
    const rule = compile('flowvar:user,"oo|74|";');
    const name = rule.draft.builder.flowVariables.numberOf("user");
    expect(check(rule)).toBe(false);
    rule.context.flow = new Flow(0);
    expect(check(rule)).toBe(false);
    const value = latin1ToBytes("root");
    rule.context.state.setFlowVariable(rule.context.flow, name, value, 0, value.length);
    expect(check(rule)).toBe(true);
    expect(rule.draft.stateUses).toEqual([{ kind: "flowvar", access: "read" }]);
  });

  it("of the packet ask the packet only", () => {
    const rule = compile("pktvar:agent,curl;");
    const name = rule.draft.builder.packetVariables.numberOf("agent");
    expect(check(rule)).toBe(false);
    const value = latin1ToBytes("curl/8");
    rule.context.state.addPacketVariable(name, value, 0, value.length);
    expect(check(rule)).toBe(true);
    expect(problem("pktvar:agent;")).toBe("missing-value");
  });
});

describe("base64", () => {
  it("is decoded from where the options say", () => {
    yes('base64_decode; base64_data; content:"Hello World"; startswith;', "SGVsbG8gV29ybGQ=");
    yes(
      'content:"arg="; base64_decode:bytes 16, offset 1, relative; base64_data; content:"thisisatest";',
      "arg= dGhpc2lzYXRlc3QK",
    );
    no(
      'content:"arg="; base64_decode:bytes 4, relative; base64_data; content:"test";',
      "arg=dGhpc2lzYXRlc3QK",
    );
    no('base64_decode:offset 99; base64_data; content:"x";', "eHh4");
    no('base64_decode; base64_data; content:"x";', "====");
  });

  it("never matches without base64_data, and ends its buffer", () => {
    no("base64_decode;", "eHh4");
    yes('base64_decode; content:"never looked at"; base64_data; content:"xxx";', "eHh4");
    expect(problem('base64_data; content:"x";')).toBe("buffer-needed");
    expect(problem("base64_decode:byts 4;")).toBe("unknown-value");
    expect(problem('base64_decode; base64_data; content:"abc"; fast_pattern;')).toBe(
      "fast-pattern-conflict",
    );
  });
});

describe("pkt_data", () => {
  it("returns to the payload", () => {
    const { draft } = compile('test.buffer; content:"a"; pkt_data; content:"b";');
    expect(draft.buffers.map(({ declaration }) => declaration.name)).toEqual([
      "test.buffer",
      "payload",
    ]);
  });
});

describe("asn1", () => {
  it("finds bit strings that ignore more than they have", () => {
    yes("asn1:bitstring_overflow, absolute_offset 0;", "\x03\x01\xff");
    no("asn1:bitstring_overflow, absolute_offset 0;", "\x03\x01\x07");
    yes("asn1:bitstring_overflow;", "\x30\x03\x03\x01\xff");
    no("asn1:bitstring_overflow;", "\x30\x04\x03\x01\xff");
  });

  it("finds long reals in text and long objects", () => {
    const real = (length: number): string =>
      `\x09\x82${String.fromCharCode(length >> 8, length & 255)}${"\x05".repeat(length)}`;
    yes("asn1:double_overflow;", real(257));
    no("asn1:double_overflow;", real(256));
    yes("asn1:oversize_length 3;", "\x04\x04abcd");
    no("asn1:oversize_length 4;", "\x04\x04abcd");
  });

  it("counts its relative offset from the match, and reads nothing outside", () => {
    yes('content:"ab"; asn1:bitstring_overflow, relative_offset 1;', "ab?\x03\x01\xff");
    yes('content:"ab"; asn1:bitstring_overflow, relative_offset -5;', "\x03\x01\xffab");
    no('content:"ab"; asn1:bitstring_overflow, relative_offset -9;', "\x03\x01\xffab");
    no('content:"ab"; asn1:bitstring_overflow, relative_offset 9;', "ab\x03\x01\xff");
    no("asn1:bitstring_overflow, absolute_offset 3;", "\x03\x01\xff");
  });

  it("is bounded in depth and objects", () => {
    no("asn1:bitstring_overflow;", `${"\x30\x80".repeat(40)}\x03\x01\xff`);
    no("asn1:bitstring_overflow;", `${"\x04\x00".repeat(30)}\x03\x01\xff`);
    yes("asn1:bitstring_overflow;", `${"\x04\x00".repeat(29)}\x03\x01\xff`);
  });

  it("refuses options it does not know", () => {
    expect(problem("asn1:oversize_length;")).toBe("bad-number");
    expect(problem("asn1:oversize_length 1024, some_other_param 360;")).toBe("unknown-value");
    expect(problem("asn1:oversize_length 1024,,;")).toBe("missing-value");
    expect(problem("asn1:relative_offset 65536;")).toBe("number-out-of-range");
    expect(problem("asn1:oversize_length 1 absolute_offset 10, bitstring_overflow;")).toBe("");
  });
});

describe("rpc", () => {
  const call = [1, 0, 2, 100_000, 2, 3].flatMap((word) => [
    (word >> 24) & 255,
    (word >> 16) & 255,
    (word >> 8) & 255,
    word & 255,
  ]);

  function isCall(options: string, protocol: number, payload: readonly number[]): boolean {
    const { draft, context } = compile(options);
    const at = 70_000;
    context.bytes.set(payload, at);
    context.packet.protocol = protocol;
    context.packet.payloadStart = at;
    context.packet.payloadEnd = at + payload.length;
    const found = draft.packetChecks[0];
    return found?.check.run(context, found.check.data) ?? false;
  }

  it("compares program, version and procedure over UDP and TCP", () => {
    expect(isCall("rpc:100000,2,3;", 17, call)).toBe(true);
    expect(isCall("rpc:100000,*,*;", 17, call)).toBe(true);
    expect(isCall("rpc:100000;", 6, [0x80, 0, 0, 24, ...call])).toBe(true);
    expect(isCall("rpc:100000,3,*;", 17, call)).toBe(false);
    expect(isCall("rpc:100000,2,4;", 17, call)).toBe(false);
    expect(isCall("rpc:100001;", 17, call)).toBe(false);
    expect(isCall("rpc:100000;", 17, call.slice(0, 20))).toBe(false);
    expect(isCall("rpc:100000;", 1, call)).toBe(false);
  });

  it("refuses what is no number", () => {
    expect(problem("rpc:111,aaa,*;")).toBe("bad-number");
    expect(problem("rpc:111,1,1,1;")).toBe("bad-value");
  });
});

describe("every payload keyword and transform", () => {
  const families = ["content", "transform", "buffer select"];
  const own = keywords.filter(({ family }) => families.includes(family));

  it("has examples that parse and compile, or are reported as unsupported", () => {
    for (const { name, examples } of own) {
      expect(examples.length, name).toBeGreaterThan(0);
      for (const { options, meaning } of examples) {
        expect(meaning, name).not.toBe("");
        const error = problemOf(options);
        const code = error?.severity === "unsupported" ? "" : (error?.code ?? "");
        expect(code, options).toBe("");
      }
    }
  });

  it("has a summary of one sentence", () => {
    for (const { name, summary } of own) expect(summary, name).toMatch(/^[A-Z](?:(?!\. ).)*\.$/);
  });
});

describe("the list of keywords", () => {
  it("is sorted and names each keyword once", () => {
    const names = keywords.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    const all = keywords.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(new Set(all).size).toBe(all.length);
  });
});

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? bytesToLatin1(bytes, 0, bytes.length) : "";
}
