/** All fuzz targets, and the inputs they start from. */
import fs from "node:fs";
import path from "node:path";
import { latin1ToBytes } from "../../src/core/bytes/latin1.ts";
import { dns } from "../../src/core/protocols/dns/index.ts";
import { ftp } from "../../src/core/protocols/ftp/index.ts";
import { ftpData } from "../../src/core/protocols/ftp-data/index.ts";
import { http2 } from "../../src/core/protocols/http2/index.ts";
import { nfs } from "../../src/core/protocols/nfs/index.ts";
import { ssh } from "../../src/core/protocols/ssh/index.ts";
import { handleOf, lookupCall, readCall, record } from "../support/nfs-messages.ts";
import { conversationTarget } from "./conversation.ts";
import { dcerpcTarget } from "./dcerpc.ts";
import { dnsDatagramTarget } from "./dns.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { http1Target } from "./http1.ts";
import { layersTarget } from "./layers.ts";
import { pcapTarget } from "./pcap.ts";
import { recognisedTarget } from "./recognised.ts";
import { regexTarget } from "./regex.ts";
import { ruleTarget } from "./rule.ts";
import { smbTarget } from "./smb.ts";
import { smtpTarget } from "./smtp.ts";
import { tlsTarget } from "./tls.ts";

/** A name is asked for, a file is read. */
const nfsOpening = Uint8Array.from(
  [lookupCall(1, "a"), readCall(2, handleOf(1), 0, 9000)].flatMap((message) => record(message)),
);

export const fuzzTargets: readonly FuzzTarget[] = [
  conversationTarget(dns),
  conversationTarget(ftp, { opening: latin1ToBytes("PASV\r\nRETR a\r\nSTAT\r\n") }),
  conversationTarget(ftpData, { data: { command: "RETR", name: new Uint8Array(1), direction: 1 } }),
  conversationTarget(http2, { opening: latin1ToBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") }),
  conversationTarget(nfs, { opening: nfsOpening }),
  conversationTarget(ssh, { opening: latin1ToBytes("SSH-2.0-fuzz\r\n") }),
  dnsDatagramTarget,
  http1Target,
  dcerpcTarget,
  layersTarget,
  pcapTarget,
  recognisedTarget,
  regexTarget,
  ruleTarget,
  smbTarget,
  smtpTarget,
  tlsTarget,
];

/** Inputs kept for a target: those that once failed, and what its own generator made. */
export function readSamples(name: string): Uint8Array[] {
  const folder = path.resolve("test/fuzz/corpus", name);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(fs.readFileSync(path.join(folder, file))));
}
