/** DNS (RFC 1035) over UDP and TCP. Messages inside HTTP/2 are in ../http2. */
import { defineProtocol, TCP, UDP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { dnsBuffers } from "./buffers.ts";
import { DnsParser, dnsFrames } from "./parser.ts";
import { probeDatagram, probeStream } from "./probe.ts";
import { dnsRecord, writeDnsAlertFields } from "./record.ts";
import { dnsTests } from "./tests.ts";
import { type DnsTransaction, dnsEventNames } from "./transaction.ts";

const ports = [53];

export const dns = defineProtocol({
  name: "dns",
  summary: "Names of the internet and what they stand for.",
  transports: [TCP, UDP],
  enabledByDefault: true,
  patterns: [],
  probes: [
    { transport: TCP, ports, probe: probeStream },
    { transport: UDP, ports, probe: probeDatagram },
  ],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  frames: dnsFrames,
  events: dnsEventNames,
  buffers: dnsBuffers,
  tests: dnsTests,
  records: [dnsRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeDnsAlertFields(writer, transaction as DnsTransaction),
  createFactory: () => () => new DnsParser("unicast"),
});
