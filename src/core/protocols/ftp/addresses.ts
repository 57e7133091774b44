/**
 * Addresses of data connections: PORT and the reply to PASV (RFC 959 §4.1.2, §5.4), EPRT and the reply to EPSV
 * (RFC 2428).
 */
import { bytesToLatin1 } from "../../bytes/latin1.ts";

export interface FtpEndpoint {
  /** Null where the protocol does not say it, or for IPv6. */
  readonly ipv4: number | null;
  readonly port: number;
}

/** Longest text of a line that is looked at for an address, bytes. */
const ADDRESS_TEXT_BYTES_MAX = 512;
const SIX_NUMBERS =
  /(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})/;

/** `h1,h2,h3,h4,p1,p2` somewhere in [start, end); null without. */
export function parseHostPort(bytes: Uint8Array, start: number, end: number): FtpEndpoint | null {
  const numbers = SIX_NUMBERS.exec(textOf(bytes, start, end))
    ?.slice(1)
    .map(Number);
  if (numbers === undefined || numbers.some((number) => number > 255)) return null;
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = numbers;
  const port = high * 256 + low;
  return port === 0 ? null : { ipv4: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0, port };
}

/** The argument of EPRT in [start, end): `|family|address|port|` with any delimiter. */
export function parseExtendedPort(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end).trim();
  const parts = text.split(text.slice(0, 1));
  return parts.length < 4 ? 0 : portOf(parts[3]!);
}

/** The reply to EPSV: `(|||port|)` somewhere in [start, end). */
export function parseExtendedPassive(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end);
  const open = text.indexOf("(");
  if (open < 0) return 0;
  const delimiter = text.charAt(open + 1);
  return portOf(text.slice(open + 1).split(delimiter)[3] ?? "");
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 65_535 ? 0 : port;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return bytesToLatin1(bytes, start, Math.min(end, start + ADDRESS_TEXT_BYTES_MAX));
}
