import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { readNumberText } from "../../../../src/core/keywords/content/matching/number-text.ts";
import { Unsigned64 } from "../../../../src/core/keywords/content/matching/unsigned64.ts";
import { compile, matches, problem, problemOf } from "../payload-harness.ts";

const yes = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(true);
const no = (rule: string, data: string): void => expect(matches(rule, data), rule).toBe(false);

/** The variable's value after the options ran. */
function variable(options: string, data: string, name: string): bigint {
  const compiled = compile(options);
  expect(matches(compiled, data), options).toBe(true);
  return compiled.inspection.variables[compiled.draft.variableIndex(name)] ?? -1n;
}

describe("byte_test", () => {
  it("compares bytes in either order with every operator", () => {
    yes("byte_test:2,=,0x0102,0;", "\x01\x02");
    yes("byte_test:2,=,0x0201,0,little;", "\x01\x02");
    yes("byte_test:1,!=,2,0;", "\x01");
    yes("byte_test:1,!,2,0;", "\x01");
    no("byte_test:1,<,1,0;", "\x01");
    yes("byte_test:1,<=,1,0;", "\x01");
    yes("byte_test:1,>=,1,0;", "\x01");
    yes("byte_test:1,&,0x80,0;", "\x81");
    no("byte_test:1,!&,0x80,0;", "\x81");
    yes("byte_test:1,^,0x80,0;", "\x81");
    no("byte_test:1,^,0x81,0;", "\x81");
    yes("byte_test:8,>,0xfffffffffffffffe,0;", "\xff".repeat(8));
    yes("byte_test:1,=,010,0;", "\x08");
  });

  it("masks, then moves the masked bits down", () => {
    const data = "HTTP";
    yes("byte_test:1,=,0x9,0,bitmask 0xf8;", data);
    no("byte_test:1,!=,0x9,0, bitmask 0xf8;", data);
    yes("byte_test:2,=,0x90a,0,bitmask 0xf8f8;", data);
  });

  it("reads digits up to the first other byte", () => {
    yes('content:"len="; byte_test:3,=,12,0,relative,string,dec;', "len=12x");
    yes("byte_test:4,=,255,0,string,hex;", "0xff");
    yes("byte_test:3,=,8,0,string,oct;", " 10");
    no("byte_test:3,>=,0,0,string,dec;", "abc");
  });

  it("never matches on bytes outside the buffer", () => {
    no("byte_test:2,>=,0,1;", "ab");
    no("byte_test:1,>=,0,-1;", "ab");
    no('content:"b"; byte_test:1,>=,0,0,relative;', "ab");
    yes('content:"b"; byte_test:1,=,97,-2,relative;', "ab");
    no("byte_test:1,=,65,214748364;", "A");
    no("byte_test:1,>=,0,0;", "");
  });

  it("lets the content before it look for another place", () => {
    yes('content:"a"; byte_test:1,=,3,0,relative,string,dec;', "a1a2a3");
    no('content:"a"; byte_test:1,=,4,0,relative,string,dec;', "a1a2a3");
  });

  it("takes variables for bytes, value and offset", () => {
    yes("byte_extract:1,0,n,string,dec; byte_test:n,=,0x6162,1;", "2ab");
    yes("byte_extract:1,0,v; byte_test:1,=,v,1;", "aa");
    yes("byte_extract:1,0,o,string,dec; byte_test:1,=,98,o;", "2ab");
    no("byte_extract:1,0,n; byte_test:n,>=,0,0;", "\x09aaaaaaaaaaaa");
  });

  it("refuses what does not fit together", () => {
    expect(problem("byte_test:9,=,1,0;")).toBe("number-out-of-range");
    expect(problem("byte_test:24,=,1,0,string,dec;")).toBe("number-out-of-range");
    expect(problem("byte_test:1,=,1,0,dec;")).toBe("conflicting-options");
    expect(problem("byte_test:1,~,1,0;")).toBe("unknown-value");
    expect(problem("byte_test:1,=,1;")).toBe("missing-value");
    expect(problem("byte_test:1,=,x,0;")).toBe("unknown-variable");
    expect(problem("byte_test:1,=,1,0,string,dec,dce;")).toBe("conflicting-options");
    expect(problemOf("byte_test:1,=,1,0,dce;")).toBeNull();
  });
});

