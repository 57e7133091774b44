/** SSH (RFC 4253): banners and key exchange offers, before the connection is encrypted. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { type DetectionPattern, defineProtocol, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { sshBuffers } from "./buffers.ts";
import { readSshOptions } from "./options.ts";
import { SshParser, sshFrames } from "./parser.ts";
import { sshRecord, writeSsh } from "./record.ts";
import { type SshTransaction, sshEventNames } from "./transaction.ts";

const pattern = { transport: TCP, bytes: latin1ToBytes("SSH-"), offset: 0, depth: 4 } as const;

const patterns: readonly DetectionPattern[] = [
  { ...pattern, side: "toServer" },
  { ...pattern, side: "toClient" },
];

const stateNames = ["in_progress", "banner_wait_eol", "banner_done", "finished"];

export const ssh = defineProtocol({
  name: "ssh",
  summary: "SSH, up to where it is encrypted.",
  transports: [TCP],
  enabledByDefault: true,
  patterns,
  probes: [],
  states: {
    toServer: stateNames.map((name) => `request_${name}`),
    toClient: stateNames.map((name) => `response_${name}`),
  },
  frames: sshFrames,
  events: sshEventNames,
  buffers: sshBuffers,
  tests: [],
  records: [sshRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeSsh(writer, transaction as SshTransaction),
  createFactory(settings) {
    const options = readSshOptions(settings);
    return () => new SshParser(options);
  },
});
