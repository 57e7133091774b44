/** The identification line of a side (RFC 4253 §4.2): `SSH-protoversion-softwareversion comments`. */
import type { SshSide } from "./transaction.ts";

const PREFIX = [0x53, 0x53, 0x48, 0x2d]; // SSH-
const DASH = 0x2d;
const SPACE = 0x20;

/** Takes the line in [start, end), without its end, into a side; false when it is no banner. */
export function parseBanner(side: SshSide, bytes: Uint8Array, start: number, end: number): boolean {
  const versionStart = start + PREFIX.length;
  if (versionStart > end) return false;
  for (let i = 0; i < PREFIX.length; i++) if (bytes[start + i] !== PREFIX[i]) return false;
  const dash = indexOf(bytes, DASH, versionStart, end);
  if (dash === end || dash === versionStart) return false;
  side.protocolVersion = bytes.slice(versionStart, dash);
  // A comment follows a space; a line that begins with one has no name before it.
  const space = indexOf(bytes, SPACE, dash + 1, end);
  side.softwareVersion = bytes.slice(dash + 1, space === dash + 1 ? end : space);
  return true;
}

/** The offset of a byte, `end` without. */
function indexOf(bytes: Uint8Array, byte: number, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}
