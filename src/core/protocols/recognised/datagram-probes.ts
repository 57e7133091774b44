/** Probes of protocols whose datagrams begin with a fixed header. */
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import { ProbeResult, yesIf } from "../protocol.ts";

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

/** The header of IKE 1 and 2 (RFC 7296 §3.1). */
export function probeIke(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < IKE_HEADER_BYTES) return ProbeResult.no;
  const version = bytes[start + 17]! >> 4;
  return yesIf(version === 1 || version === 2);
}

/** A short header tells no length of its connection number; servers of the field take 16 bytes or more. */
const QUIC_SHORT_BYTES = 17;
const LONG_HEADER = 0x80;

/** A long header whose two connection numbers fit (RFC 9000 §17.2), or a short one (§17.3). */
export function probeQuic(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return ProbeResult.no;
  const first = bytes[start]!;
  if ((first & LONG_HEADER) === 0) {
    return yesIf(end - start >= QUIC_SHORT_BYTES);
  }
  const destinationEnd = start + 6 + (bytes[start + 5] ?? 0);
  if (destinationEnd >= end) return ProbeResult.no;
  return yesIf(destinationEnd + 1 + bytes[destinationEnd]! <= end);
}
