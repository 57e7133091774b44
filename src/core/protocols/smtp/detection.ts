/** How SMTP is recognised: the client's first command, or the server's greeting on its ports. */
import { findByte } from "../../bytes/find-byte.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_SERVER } from "../direction.ts";
import { type DetectionPattern, type DetectionProbe, ProbeResult, TCP } from "../protocol.ts";

const PORTS = [25, 465];
const COMMANDS = ["EHLO", "HELO", "QUIT"];
const GREETING = [0x32, 0x32, 0x30];
const SHORTEST_BYTES = 5;

export const smtpPatterns: readonly DetectionPattern[] = COMMANDS.map((command) => ({
  transport: TCP,
  side: "toServer",
  bytes: latin1ToBytes(command),
  nocase: true,
  offset: 0,
  depth: command.length,
}));

export const smtpProbes: readonly DetectionProbe[] = [
  { transport: TCP, ports: PORTS, probe: probeGreeting },
];

/** "220 NAME", to the end of the line. */
function probeGreeting(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (direction === TO_SERVER) return ProbeResult.no;
  if (end - start < SHORTEST_BYTES) return ProbeResult.needMore;
  for (let i = 0; i < GREETING.length; i++) {
    if (bytes[start + i] !== GREETING[i]) return ProbeResult.no;
  }
  const delimiter = bytes[start + 3];
  if (delimiter !== 0x20 && delimiter !== 0x2d) return ProbeResult.no;
  if (!isNameByte(bytes[start + 4]!)) return ProbeResult.no;
  return findByte(bytes, 0x0a, start + 4, end) < 0 ? ProbeResult.needMore : ProbeResult.yes;
}

/** May begin the name of a host. */
function isNameByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
