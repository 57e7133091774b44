/** DNS over HTTP/2: where messages are found, and what rules and events see of them. */
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { TO_CLIENT, TO_SERVER } from "../../../../src/core/protocols/direction.ts";
import { DnsMessages, isDnsMediaType } from "../../../../src/core/protocols/http2/dns-messages.ts";

/** A request for the type A of "example.com". */
const REQUEST = Uint8Array.of(
  ...[0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
  ...[7, ...latin1ToBytes("example"), 3, ...latin1ToBytes("com"), 0, 0, 1, 0, 1],
);

function pathWith(bytes: Uint8Array): Uint8Array {
  return latin1ToBytes(`/dns-query?dns=${Buffer.from(bytes).toString("base64url")}`);
}

describe("DNS messages of a stream", () => {
  it("are found in the query string of the path", () => {
    const messages = new DnsMessages();
    expect(messages.takePath(pathWith(REQUEST))).toBe(true);
    expect(messages.latest?.isResponse).toBe(false);
    expect(messages.found[TO_SERVER]?.message.queries).toHaveLength(1);
  });

  it("are found in bodies of their media type, however cut", () => {
    const messages = new DnsMessages();
    messages.expect(TO_CLIENT);
    for (let i = 0; i < REQUEST.length; i++) messages.take(TO_CLIENT, REQUEST, i, i + 1);
    expect(messages.endBody(TO_CLIENT)).toBe(true);
    expect(messages.latest?.isResponse).toBe(true);
  });

  it("are none where they cannot be read, or nothing told of them", () => {
    const messages = new DnsMessages();
    expect(messages.takePath(latin1ToBytes("/dns-query?dns=AAAA"))).toBe(false);
    expect(messages.takePath(latin1ToBytes("/dns-query?name=example.com"))).toBe(false);
    messages.take(TO_SERVER, REQUEST, 0, REQUEST.length);
    expect(messages.endBody(TO_SERVER)).toBe(false);
    expect(messages.latest).toBeNull();
  });

  it("are given up above 65,535 bytes", () => {
    const messages = new DnsMessages();
    messages.expect(TO_SERVER);
    const bytes = new Uint8Array(65_535);
    expect(messages.take(TO_SERVER, bytes, 0, bytes.length)).toBe(true);
    expect(messages.take(TO_SERVER, bytes, 0, 1)).toBe(false);
    expect(messages.endBody(TO_SERVER)).toBe(false);
  });

  it("have a media type in any case", () => {
    expect(isDnsMediaType(latin1ToBytes("Application/DNS-Message"))).toBe(true);
    expect(isDnsMediaType(latin1ToBytes("application/dns-json"))).toBe(false);
  });
});
