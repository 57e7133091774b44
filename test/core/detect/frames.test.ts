/** Rules over frames, end to end: what a parser tells of is found where it lies, and nowhere else. */
import { describe, expect, it } from "vitest";
import { captureOfTurns } from "../../support/connection-capture.ts";
import { replayBytes } from "../../support/replay-bytes.ts";

const conversation = captureOfTurns([
  { from: "client", text: "GET /one HTTP/1.1\r\nHost: a.example\r\n\r\n" },
  { from: "server", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
  { from: "client", text: "GET /two HTTP/1.1\r\nHost: a.example\r\n\r\n" },
  { from: "server", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld" },
]);

function sidsOf(rules: string, capture = conversation): readonly number[] {
  const { alerts, failed } = replayBytes(capture, rules);
  expect(failed).toBe(0);
  return alerts.map(({ sid }) => sid).sort((a, b) => a - b);
}

describe("frames", () => {
  it("are looked into each by itself", () => {
    const rules = `
alert http1 any any -> any any (frame:request; content:"GET"; startswith; content:"|0d 0a 0d 0a|"; endswith; sid:1;)
alert http any any -> any any (frame:http1.response; content:"hello"; endswith; sid:2;)
alert tcp any any -> any any (frame:http1.response; content:"hello"; content:"world"; distance:0; sid:3;)
alert http1 any any -> any any (frame:request; content:"200 OK"; sid:4;)
alert http1 any any -> any any (frame:request; bsize:40; content:!"/one"; sid:5;)`;
    expect(sidsOf(rules)).toEqual([1, 1, 2]);
  });

  it("of the whole stream span what single ones part", () => {
    const rules = `
alert http1 any any -> any any (flow:to_client; frame:stream; content:"hello"; content:"world"; distance:0; sid:1;)
alert http1 any any -> any any (flow:to_server; frame:stream; content:"hello"; sid:2;)`;
    expect(sidsOf(rules)).toEqual([1]);
  });

  it("pass through transforms", () => {
    const rules = `alert http1 any any -> any any (frame:request; to_uppercase; content:"/ONE HTTP"; sid:1;)`;
    expect(sidsOf(rules)).toEqual([1]);
  });

  it("exclude other buffers, packets and unknown types", () => {
    const rules = [
      'alert http1 any any -> any any (content:"x"; frame:request; content:"a"; sid:1;)',
      'alert http1 any any -> any any (http.uri; content:"x"; frame:request; content:"a"; sid:2;)',
      'alert tcp-pkt any any -> any any (frame:http1.request; content:"a"; sid:3;)',
      'alert http1 any any -> any any (frame:nosuch; content:"a"; sid:4;)',
      'alert tcp any any -> any any (frame:request; content:"a"; sid:5;)',
      'alert smtp any any -> any any (frame:http1.request; content:"a"; sid:6;)',
    ];
    for (const rule of rules) expect(replayBytes(conversation, rule).failed, rule).toBe(1);
  });

  it("of mails end before the dot and leave out commands", () => {
    const mail = captureOfTurns(
      [
        { from: "server", text: "220 mx.example ESMTP\r\n" },
        { from: "client", text: "HELO a.example\r\n" },
        { from: "server", text: "250 mx.example\r\n" },
        { from: "client", text: "MAIL FROM:<a@a.example>\r\n" },
        { from: "server", text: "250 ok\r\n" },
        { from: "client", text: "RCPT TO:<b@b.example>\r\n" },
        { from: "server", text: "250 ok\r\n" },
        { from: "client", text: "DATA\r\n" },
        { from: "server", text: "354 go on\r\n" },
        { from: "client", text: "Subject: hello\r\n\r\nthe body\r\n.\r\n" },
        { from: "server", text: "250 taken\r\n" },
        { from: "client", text: "QUIT\r\n" },
        { from: "server", text: "221 bye\r\n" },
      ],
      25,
    );
    const rules = `
alert smtp any any -> any any (frame:smtp.data; content:"Subject:"; startswith; content:"the body|0d 0a|"; endswith; sid:1;)
alert smtp any any -> any any (frame:smtp.command_line; content:"MAIL"; startswith; content:">|0d 0a|"; endswith; sid:2;)
alert smtp any any -> any any (frame:smtp.response_line; content:"354"; startswith; bsize:11; sid:3;)
alert smtp any any -> any any (frame:smtp.command_line; content:"Subject"; sid:4;)`;
    expect(sidsOf(rules, mail)).toEqual([1, 2, 3]);
  });
});

describe("rules of nothing but the protocol", () => {
  it("are asked once a direction, when the protocol is found there", () => {
    const rules = `
alert tcp any any -> any any (app-layer-protocol:http1; sid:1;)
alert tcp any any -> any any (flow:to_server; app-layer-protocol:!tls; sid:2;)
alert tcp any any -> any any (app-layer-protocol:dns; sid:3;)`;
    expect(sidsOf(rules)).toEqual([1, 1, 2]);
  });
});

describe("hooks and states", () => {
  it("fire once for a state that is passed", () => {
    const rules = `
alert http1:request_line any any -> any any (sid:1;)
alert http1:response_complete any any -> any any (sid:2;)
alert http1:response_headers any any -> any any (http.stat_code; content:"200"; sid:3;)
alert http1 any any -> any any (flow:to_client; app-layer-state:>response_headers; sid:4;)`;
    expect(sidsOf(rules)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("refuse states that the protocol does not have", () => {
    const rule = "alert http1 any any -> any any (app-layer-state:nosuch; sid:1;)";
    expect(replayBytes(conversation, rule).failed).toBe(1);
  });
});
