import { describe, expect, it } from "vitest";
import { prepare } from "./packet-harness.ts";
import { compile, problem } from "./payload-harness.ts";

const draftOf = (options: string) => compile(options, "ip").draft;

describe("what a rule says about itself", () => {
  it("keeps number, version, group, class, priority and text", () => {
    const draft = draftOf(
      'msg:"a \\; \\"b\\" \\\\"; sid:7; rev:3; gid:2; classtype:bad-unknown; priority:"1";',
    );
    expect(draft).toMatchObject({
      message: 'a ; "b" \\',
      sid: 7,
      revision: 3,
      gid: 2,
      classtype: "bad-unknown",
      priority: 1,
    });
  });

  it("refuses numbers that Suricata refuses", () => {
    expect(problem("sid:0;")).toBe("number-out-of-range");
    expect(problem("sid:4294967296;")).toBe("number-out-of-range");
    expect(problem("sid:a;")).toBe("bad-number");
    expect(problem("sid:1; sid:2;")).toBe("duplicate-keyword");
    expect(problem("smb.version:1; smb.version:2;")).toBe("duplicate-keyword");
    expect(problem("rev:0;")).toBe("number-out-of-range");
    expect(problem("msg:text;")).toBe("missing-quotes");
    expect(problem('msg:"a"; msg:"b";')).toBe("duplicate-keyword");
    expect(problem("classtype:1abc;")).toBe("bad-name");
  });

  it("keeps references and metadata in order", () => {
    const draft = draftOf("reference:cve,2021-1; reference:url, a.b/c,d; metadata:a 1, b, c 2 3;");
    expect(draft.references).toEqual([
      { system: "cve", id: "2021-1" },
      { system: "url", id: "a.b/c,d" },
    ]);
    expect(draft.metadata).toEqual([
      { key: "a", value: "1" },
      { key: "c", value: "2 3" },
    ]);
    expect(problem("reference:cve;")).toBe("missing-value");
  });

  it("warns of a second class and of two victims", () => {
    const draft = draftOf("classtype:a; classtype:b; target:src_ip; target:dest_ip;");
    expect(draft.classtype).toBe("a");
    expect(draft.target).toBe("destination");
    expect(draft.warnings.map(({ problem: { code } }) => code)).toEqual([
      "duplicate-keyword",
      "conflicting-keyword",
    ]);
    expect(problem("target:both;")).toBe("unknown-value");
  });

  it("lets the last of alert and noalert count", () => {
    expect(draftOf("noalert;")).toMatchObject({ noAlert: true, forceAlert: false });
    expect(draftOf("alert;")).toMatchObject({ noAlert: false, forceAlert: true });
    expect(problem("noalert:x;")).toBe("unexpected-value");
    expect(draftOf("bypass;").bypass).toBe(true);
  });
});

describe("tag", () => {
  it("has defaults and cuts packets at 256", () => {
    expect(draftOf("tag:session;").tags[0]).toEqual({
      scope: "session",
      count: 256,
      metric: "packets",
      hostDirection: null,
    });
    expect(draftOf("tag:host, 1000, packets, src;").tags[0]).toMatchObject({
      count: 256,
      hostDirection: "source",
    });
    expect(draftOf("tag:host,1000,bytes;").tags[0]).toMatchObject({
      count: 1000,
      hostDirection: "destination",
    });
  });

  it("refuses unknown words and halves", () => {
    expect(problem("tag:flow;")).toBe("unknown-value");
    expect(problem("tag:session,5;")).toBe("missing-value");
    expect(problem("tag:session,5,packets,src,x;")).toBe("unexpected-value");
  });
});

describe("requires", () => {
  const skips = (value: string): boolean => draftOf(`requires:${value};`).skipReason !== null;

  it("compares the version", () => {
    expect(skips("version >= 8")).toBe(false);
    expect(skips("version >= 8.0.5")).toBe(false);
    expect(skips("version >= 9.0.0")).toBe(true);
    expect(skips("version >= 7.0.3 < 8")).toBe(true);
    expect(skips("version >= 7.0.3 < 8 | >= 8.0.3")).toBe(false);
    expect(skips("version > 8.0.7")).toBe(true);
    expect(skips("version <= 8.0.7-rc1")).toBe(false);
  });

  it("asks for keywords and features, and skips what it does not know", () => {
    expect(skips("keyword no.such")).toBe(true);
    expect(skips("feature no_such, version >= 8")).toBe(true);
    expect(skips("foo bar")).toBe(true);
  });

  it("refuses what it cannot read", () => {
    expect(problem("requires:version 8;")).toBe("bad-version");
    expect(problem("requires:version >= 8, version < 9;")).toBe("duplicate-value");
  });
});

describe("keywords without an effect here", () => {
  it("checks the value and reports the rule as unsupported", () => {
    expect(problem("config:tracking disable, type flow, scope flow;")).toBe("unsupported-keyword");
    expect(problem("config:logging disable, type tx, scope tx;")).toBe("unsupported-keyword");
    const host = 'http.host; content:"a"; ';
    expect(problem(`${host}config:logging disable, type tx, scope tx;`)).toBe("");
    expect(problem("config:logging enable, type tx, scope tx;")).toBe("unknown-value");
    expect(problem("config:logging disable;")).toBe("bad-value");
    expect(problem("lua:x.lua;")).toBe("unsupported-keyword");
    expect(problem("geoip:src,DE;")).toBe("unsupported-keyword");
    expect(problem("geoip:src;")).toBe("missing-value");
    expect(prepare("nfq_set_mark:0x2/0xff;").draft.warnings).toHaveLength(1);
    expect(problem("nfq_set_mark:x;")).toBe("bad-number");
  });

  it("knows the keywords of protocols by their values", () => {
    expect(problem('http.uri; content:"a";')).toBe("");
    expect(problem("http.uri:x;")).toBe("unexpected-value");
    expect(problem("http_uri;")).toBe("modifier-without-content");
    expect(problem('content:"a"; http_uri;')).toBe("");
    expect(problem("modbus:unit 1;")).toBe("unsupported-keyword");
    expect(problem("dns.opcode:256;")).toBe("number-out-of-range");
    expect(problem("ssh.protoversion:2;")).toBe("removed-keyword");
    expect(problem("app-layer-event:dns.malformed_data;")).toBe("");
    expect(problem("app-layer-event:nosuch.event;")).toBe("unknown-protocol");
    expect(problem("app-layer-protocol:!http;")).toBe("");
    expect(problem("app-layer-protocol:nosuch;")).toBe("unknown-protocol");
    expect(problem("app-layer-state:>Request line;")).toBe("bad-value");
  });
});
