/** Probes of protocols whose datagrams begin with a fixed header. */
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import { ProbeResult } from "../protocol.ts";

function yesIf(condition: boolean): number {
  return condition ? ProbeResult.yes : ProbeResult.no;
}

const NTP_HEADER_BYTES = 48;

/** NTP of version 3 or 4 (RFC 5905 §7.3). */
export function probeNtp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < NTP_HEADER_BYTES) return ProbeResult.no;
  const version = (bytes[start]! >> 3) & 7;
  return yesIf(version === 3 || version === 4);
}

const DHCP_HEADER_BYTES = 240;
const DHCP_COOKIE = 0x63825363;

/** A BOOTP message with the cookie of options (RFC 2131 §3). */
export function probeDhcp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < DHCP_HEADER_BYTES) return ProbeResult.no;
  const operation = bytes[start]!;
  return yesIf(
    (operation === 1 || operation === 2) && readUint32(bytes, start + 236) === DHCP_COOKIE,
  );
}

/** Opcodes read, write, data, acknowledgement and error (RFC 1350 §5). */
export function probeTftp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return ProbeResult.no;
  const opcode = readUint16(bytes, start);
  return yesIf(opcode >= 1 && opcode <= 5);
}

const IKE_HEADER_BYTES = 28;

/** The header of IKE 1 and 2 (RFC 7296 §3.1), behind four zero bytes on the port for NAT. */
export function probeIke(bytes: Uint8Array, start: number, end: number): number {
  const isMarked = end - start > 4 && readUint32(bytes, start) === 0;
  const at = isMarked ? start + 4 : start;
  if (end - at < IKE_HEADER_BYTES) return ProbeResult.no;
  const version = bytes[at + 17]! >> 4;
  const byteLength = readUint32(bytes, at + 24);
  return yesIf((version === 1 || version === 2) && byteLength >= IKE_HEADER_BYTES);
}

const QUIC_HEADER_BYTES = 6;
const CONNECTION_ID_BYTES_MAX = 20;

/** A long header (RFC 9000 §17.2) of a version in use; Google's own begin with Q. */
export function probeQuic(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < QUIC_HEADER_BYTES) return ProbeResult.no;
  const first = bytes[start]!;
  if (first < 0x80) return yesIf(isGoogleQuic(bytes, start, end));
  const version = readUint32(bytes, start + 1);
  if (!isQuicVersion(version)) return ProbeResult.no;
  return yesIf(version >>> 24 === 0x51 || bytes[start + 5]! <= CONNECTION_ID_BYTES_MAX);
}

function isQuicVersion(version: number): boolean {
  return (
    version === 1 ||
    version === 0x6b3343cf ||
    version >>> 8 === 0xff0000 ||
    version >>> 8 === 0xfaceb0 ||
    version >>> 16 === 0x5130 ||
    version >>> 16 === 0x5430
  );
}

/** Before version 46 of Google's: flags, eight bytes of connection number, the version. */
function isGoogleQuic(bytes: Uint8Array, start: number, end: number): boolean {
  const flags = bytes[start]!;
  if ((flags & 0x09) !== 0x09 || end - start < 13) return false;
  return readUint16(bytes, start + 9) === 0x5130;
}
