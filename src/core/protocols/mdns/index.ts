/** Multicast DNS (RFC 6762): messages of DNS that every host of a link hears. */

import { TO_SERVER } from "../direction.ts";
import { mdnsBuffers } from "../dns/buffers.ts";
import { DnsParser, dnsFrames } from "../dns/parser.ts";
import { probeDatagram } from "../dns/probe.ts";
import { type DnsTransaction, dnsEventNames } from "../dns/transaction.ts";
import { defineProtocol, ProbeResult, UDP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { mdnsRecord, writeMdns } from "./record.ts";

/** Whoever speaks, speaks to the group: that is the server. */
function probe(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (probeDatagram(bytes, start, end, direction) === ProbeResult.no) return ProbeResult.no;
  return direction === TO_SERVER ? ProbeResult.yes : ProbeResult.reversed;
}

export const mdns = defineProtocol({
  name: "mdns",
  summary: "DNS without servers, within a link.",
  transports: [UDP],
  enabledByDefault: true,
  patterns: [],
  probes: [{ transport: UDP, ports: [5353], probe }],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  frames: dnsFrames,
  events: dnsEventNames,
  buffers: mdnsBuffers,
  tests: [],
  records: [mdnsRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeMdns(writer, transaction as DnsTransaction),
  createFactory: () => () => new DnsParser("multicast"),
});
