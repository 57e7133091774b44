import { describe, expect, test } from "vitest";
import { readHttpOptions } from "../../../../src/core/protocols/http1/options.ts";
import { normaliseUri, parseUri } from "../../../../src/core/protocols/http1/uri.ts";
import { bytesOf, Exchange, eventsOf, stockSettings, textOf } from "./exchange.ts";

const CONFIG = "libhtp.default-config";

function normal(target: string, more: Readonly<Record<string, string>> = {}): string | null {
  const { uri } = readHttpOptions(stockSettings(more));
  return textOf(normaliseUri(parseUri(bytesOf(target), false), uri, null)?.bytes ?? null);
}

describe("the normal form of request targets", () => {
  test.each([
    ["/a/b?c=d", "/a/b?c=d"],
    ["/%61%2fb", "/a/b"],
    ["/%u0061/%uff0f/%uFF0Fb", "/a/b"],
    ["/a\\b//c", "/a/b/c"],
    ["/a/./b/../c/..", "/a/"],
    ["/../../etc/passwd", "/etc/passwd"],
    ["../a", "a"],
    ["/a%zz%4", "/a%zz%4"],
    ["/%c0%afx", "//x"],
    ["/caf%c3%a9", "/caf\xe9"],
    ["/a?b=%41+%42", "/a?b=A+B"],
    ["/%2541", "/%41"],
    ["http://user:word@Host:80/p?q#f", "/p?q#f"],
    ["/a#%41", "/a#A"],
  ])("%s becomes %s", (target, expected) => {
    expect(normal(target)).toBe(expected);
  });

  test("settings change it", () => {
    expect(normal("/%2541", { [`${CONFIG}.double-decode-path`]: "yes" })).toBe("/A");
    expect(normal("/?%2541", { [`${CONFIG}.double-decode-query`]: "yes" })).toBe("/?A");
    expect(normal("/?a+b", { [`${CONFIG}.query-plusspace-decode`]: "yes" })).toBe("/?a b");
    expect(normal("/a//B", { [`${CONFIG}.path-convert-lowercase`]: "yes" })).toBe("/a/b");
    expect(normal("/a//b\\c", { [`${CONFIG}.personality`]: "Minimal" })).toBe("/a//b\\c");
    const all = { [`${CONFIG}.uri-include-all`]: "yes" };
    expect(normal("HTTP://Ex.com:8080/x", all)).toBe("http://ex.com:8080/x");
  });
});

describe("hosts", () => {
  test.each([
    ["GET / HTTP/1.1\r\nHost: Example.COM:8080\r\n\r\n", "example.com", []],
    ["GET http://Ex.com./ HTTP/1.1\r\nHost: ex.com\r\n\r\n", "ex.com", []],
    ["GET http://one.com/ HTTP/1.1\r\nHost: two.com\r\n\r\n", "one.com", ["host_header_ambiguous"]],
    ["GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", "a..b", ["request_header_host_invalid"]],
    ["GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "[::1]", []],
    ["GET / HTTP/1.1\r\nA: b\r\n\r\n", null, ["missing_host_header"]],
  ])("%j", (request, host, events) => {
    const { first } = new Exchange().request(request);
    expect(textOf(first.host)).toBe(host);
    expect(eventsOf(first)).toEqual(events);
  });
});
