/** SMB 1, 2 and 3 (MS-CIFS, MS-SMB2), directly over TCP or in NetBIOS sessions. */
import { readUint24, readUint32Le } from "../../bytes/endian.ts";
import { TO_SERVER } from "../direction.ts";
import { type DetectionPattern, defineProtocol, ProbeResult, TCP } from "../protocol.ts";
import type { Transaction } from "../transaction.ts";
import { smbEventNames } from "./events.ts";
import { smbFrames } from "./frames.ts";
import { readSmbOptions } from "./options.ts";
import { SmbParser } from "./parser.ts";
import { smbRecord, writeSmb } from "./record.ts";
import { Magic } from "./smb-record.ts";
import { smbBuffers, smbTests } from "./sources.ts";
import type { SmbTransaction } from "./transaction.ts";

const PORT = 445;
const PORTS = [139, PORT];
const SESSION_HEADER_BYTES = 4;
const SMALLEST_MESSAGE_BYTES = 36;
const SESSION_REQUEST = 0x81;
const SESSION_KEEPALIVE = 0x85;
/** A session message before the first of SMB that is waited for. */
const SESSION_MESSAGE_MAX_BYTES = 256;

function magic(first: number): Uint8Array {
  return Uint8Array.of(first, 0x53, 0x4d, 0x42);
}

function isSmb(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 4 || bytes[at]! < Magic.compressed) return false;
  return bytes[at + 1] === 0x53 && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x42;
}

/** The message says by itself which side sends it; where it is encrypted the ports do. */
function confirm(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
  serverPort = 0,
  clientPort = 0,
): number {
  const at = start + SESSION_HEADER_BYTES;
  if (bytes[start] !== 0 || end - start < SMALLEST_MESSAGE_BYTES) return ProbeResult.yes;
  const isToClient = direction !== TO_SERVER;
  let isResponse = isToClient;
  if (bytes[at] === Magic.smb1) isResponse = (bytes[at + 9]! & 0x80) !== 0;
  else if (bytes[at] === Magic.smb2) isResponse = (readUint32Le(bytes, at + 16) & 1) !== 0;
  else if (clientPort === PORT && serverPort !== PORT) isResponse = !isToClient;
  return isResponse === isToClient ? ProbeResult.yes : ProbeResult.reversed;
}

function probe(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (end - start < SMALLEST_MESSAGE_BYTES) return ProbeResult.needMore;
  if (isSmb(bytes, start + SESSION_HEADER_BYTES, end)) {
    return confirm(bytes, start, end, direction);
  }
  // Only a client may begin with what is not a message yet, as in Suricata.
  if (direction !== TO_SERVER) return ProbeResult.no;
  const type = bytes[start]!;
  if (type < SESSION_REQUEST || type > SESSION_KEEPALIVE) return ProbeResult.no;
  const length = readUint24(bytes, start + 1);
  const next = start + SESSION_HEADER_BYTES + length;
  if (end - next >= 8) {
    return isSmb(bytes, next + SESSION_HEADER_BYTES, end) ? ProbeResult.yes : ProbeResult.no;
  }
  return length < SESSION_MESSAGE_MAX_BYTES ? ProbeResult.needMore : ProbeResult.no;
}

function patterns(): readonly DetectionPattern[] {
  return [Magic.smb1, Magic.smb2, Magic.transform].flatMap((first) =>
    (["toServer", "toClient"] as const).map((side) => ({
      transport: TCP,
      side,
      bytes: magic(first),
      offset: 4,
      depth: 8,
      confirm,
    })),
  );
}

export const smb = defineProtocol({
  name: "smb",
  // Rules for DCE/RPC look into the calls over named pipes too.
  ruleNames: ["dcerpc"],
  summary: "Files, printers and named pipes of Windows.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: patterns(),
  probes: [{ transport: TCP, ports: PORTS, probe }],
  states: {
    toServer: ["request_started", "request_complete"],
    toClient: ["response_started", "response_complete"],
  },
  frames: smbFrames,
  events: smbEventNames,
  buffers: smbBuffers,
  tests: smbTests,
  records: [smbRecord],
  // Only transactions of this protocol come here.
  writeAlertFields: (writer, transaction: Transaction) =>
    writeSmb(writer, transaction as SmbTransaction),
  streamDepthBytes: (settings) => settings.bytes("stream-depth", 0),
  createFactory(settings) {
    const options = readSmbOptions(settings);
    return () => new SmbParser(options);
  },
});