describe("byte_jump", () => {
  it("moves behind the number by what it says", () => {
    yes('byte_jump:1,0; content:"x"; within:1;', "\x02abx");
    no('byte_jump:1,0; content:"x"; within:1;', "\x01abx");
    yes('byte_jump:1,0,multiplier 2; content:"x"; within:1;', "\x01abx");
    yes('byte_jump:1,0,align; content:"x"; within:1;', "\x01abcdx");
    yes('byte_jump:1,1,from_beginning; content:"x"; within:1;', "a\x03bx");
    yes('byte_jump:0,0,from_end,post_offset -2; content:"x"; within:1;', "abcxd");
    yes('byte_jump:1,0,bitmask 0xf0; content:"x"; within:1;', "\x2fabx");
    yes('byte_jump:2,0,little,post_offset 1; content:"x"; within:1;', "\x01\x00abx");
    yes('content:"n"; byte_jump:1,0,relative,string,dec; content:"x"; within:1;', "an2abx");
  });

  it("lands at the start when it goes before it, fails when it leaves the buffer", () => {
    yes('content:"cd"; byte_jump:0,0,relative,post_offset -3; content:"b"; within:1;', "abcd?");
    yes('content:"cd"; byte_jump:0,0,relative,post_offset -9; content:"a"; within:1;', "abcd?");
    yes('content:"cd"; byte_jump:0,0,relative,post_offset -9;', "abcd?");
    no("byte_jump:1,0;", "\x01a");
    no("byte_jump:1,0;", "\xffa");
    no('content:"Question?"; byte_jump:0,0,relative,string,from_end,post_offset -3;', "Question?1");
  });

  it("refuses what does not fit together", () => {
    expect(problem("byte_jump:1,0,from_end,from_beginning;")).toBe("conflicting-options");
    expect(problem("byte_jump:no_var,0,relative;")).toBe("unknown-variable");
    expect(problem("byte_jump:4,70000;")).toBe("number-out-of-range");
    expect(problem("byte_jump:4,0,hex;")).toBe("conflicting-options");
    expect(problem("byte_jump:4,0,multiplier 0;")).toBe("number-out-of-range");
    expect(problem("byte_jump:4,0,big,dce;")).toBe("conflicting-options");
    expect(problemOf("byte_jump:4,0,dce;")).toBeNull();
  });
});

describe("byte_extract", () => {
  it("keeps numbers of up to 64 bits", () => {
    expect(variable("byte_extract:8,0,v;", "\xff".repeat(8), "v")).toBe(2n ** 64n - 1n);
    expect(variable("byte_extract:2,0,v,little;", "\x01\x02", "v")).toBe(0x0201n);
    expect(variable("byte_extract:2,0,v,multiplier 10,align 4;", "\x00\x03", "v")).toBe(32n);
    expect(variable("byte_extract:3,0,v,string,hex;", "1fz", "v")).toBe(0x1fn);
  });

  it("gives offset, depth, distance and within their numbers", () => {
    yes('byte_extract:2,0,two,string,dec; content:"|33 34|"; offset:0; depth:two;', "12..34......");
    yes('byte_extract:1,0,o,string,dec; content:"x"; offset:o; depth:1;', "3..x");
    no('byte_extract:1,0,o,string,dec; content:"x"; offset:o; depth:1;', "3...x");
    yes('byte_extract:1,0,d,string,dec; content:"a"; content:"b"; distance:d; within:1;', "2a..b");
    yes('byte_extract:1,0,w,string,dec; content:"a"; content:"b"; within:w;', "2a.b");
    no('byte_extract:1,0,w,string,dec; content:"a"; content:"b"; within:w;', "2a..b");
  });

  it("moves the place behind what it read", () => {
    yes('content:"n"; byte_extract:1,0,v,relative; content:"x"; within:1;', "n1x");
  });

  it("in the payload is not known to byte keywords of a sticky buffer, but the other way round", () => {
    expect(problem("byte_extract:1,4,n; test.buffer; byte_jump:n,0;")).toBe("unknown-variable");
    expect(problem('byte_extract:1,4,n; test.buffer; content:"a"; offset:n;')).toBe("");
    expect(problem("test.buffer; byte_extract:1,4,n; pkt_data; byte_jump:n,0;")).toBe("");
    expect(problem("tcp.hdr; byte_extract:1,4,n; udp.hdr; byte_test:1,=,n,0;")).toBe("");
  });

  it("refuses what does not fit together", () => {
    expect(problem("byte_extract:9,0,v;")).toBe("number-out-of-range");
    expect(problem("byte_extract:15,0,v,string,hex;")).toBe("number-out-of-range");
    expect(problem("byte_extract:4,0,v,hex;")).toBe("conflicting-options");
    expect(problem("byte_extract:4,0,v,relative,relative;")).toBe("duplicate-option");
    expect(problem("byte_extract:4,0,v,string,little;")).toBe("conflicting-options");
    expect(problem("byte_extract:4,0,v,multiplier 65536;")).toBe("number-out-of-range");
    expect(problem("byte_extract:4,0;")).toBe("missing-value");
    expect(problem("byte_extract:4,0,v,slice;")).toBe("unknown-value");
    expect(problemOf("byte_extract:4,0,v,dce;")).toBeNull();
  });
});

