/**
 * DNS over HTTP/2 (RFC 8484): what a flow of HTTP/2 becomes when a stream of it carries a DNS message. The parser,
 * the buffers and the record are in ../http2; over TLS nothing is seen of it.
 */
import { defineProtocol, TCP } from "../protocol.ts";

export const doh2 = defineProtocol({
  name: "doh2",
  kindOf: "http2",
  ruleNames: ["doh2", "dns", "http2", "http"],
  summary: "DNS inside HTTP version 2.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: [],
  probes: [],
  states: { toServer: ["request_started"], toClient: ["response_started"] },
  events: [],
  buffers: [],
  tests: [],
  records: [],
  createFactory: null,
});
