/** Probes of protocols that speak in lines or in options of a terminal. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_SERVER } from "../direction.ts";
import { ProbeResult } from "../protocol.ts";

/** Of a first line; longer ones are not looked at. */
const LINE_BYTES_MAX = 4096;
const SIP_VERSION = latin1ToBytes("SIP/2.0");

/** A request line ends with the version of SIP: the methods alone may be HTTP's. */
export function confirmSipRequest(bytes: Uint8Array, start: number, end: number): number {
  const last = Math.min(end, start + LINE_BYTES_MAX);
  let lineEnd = start;
  while (lineEnd < last && bytes[lineEnd]! !== 0x0a) lineEnd++;
  if (lineEnd === last) return ProbeResult.no;
  if (bytes[lineEnd - 1]! === 0x0d) lineEnd--;
  const at = lineEnd - SIP_VERSION.length;
  if (at <= start || bytes[at - 1]! !== 0x20) return ProbeResult.no;
  for (let i = 0; i < SIP_VERSION.length; i++) {
    if (bytes[at + i]! !== SIP_VERSION[i]!) return ProbeResult.no;
  }
  return ProbeResult.yes;
}

const INTERPRET_AS_COMMAND = 0xff;
const FIRST_TELNET_COMMAND = 240;

/** Commands of telnet (RFC 854) come before any text. */
export function probeTelnet(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return ProbeResult.needMore;
  const isCommand =
    bytes[start]! === INTERPRET_AS_COMMAND &&
    bytes[start + 1]! >= FIRST_TELNET_COMMAND &&
    bytes[start + 1]! < INTERPRET_AS_COMMAND;
  return isCommand ? ProbeResult.yes : ProbeResult.no;
}

/** "RFB 003.008" and a line feed (RFC 6143 §7.1.1), from both sides. */
export function probeRfb(bytes: Uint8Array, start: number, end: number): number {
  const banner = "RFB ";
  for (let i = 0; i < banner.length; i++) {
    if (start + i >= end) return ProbeResult.needMore;
    if (bytes[start + i]! !== banner.charCodeAt(i)) return ProbeResult.no;
  }
  if (end - start < 8) return ProbeResult.needMore;
  return bytes[start + 7]! === 0x2e ? ProbeResult.yes : ProbeResult.no;
}

/** A line with "+OK" or "-ERR" of a server, with a command of a client (RFC 1939), ended by CR LF. */
export function probePop3(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < 4) return ProbeResult.needMore;
  const word = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 5)));
  const isKnown =
    direction === TO_SERVER
      ? /^(?:USER|PASS|APOP|AUTH|STLS|CAPA|QUIT|UTF8|LANG)[ \r]?/i.test(word)
      : word.startsWith("+OK") || word.startsWith("-ERR");
  if (!isKnown) return ProbeResult.no;
  const last = Math.min(end, start + LINE_BYTES_MAX);
  for (let at = start + 4; at < last; at++) {
    if (bytes[at]! !== 0x0a) continue;
    return bytes[at - 1]! === 0x0d ? ProbeResult.yes : ProbeResult.no;
  }
  return last < end ? ProbeResult.no : ProbeResult.needMore;
}