describe("byte_math", () => {
  const math = (oper: string, rvalue: string): string =>
    `byte_math:bytes 1, offset 0, oper ${oper}, rvalue ${rvalue}, result v;`;

  it("computes modulo 2^64", () => {
    expect(variable(math("+", "3"), "\x02", "v")).toBe(5n);
    expect(variable(math("-", "3"), "\x02", "v")).toBe(2n ** 64n - 1n);
    expect(variable(math("*", "4294967295"), "\xff", "v")).toBe(255n * 4_294_967_295n);
    expect(variable(math("/", "3"), "\x08", "v")).toBe(2n);
    expect(variable(math("<<", "62"), "\x05", "v")).toBe(1n << 62n);
    expect(variable(math("<<", "64"), "\x05", "v")).toBe(0n);
    expect(variable(math(">>", "1"), "\x05", "v")).toBe(2n);
    expect(variable(math("+", "0, bitmask f0"), "\x5a", "v")).toBe(5n);
    expect(variable(math("+", "1, string hex, endian little"), "a", "v")).toBe(11n);
  });

  it("never matches on a division by zero, from a variable too", () => {
    no(math("/", "0"), "\x08");
    no(`byte_extract:1,1,z; ${math("/", "z")}`, "\x08\x00");
    yes(`byte_extract:1,1,z; ${math("/", "z")}`, "\x08\x01");
  });

  it("takes variables for bytes and operand, and byte_test its result", () => {
    yes(`byte_extract:1,1,f; ${math("*", "f")} byte_test:1,=,v,2;`, "\x02\x03\x06");
    yes(
      "byte_extract:1,0,n,string,dec; byte_math:bytes n, offset 1, oper +, rvalue 1, result v; byte_test:2,=,v,3;",
      "2\x01\x01\x01\x02",
    );
  });

  it("refuses what does not fit together", () => {
    expect(problem("byte_math:bytes 11, offset 0, oper +, rvalue 1, result v;")).toBe(
      "number-out-of-range",
    );
    expect(problem("byte_math:bytes 5, offset 0, oper <<, rvalue 1, result v;")).toBe(
      "number-out-of-range",
    );
    expect(problem("byte_math:bytes 4, offset 70000, oper +, rvalue 1, result v;")).toBe(
      "number-out-of-range",
    );
    expect(problem("byte_math:bytes 4, offset 0, oper &, rvalue 1, result v;")).toBe(
      "unknown-value",
    );
    expect(problem("byte_math:bytes 4, offset 0, oper +, result v;")).toBe("missing-value");
    expect(problem(math("+", "x"))).toBe("unknown-variable");
    expect(problem(math("+", "1, relative").replace("byte", "test.buffer; byte"))).toBe(
      "relative-without-match",
    );
    expect(problemOf(math("+", "1, endian dce"))).toBeNull();
  });
});

describe("numbers in digits", () => {
  const read = (text: string, base: number): readonly [number, bigint] => {
    const value = new Unsigned64();
    const bytes = latin1ToBytes(text);
    return [readNumberText(bytes, 0, bytes.length, base, value), value.toBigint()];
  };

  it("are read as C reads them", () => {
    expect(read("18446744073709551615", 10)).toEqual([20, 2n ** 64n - 1n]);
    expect(read("18446744073709551616", 10)[0]).toBe(0);
    expect(read("-1", 10)).toEqual([2, 2n ** 64n - 1n]);
    expect(read("\t +7", 10)).toEqual([4, 7n]);
    expect(read("0x1G", 0)).toEqual([3, 1n]);
    expect(read("0x", 16)).toEqual([1, 0n]);
    expect(read("0779", 0)).toEqual([3, 0o77n]);
    expect(read("", 10)[0]).toBe(0);
    expect(read("-", 10)[0]).toBe(0);
  });
});
