/** The Domain Name System over UDP and TCP (RFC 1035). */
import { defineProtocol, TCP, UDP } from "../protocol.ts";
import { dnsBuffers, dnsTests } from "./buffers.ts";
import { DnsParser, dnsEventNames, probeDatagram, probeStream } from "./parser.ts";
import { dnsRecord, writeDnsAlertFields } from "./record.ts";
import type { DnsTransaction } from "./transaction.ts";

export const dns = defineProtocol({
  name: "dns",
  summary: "Names, addresses and other records of domains.",
  transports: [TCP, UDP],
  enabledByDefault: true,
  patterns: [],
  probes: [
    { transport: UDP, ports: [53], probe: probeDatagram },
    { transport: TCP, ports: [53], probe: probeStream },
  ],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  events: dnsEventNames,
  buffers: dnsBuffers,
  tests: dnsTests,
  records: [dnsRecord],
  writeAlertFields: (writer, transaction, context) =>
    // Only transactions of this protocol come here.
    writeDnsAlertFields(writer, transaction as DnsTransaction, context),
  createFactory: () => () => new DnsParser(),
});
