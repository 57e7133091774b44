import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../../../../src/core/bytes/hex.ts";
import { bytesToLatin1 } from "../../../../src/core/bytes/latin1.ts";
import { matches, problem, problemOf, transform } from "../payload-harness.ts";

function text(options: string, data: string | Uint8Array): string | null {
  const bytes = transform(options, data);
  return bytes === null ? null : bytesToLatin1(bytes, 0, bytes.length);
}

describe("transforms", () => {
  it.each([
    ["strip_whitespace;", " A B\tC\r\nD\v\f", "ABCD"],
    ["compress_whitespace;", "I  \t J ", "I J "],
    ["compress_whitespace;", "I\t  J", "I\tJ"],
    ["to_lowercase;", "aBc-\xc4", "abc-\xc4"],
    ["to_uppercase;", "aBc-\xe4", "ABC-\xe4"],
    ["dotprefix;", "example.com", ".example.com"],
    ["dotprefix;", "", ""],
    [
      "url_decode;",
      "Suricata%20is+%27%61wesome%21%27%25%30%30%ZZ%4",
      "Suricata is 'awesome!'%00%ZZ%4",
    ],
    ["url_decode;", "%4+%+%41%", "%4+%+A%"],
    ['xor:"0a0DC8ff";', "example.com", "ou\xa9\x92za\xad\xd1ib\xa5"],
    ["header_lowercase;", "Header1: Value1\nHEADER2:Value2\n", "header1: Value1\nheader2:Value2\n"],
    ["strip_pseudo_headers;", ":method:get\nheader2:Value2", "header2:Value2"],
    ["strip_pseudo_headers;", "Header1: Value1\n:method:get", "Header1: Value1\n"],
    ["strip_pseudo_headers;", ":method:get", ""],
    ["from_base64;", "Zm9vYmFy", "foobar"],
    ["from_base64:offset 6;", "/?arg=dGhpc2lzYXRlc3QK", "thisisatest\n"],
    ["from_base64:offset 10;", "/?arg=dGhpc2lzYXRlc3QK", "sisatest\n"],
    ["from_base64:bytes 6, offset 6;", "/?arg=dGhpc2lzYXRlc3QK", "this"],
    ["from_base64:offset 6, mode rfc2045;", "/?arg=Zm 9v Ym Fy", "foobar"],
    ["from_base64:offset 99;", "abc", "abc"],
    ["subslice:1;", "this is suricata", "his is suricata"],
    ["subslice:13,-12;", "this is suricata", " is suric"],
    ["subslice:2,30;", "this is suricata", ""],
    ["subslice:2,30,truncate;", "this is suricata", "is is suricata"],
    ["subslice:-4;", "this is suricata", "cata"],
    ["subslice:-99;", "abc", ""],
    ["subslice:-99,truncate;", "abc", "abc"],
    ['pcrexform:"[a-zA-Z]+ (.*) HTTP";', "GET /z4d4kWk.jpg HTTP/1.1", "/z4d4kWk.jpg"],
  ])("%s turns %j into %j", (options, data, wanted) => {
    expect(text(options, data)).toBe(wanted);
  });

  it("chain in the order of the rule", () => {
    expect(text("to_lowercase; strip_whitespace; dotprefix;", "A B")).toBe(".ab");
    expect(text('pcrexform:"/get.data=(.*)"; xor:"01";', "/get?data=`bc")).toBe("acb");
  });

  it("that fail leave no buffer", () => {
    expect(text("from_base64:mode strict;", "Zm 9v")).toBe(null);
    expect(text('pcrexform:"x(y)";', "abc")).toBe(null);
    expect(text('pcrexform:"a|(y)";', "abc")).toBe(null);
  });

  it("digests are those of the standards, and an empty buffer stays empty", () => {
    const hex = (options: string, data: string): string => {
      const bytes = transform(options, data) ?? new Uint8Array();
      return bytesToHex(bytes, 0, bytes.length);
    };
    expect(hex("to_md5;", " A B C D ")).toBe("e059f830436958b645828cc233c24713");
    expect(hex("to_sha1;", " A B C D ")).toBe("c8dc4497f7e055f86b889052082c0c7bdcc9c889");
    expect(hex("to_sha256;", "abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(hex("to_md5;", "")).toBe("");
  });

  it("decompress up to their size, nothing from broken input", () => {
    const plain = "This is compressed ".repeat(200);
    const gzip = new Uint8Array(gzipSync(plain));
    const zlib = new Uint8Array(deflateSync(plain));
    expect(text("gunzip;", gzip)).toBe(plain.slice(0, 1024));
    expect(text("gunzip:max-size 8;", gzip)).toBe("This is ");
    expect(text("gunzip:max-size=4kb;", gzip)).toBe(plain);
    expect(text("zlib_deflate:max-size 1MiB;", zlib)).toBe(plain);
    expect(text("gunzip;", zlib)).toBe("");
    expect(text("zlib_deflate;", gzip)).toBe("");
    expect(text("gunzip;", "\x1f\x8b\x08\0\0\0\0\0\0\0\x07")).toBe("");
    expect(plain.startsWith(text("gunzip;", gzip.subarray(0, 30)) ?? "?")).toBe(true);
    expect(problem("test.buffer; gunzip:max-size 0;")).toBe("number-out-of-range");
    expect(problem("test.buffer; gunzip:size 4;")).toBe("unknown-value");
  });

  it.each([
    ["www.suricata.io", "suricata.io", "io"],
    ["news.bbc.co.uk", "bbc.co.uk", "co.uk"],
    ["a.b.example.com.", "example.com.", "com."],
    ["a.b.foo.ck", "b.foo.ck", "foo.ck"],
    ["www.ck", "www.ck", "ck"],
    ["a.city.kobe.jp", "city.kobe.jp", "kobe.jp"],
    ["a.b.kobe.jp", "a.b.kobe.jp", "b.kobe.jp"],
    ["user.github.io", "user.github.io", "github.io"],
    ["co.uk", "", ""],
    ["localhost", "", ""],
    ["a..com", "", ""],
    [".com", "", ""],
    ["", "", ""],
  ])("domain and tld of %j are %j and %j", (name, domain, tld) => {
    expect(text("domain;", name)).toBe(domain);
    expect(text("tld;", name)).toBe(tld);
  });

  it("after contents open the buffer anew", () => {
    const rule =
      'test.buffer; content:"/?arg=Zm9v"; from_base64:offset 6; content:"foo"; startswith;';
    expect(matches(rule, "/?arg=Zm9v")).toBe(true);
    expect(matches(rule, "/?arg=Zm9vYmFy")).toBe(true);
    expect(matches(rule, "/?org=Zm9v")).toBe(false);
  });

  it("need a sticky buffer and the values they name", () => {
    expect(problem("to_lowercase;")).toBe("transform-without-buffer");
    expect(problem("test.buffer; to_lowercase:1;")).toBe("unexpected-value");
    expect(problem('test.buffer; xor:"0";')).toBe("bad-key");
    expect(problem('test.buffer; xor:"zz";')).toBe("bad-key");
    expect(problem("test.buffer; pcrexform:a(b);")).toBe("missing-quotes");
    expect(problem('test.buffer; pcrexform:"ab";')).toBe("bad-expression");
    expect(problem('test.buffer; pcrexform:"(a)(b)";')).toBe("bad-expression");
    expect(problem("test.buffer; from_base64:bytes 4, mode unknown;")).toBe("unknown-value");
    expect(problem("test.buffer; from_base64:offset 70000;")).toBe("number-out-of-range");
    expect(problem("test.buffer; subslice:1,0;")).toBe("number-out-of-range");
    expect(problem("test.buffer; subslice:1,2,3;")).toBe("bad-value");
    expect(problemOf("test.buffer; luaxform:a.lua;")?.severity).toBe("unsupported");
  });
});
