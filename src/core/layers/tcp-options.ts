/**
 * TCP options: segment size (RFC 9293), window scale and timestamps (RFC 7323), selective acknowledgment
 * (RFC 2018), Fast Open (RFC 7413, and the experimental numbers it used), MD5 (RFC 2385) and AO (RFC 5925),
 * which can be checked for length only. Of options that come twice the first counts.
 *
 * @hotpath
 */
import { readUint16, readUint32 } from "../bytes/endian.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

/** Bits of `Packet.tcpOptions`. */
export const TcpOption = {
  maximumSegmentSize: 1 << 0,
  windowScale: 1 << 1,
  sackPermitted: 1 << 2,
  sack: 1 << 3,
  timestamp: 1 << 4,
  fastOpen: 1 << 5,
  md5: 1 << 6,
  authentication: 1 << 7,
} as const;

const Kind = {
  endOfList: 0,
  noOperation: 1,
  maximumSegmentSize: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
  authentication: 29,
  fastOpen: 34,
  experiment1: 253,
  experiment2: 254,
} as const;

const WINDOW_SCALE_MAX = 14;
const FAST_OPEN_MAGIC = 0xf989;
const FAST_OPEN_BYTES_MIN = 4;
const FAST_OPEN_BYTES_MAX = 18;
const SACK_BYTES_MIN = 10;
const SACK_BYTES_MAX = 34;

const INVALID_LENGTH = decoderEvent("tcp.opt_invalid_len");
const DUPLICATE = decoderEvent("tcp.opt_duplicate");

export function decodeTcpOptions(
  bytes: Uint8Array,
  packet: Packet,
  start: number,
  end: number,
): void {
  let offset = start;
  while (offset < end) {
    const kind = bytes[offset]!;
    if (kind === Kind.endOfList) return;
    if (kind === Kind.noOperation) {
      offset++;
      continue;
    }
    if (end - offset < 2) return;
    const length = bytes[offset + 1]!;
    if (length < 2 || length > end - offset) {
      packet.addFatalEvent(INVALID_LENGTH);
      return;
    }
    readOption(bytes, packet, kind, offset, length);
    offset += length;
  }
}

function readOption(
  bytes: Uint8Array,
  packet: Packet,
  kind: number,
  start: number,
  length: number,
): void {
  switch (kind) {
    case Kind.timestamp:
      if (!accept(packet, TcpOption.timestamp, length === 10)) return;
      packet.timestampValue = readUint32(bytes, start + 2);
      packet.timestampEcho = readUint32(bytes, start + 6);
      return;
    case Kind.maximumSegmentSize:
      if (!accept(packet, TcpOption.maximumSegmentSize, length === 4)) return;
      packet.maximumSegmentSize = readUint16(bytes, start + 2);
      return;
    case Kind.windowScale: {
      if (!accept(packet, TcpOption.windowScale, length === 3)) return;
      const scale = bytes[start + 2]!;
      packet.windowScale = scale <= WINDOW_SCALE_MAX ? scale : 0;
      return;
    }
    case Kind.sackPermitted:
      accept(packet, TcpOption.sackPermitted, length === 2);
      return;
    case Kind.sack:
      readSack(packet, start, length);
      return;
    default:
      readRareOption(bytes, packet, kind, start, length);
  }
}

/** Notes an option of the right length that is the first of its kind; false when it is not to be used. */
function accept(packet: Packet, bit: number, hasRightLength: boolean): boolean {
  if (!hasRightLength) {
    packet.addEvent(INVALID_LENGTH);
    return false;
  }
  if ((packet.tcpOptions & bit) !== 0) {
    packet.addEvent(DUPLICATE);
    return false;
  }
  packet.tcpOptions |= bit;
  return true;
}

/** Blocks of two sequence numbers; an option with none is in use and harmless. */
function readSack(packet: Packet, start: number, length: number): void {
  const isWhole =
    length === 2 ||
    (length >= SACK_BYTES_MIN && length <= SACK_BYTES_MAX && (length - 2) % 8 === 0);
  if (!accept(packet, TcpOption.sack, isWhole)) return;
  packet.sackStart = start + 2;
  packet.sackCount = (length - 2) >> 3;
}

function readRareOption(
  bytes: Uint8Array,
  packet: Packet,
  kind: number,
  start: number,
  length: number,
): void {
  switch (kind) {
    case Kind.fastOpen: {
      const isWhole =
        length === 2 ||
        (length >= FAST_OPEN_BYTES_MIN && length <= FAST_OPEN_BYTES_MAX && length % 2 === 0);
      if (accept(packet, TcpOption.fastOpen, isWhole)) keepCookie(packet, start + 2, length - 2);
      return;
    }
    case Kind.experiment1:
    case Kind.experiment2:
      if (length !== 4 && length !== 12) packet.addEvent(INVALID_LENGTH);
      else if (readUint16(bytes, start + 2) === FAST_OPEN_MAGIC) {
        if (accept(packet, TcpOption.fastOpen, true)) keepCookie(packet, start + 4, length - 4);
      }
      return;
    case Kind.md5:
      if (length !== 18) packet.addFatalEvent(INVALID_LENGTH);
      else packet.tcpOptions |= TcpOption.md5;
      return;
    case Kind.authentication:
      if (length < 4) packet.addFatalEvent(INVALID_LENGTH);
      else packet.tcpOptions |= TcpOption.authentication;
  }
}

function keepCookie(packet: Packet, start: number, length: number): void {
  packet.fastOpenStart = start;
  packet.fastOpenLength = length;
}
