import { describe, expect, it } from "vitest";
import { compile, matches, problem, problemOf } from "../payload-harness.ts";

const yes = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(true);
const no = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(false);

describe("content", () => {
  it("is found anywhere, and only as written", () => {
    yes('content:"b|63|d";', "abcde");
    no('content:"bCd";', "abcde");
    yes('content:"bCd"; nocase;', "aBcDe");
    no('content:"abc";', "ab");
  });

  it("negated matches where the bytes are not, also in an empty buffer", () => {
    yes('content:!"xyz";', "abc");
    no('content:!"b";', "abc");
    yes('content:!"b";', "");
    no('content:"b";', "");
  });

  it("keeps to offset and depth", () => {
    yes('content:"c"; offset:2; depth:1;', "abcd");
    no('content:"c"; offset:2; depth:1;', "abdc");
    no('content:"a"; offset:1;', "abcd");
    no('content:"cd"; depth:3;', "abcd");
    yes('content:"c"; depth:2; offset:1;', "abcd");
    yes('content:!"c"; depth:2;', "abcd");
    no('content:"a"; offset:9;', "a");
    yes('content:!"a"; offset:9;', "a");
  });

  it("with distance and within counts from the end of the match before", () => {
    yes('content:"ab"; content:"cd"; distance:1;', "abXcd");
    no('content:"ab"; content:"cd"; distance:1;', "abcd");
    yes('content:"ab"; content:"cd"; within:2;', "abcd");
    no('content:"ab"; content:"cd"; within:2;', "abXcd");
    yes('content:"ab"; content:"cd"; distance:1; within:2;', "abXcd");
    yes('content:"abcd"; content:"bc"; distance:-3;', "abcd");
    no('content:"abcd"; content:"bc"; distance:-2;', "abcd");
    yes('content:"ab"; content:"a"; distance:-100;', "ab");
    yes('content:"one"; within:8;', "12345one");
    no('content:"one"; within:8;', "123456one");
  });

  it("is tried at its later places while what is relative to it fails", () => {
    yes('content:"a"; content:"b"; within:1;', "aXaXab");
    yes('content:"a"; content:"b"; within:1; content:"c"; within:1;', "ab ab abc");
    yes('content:"a"; content:!"b"; within:1;', "abaX");
    no('content:"a"; content:!"b"; within:1;', "abab");
    yes('content:"a"; content:!"b"; distance:0;', "aba");
    no('content:"a"; content:"b"; distance:0;', "ba");
  });

  it("is not tried again for a relative content behind a negated one, as in Suricata", () => {
    no('content:"a"; content:!"x"; content:"b"; within:1;', "aXab");
    yes('content:"a"; content:!"z"; content:"b"; within:1;', "abX");
  });

  it("startswith and endswith bind it to the ends", () => {
    yes('content:"GET"; startswith;', "GET /");
    no('content:"GET"; startswith;', " GET /");
    yes('content:"GET"; startswith; nocase;', "get /");
    yes('content:"cc"; endswith;', "ccXccc");
    no('content:"cc"; endswith;', "ccX");
    yes('content:"abc"; startswith; endswith;', "abc");
    no('content:"abc"; startswith; endswith;', "abcabc");
    no('content:!"cc"; endswith;', "ccXcc");
    yes('content:!"cc"; endswith;', "ccX");
    no('content:!"abc"; startswith;', "abcd");
    yes('content:"a"; content:"b"; within:5; endswith;', "aabb");
    no('content:"ab"; depth:4; endswith;', "abcdeab");
  });

  it("counts depth from the start of the stream in a window of it, offset from the window", () => {
    const deep = compile('content:"b"; depth:12;');
    expect(matches(deep, "ab", { offset: 10 })).toBe(true);
    expect(matches(deep, "aab", { offset: 10 })).toBe(false);
    expect(matches(deep, "b", { offset: 12 })).toBe(false);
    expect(matches('content:!"b"; depth:12;', "a", { offset: 12 })).toBe(false);
    expect(matches('content:"a"; offset:3;', "xxxa", { offset: 100 })).toBe(true);
  });

  it("reports modifiers that contradict each other", () => {
    expect(problem('content:"AA"; offset:20; offset:20;')).toBe("duplicate-modifier");
    expect(problem('content:"AA"; content:"BB"; depth:50; distance:5;')).toBe(
      "conflicting-modifiers",
    );
    expect(problem('content:"A"; content:"B"; within:5; offset:1;')).toBe("conflicting-modifiers");
    expect(problem('content:"A"; startswith; depth:3;')).toBe("conflicting-modifiers");
    expect(problem('content:"A"; depth:3; startswith;')).toBe("conflicting-modifiers");
    expect(problem('content:"A"; nocase; nocase;')).toBe("duplicate-modifier");
    expect(problem("depth:50;")).toBe("modifier-without-content");
    expect(problem('content:"AAA"; depth:2;')).toBe("depth-too-small");
    expect(problem('content:"AAA"; within:2;')).toBe("within-too-small");
    expect(problem('content:" "; within:1048577;')).toBe("number-out-of-range");
    expect(problem('content:" "; distance:-1048577;')).toBe("number-out-of-range");
    expect(problem('content:"A"; depth:d;')).toBe("unknown-variable");
    expect(problem('content:"|22 2 22|";')).toBe("odd-hex");
    expect(problem('content:"A"; rawbytes;')).toBe("");
    expect(problem('test.buffer; content:"A"; rawbytes;')).toBe("conflicting-modifiers");
  });

  it("points at the name of an unknown variable and suggests the near one", () => {
    const error = problemOf('byte_extract:1,0,size; content:"A"; depth:siez;');
    expect(error).toMatchObject({ offset: 0, length: 4, hint: 'did you mean "size"?' });
  });

  it("as fast pattern excludes what the prefilter cannot use", () => {
    expect(problem('content:"first"; content:"second"; fast_pattern:only; offset:6;')).toBe(
      "fast-pattern-conflict",
    );
    expect(problem('content:!"a"; distance:1; fast_pattern;')).toBe("fast-pattern-conflict");
    expect(problem('content:!"a"; fast_pattern; offset:2;')).toBe("fast-pattern-conflict");
    expect(problem('content:"a"; fast_pattern; content:"b"; fast_pattern;')).toBe(
      "fast-pattern-conflict",
    );
    expect(problem('content:"abc"; fast_pattern:1,3;')).toBe("fast-pattern-conflict");
    const { draft } = compile('content:"abc"; fast_pattern:1,2;');
    expect(draft.buffers[0]?.items[0]).toMatchObject({
      fastPattern: { kind: "chop", offset: 1, length: 2 },
    });
  });

  it("replace takes as many bytes as the content has", () => {
    expect(problem('content:"abc"; replace:"xyz";')).toBe("");
    expect(problem('content:"abc"; replace:"xy";')).toBe("bad-replacement");
    expect(problem('content:!"abc"; replace:"xyz";')).toBe("bad-replacement");
  });

  it("that a transform never leaves is refused, unless negated", () => {
    expect(problem('test.buffer; to_lowercase; content:"AT";')).toBe("impossible-content");
    expect(problem('test.buffer; to_lowercase; content:!"AT";')).toBe("");
    expect(problem('test.buffer; strip_whitespace; content:"a b";')).toBe("impossible-content");
    expect(problem('test.buffer; compress_whitespace; content:"a  b";')).toBe("impossible-content");
    expect(problem('test.buffer; compress_whitespace; content:"a b";')).toBe("");
  });

  it("gives up at the step limit and counts that", () => {
    const rule = compile('content:"a"; content:"b"; within:1; content:"c"; within:1;');
    rule.context.stepLimit = 100;
    expect(matches(rule, `${"ab".repeat(200)}c`)).toBe(false);
    expect(rule.context.stepLimitHits).toBe(1);
    rule.context.stepLimit = 3000;
    expect(matches(rule, `${"ab".repeat(200)}c`)).toBe(true);
  });
});

