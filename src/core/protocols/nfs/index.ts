/** NFS 2 and 3 over ONC RPC, with the files that they carry. Version 4 is recognised and not looked into. */
import { fileSources } from "../files/buffers.ts";
import { fileTests } from "../files/tests.ts";
import { defineProtocol, TCP, UDP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { nfsEventNames } from "./events.ts";
import { readNfsOptions } from "./options.ts";
import { NfsParser } from "./parser.ts";
import { probeDatagram, probeStream } from "./probe.ts";
import { nfsRecord, writeNfs } from "./record.ts";
import { nfsTests } from "./tests.ts";
import { NfsState, type NfsTransaction } from "./transaction.ts";

const PORTS = [2049];

export const nfs = defineProtocol({
  name: "nfs",
  summary: "Files over the network.",
  transports: [TCP, UDP],
  enabledByDefault: true,
  patterns: [],
  probes: [
    { transport: TCP, ports: PORTS, probe: probeStream },
    { transport: UDP, ports: PORTS, probe: probeDatagram },
  ],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  events: nfsEventNames,
  buffers: [
    ...fileSources("toServer", NfsState.started),
    ...fileSources("toClient", NfsState.started),
  ],
  tests: [
    ...nfsTests,
    ...fileTests("toServer", NfsState.started),
    ...fileTests("toClient", NfsState.started),
  ],
  records: [nfsRecord],
  // Only transactions of this protocol come here.
  writeAlertFields: (writer, transaction: Transaction) =>
    writeNfs(writer, transaction as NfsTransaction),
  createFactory(settings) {
    const options = readNfsOptions(settings);
    return () => new NfsParser(options);
  },
});
