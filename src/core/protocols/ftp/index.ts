/** FTP (RFC 959): the control connection. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { type FlowSide, sideOf, TO_SERVER } from "../direction.ts";
import { type DetectionPattern, defineProtocol, ProbeResult, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { ftpBuffers } from "./buffers.ts";
import { readFtpOptions } from "./options.ts";
import { FtpParser } from "./parser.ts";
import { ftpRecord, writeFtp } from "./record.ts";
import { ftpTests } from "./tests.ts";
import { type FtpTransaction, ftpEventNames } from "./transaction.ts";

const LF = 0x0a;

function pattern(side: FlowSide, text: string): DetectionPattern {
  const bytes = latin1ToBytes(text);
  return { transport: TCP, side, bytes, nocase: true, offset: 0, depth: bytes.length };
}

/** A greeting line tells nothing that SMTP's does not, so it is believed on FTP's own port only. */
function probe(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (end - start < 5) return ProbeResult.needMore;
  if (direction === TO_SERVER) {
    return sideOf(direction) === "toServer" && hasText(bytes, start, "QUIT")
      ? ProbeResult.yes
      : ProbeResult.no;
  }
  if (!hasText(bytes, start, "220 ") && !hasText(bytes, start, "220-")) return ProbeResult.no;
  for (let at = start + 4; at < end; at++) if (bytes[at] === LF) return ProbeResult.yes;
  return ProbeResult.needMore;
}

function hasText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

export const ftp = defineProtocol({
  name: "ftp",
  summary: "FTP, the control connection.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: [
    pattern("toClient", "220 ("),
    pattern("toServer", "FEAT"),
    { ...pattern("toServer", "USER "), unlessOther: "pop3" },
    { ...pattern("toServer", "PASS "), unlessOther: "pop3" },
    pattern("toServer", "PORT "),
  ],
  probes: [{ transport: TCP, ports: [21], probe }],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  events: ftpEventNames,
  buffers: ftpBuffers,
  tests: ftpTests,
  records: [ftpRecord],
  writeAlertFields: (writer, transaction: Transaction) =>
    // Only transactions of this protocol come here.
    writeFtp(writer, transaction as FtpTransaction),
  createFactory(settings) {
    const options = readFtpOptions(settings);
    return () => new FtpParser(options);
  },
});