describe("isdataat", () => {
  it("asks for a byte at a place, or for so many bytes behind the match", () => {
    const data = "a".repeat(32);
    yes("isdataat:31;", data);
    no("isdataat:32;", data);
    yes("isdataat:!32;", data);
    yes("isdataat:32,relative;", data);
    no("isdataat:33,relative;", data);
    yes('content:"a"; depth:1; isdataat:31,relative;', data);
    no('content:"a"; depth:1; isdataat:32,relative;', data);
    yes('content:"a"; isdataat:!31,relative;', data);
  });

  it("!1,relative behind a content is endswith", () => {
    const { draft } = compile('content:"abc"; isdataat:!1,relative;');
    expect(draft.buffers[0]?.items).toHaveLength(1);
    yes('content:"abc"; isdataat:!1,relative;', "abcabc");
    no('content:"abc"; isdataat:!1,relative;', "abcabcd");
  });

  it("takes a variable, and refuses what it does not know", () => {
    yes("byte_extract:1,0,size,string,dec; isdataat:size;", "2ab");
    no("byte_extract:1,0,size,string,dec; isdataat:size;", "3ab");
    expect(problem("isdataat:size;")).toBe("unknown-variable");
    expect(problem("isdataat:1,rawbytes,relative;")).toBe("bad-value");
    expect(problem("isdataat:70000;")).toBe("number-out-of-range");
  });
});

describe("sizes", () => {
  it("bsize compares the selected buffer, with what lies before a window", () => {
    yes("test.buffer; bsize:3;", "abc");
    no("test.buffer; bsize:>3;", "abc");
    yes("test.buffer; bsize:2<>4;", "abc");
    yes("test.buffer; bsize:0;", "");
    expect(matches("test.buffer; bsize:13;", "abc", { offset: 10 })).toBe(true);
    expect(problem("bsize:3;")).toBe("buffer-needed");
  });

  it("that contents cannot meet are refused", () => {
    expect(problem('test.buffer; content:"abcdefgh123456"; bsize:2;')).toBe("impossible-size");
    expect(problem('test.buffer; content:"abcdefgh123456"; bsize:<13;')).toBe("impossible-size");
    expect(problem('test.buffer; content:"abcdefgh123456"; bsize:10<>13;')).toBe("impossible-size");
    expect(problem('test.buffer; content:"abc"; offset:3; depth:3; bsize:3;')).toBe(
      "impossible-size",
    );
    expect(problem('test.buffer; content:"abcdefgh123456"; bsize:<20;')).toBe("");
    expect(problem('test.buffer; content:"/index.php"; bsize:>1024;')).toBe("");
    expect(problem('dsize:50; content:"AA"; offset:100;')).toBe("impossible-size");
    expect(problem('dsize:5<>10; content:"thisstringisgreaterthan10bytes";')).toBe(
      "impossible-size",
    );
    const negated =
      'dsize:16; content:"abcdef"; startswith; content:!"a"; distance:0; content:"789"; distance:0; ' +
      'content:!"c"; distance:1; within:10;';
    expect(problem(negated)).toBe("impossible-size");
    expect(problem("dsize:0;")).toBe("");
    expect(problem("dsize:1; dsize:2;")).toBe("duplicate-option");
  });

  it("dsize compares the payload of a packet, never that of one the engine made", () => {
    const { draft, context } = compile("dsize:3;");
    const run = (): boolean | undefined =>
      draft.packetChecks[0]?.check.run(context, draft.packetChecks[0].check.data);
    context.packet.payloadStart = 10;
    context.packet.payloadEnd = 13;
    expect(run()).toBe(true);
    context.packet.payloadEnd = 14;
    expect(run()).toBe(false);
    context.packet.payloadEnd = 13;
    context.packet.source = 12;
    expect(run()).toBe(false);
    expect(draft.requirePacket).toBe(true);
  });
});

describe("absent", () => {
  it("alone fails where the buffer is, with or_else leaves it to the rest", () => {
    no("test.buffer; absent;", "abc");
    yes('test.buffer; absent:or_else; content:!"x";', "abc");
    no('test.buffer; absent:or_else; content:!"b";', "abc");
    expect(compile("test.buffer; absent;").draft.buffers[0]?.absent).toBe("only");
  });

  it("is refused where it makes no sense", () => {
    expect(problem("absent;")).toBe("buffer-needed");
    expect(problem('test.buffer; content:"a"; absent;')).toBe("absent-not-first");
    expect(problem('test.buffer; absent; content:"a";')).toBe("absent-with-content");
    expect(problem("test.buffer; absent:or_else;")).toBe("absent-alone");
    expect(problem('test.buffer; absent:or_else; content:"a"; fast_pattern;')).toBe(
      "fast-pattern-conflict",
    );
  });
});

describe("entropy", () => {
  it("is 0 for one byte over and over, 2 for four in equal parts", () => {
    yes("entropy:value 0;", "aaaaaaa");
    yes("entropy:value = 2;", "abcdabcd");
    yes("entropy:value 1.5-2.5;", "abcdabcd");
    no("entropy:value !1.5-2.5;", "abcdabcd");
    yes("entropy:offset 4, bytes 4, value <1;", "abcdaaaa");
    no("entropy:offset 9, value >=0;", "abcdaaaa");
    yes("entropy:value 0;", "");
    expect(problem("entropy:bytes 4;")).toBe("missing-value");
    expect(problem("entropy:value 5-4;")).toBe("impossible-comparison");
    expect(problem("entropy:value ? 7;")).toBe("bad-comparison");
  });
});
