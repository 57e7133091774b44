/**
 * Options of IPv4: RFC 791, timestamps (RFC 781), security (RFC 1108), router alert (RFC 2113), quick start
 * (RFC 4782), CIPSO (FIPS 188). Which were there is kept as bits; a broken one makes the packet invalid.
 */
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

/** Bits of `Packet.ipOptions`. */
export const Ipv4Option = {
  endOfList: 1 << 0,
  noOperation: 1 << 1,
  recordRoute: 1 << 2,
  timestamp: 1 << 3,
  quickStart: 1 << 4,
  looseSourceRoute: 1 << 5,
  strictSourceRoute: 1 << 6,
  security: 1 << 7,
  extendedSecurity: 1 << 8,
  cipso: 1 << 9,
  streamId: 1 << 10,
  routerAlert: 1 << 11,
} as const;

const END_OF_LIST = 0;
const NO_OPERATION = 1;

/** Kind of an option -> its bit. */
const bits = new Map<number, number>([
  [0x07, Ipv4Option.recordRoute],
  [0x19, Ipv4Option.quickStart],
  [0x44, Ipv4Option.timestamp],
  [0x82, Ipv4Option.security],
  [0x83, Ipv4Option.looseSourceRoute],
  [0x85, Ipv4Option.extendedSecurity],
  [0x86, Ipv4Option.cipso],
  [0x88, Ipv4Option.streamId],
  [0x89, Ipv4Option.strictSourceRoute],
  [0x94, Ipv4Option.routerAlert],
]);

const UNKNOWN = decoderEvent("ipv4.opt_invalid");
const INVALID_LENGTH = decoderEvent("ipv4.opt_invalid_len");
const MALFORMED = decoderEvent("ipv4.opt_malformed");
const PADDING = decoderEvent("ipv4.opt_pad_required");
const END_REQUIRED = decoderEvent("ipv4.opt_eol_required");
const DUPLICATE = decoderEvent("ipv4.opt_duplicate");
const NONE = -1;

/** False, with events, when the options are broken. */
export function decodeIpv4Options(
  bytes: Uint8Array,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  if ((end - start) % 8 !== 0) packet.addEvent(PADDING);
  let offset = start;
  while (offset < end) {
    const kind = bytes[offset]!;
    if (kind === END_OF_LIST) {
      packet.ipOptions |= Ipv4Option.endOfList;
      return true;
    }
    if (kind === NO_OPERATION) {
      packet.ipOptions |= Ipv4Option.noOperation;
      offset++;
      continue;
    }
    if (end - offset < 2) {
      packet.addEvent(END_REQUIRED);
      return true;
    }
    const length = bytes[offset + 1]!;
    // Suricata reports a broken list as a whole by the name of one problem, whatever the broken option had.
    if (
      length < 2 ||
      length > end - offset ||
      !keepOption(bytes, packet, offset, offset + length)
    ) {
      packet.addFatalEvent(INVALID_LENGTH);
      return false;
    }
    offset += length;
  }
  return true;
}

/** Notes the option at [start, end); false when it is broken. */
function keepOption(bytes: Uint8Array, packet: Packet, start: number, end: number): boolean {
  const bit = bits.get(bytes[start]!) ?? 0;
  if (bit === 0) {
    packet.addEvent(UNKNOWN);
    return true;
  }
  if ((packet.ipOptions & bit) !== 0) {
    packet.addEvent(DUPLICATE);
    return true;
  }
  const problem = optionProblem(bytes, bit, start, end);
  if (problem !== NONE) {
    packet.addFatalEvent(problem);
    return false;
  }
  packet.ipOptions |= bit;
  return true;
}

function optionProblem(bytes: Uint8Array, bit: number, start: number, end: number): number {
  const length = end - start;
  switch (bit) {
    case Ipv4Option.recordRoute:
    case Ipv4Option.looseSourceRoute:
    case Ipv4Option.strictSourceRoute:
      return routeProblem(bytes, start, length);
    case Ipv4Option.timestamp:
      return timestampProblem(bytes, start, length);
    case Ipv4Option.cipso:
      return cipsoProblem(bytes, start, end);
    case Ipv4Option.quickStart:
      return length < 8 ? INVALID_LENGTH : NONE;
    case Ipv4Option.security:
      return length < 3 || length > 11 ? INVALID_LENGTH : NONE;
    case Ipv4Option.extendedSecurity:
      return length < 3 ? INVALID_LENGTH : NONE;
    default:
      return length !== 4 ? INVALID_LENGTH : NONE;
  }
}

/** The pointer counts from 1, is past the fixed part, at an address, and at most one address past the end. */
function routeProblem(bytes: Uint8Array, start: number, length: number): number {
  if (length < 3) return INVALID_LENGTH;
  const pointer = bytes[start + 2]!;
  return pointer < 4 || pointer % 4 !== 0 || pointer > length + 1 ? MALFORMED : NONE;
}

function timestampProblem(bytes: Uint8Array, start: number, length: number): number {
  if (length < 5) return INVALID_LENGTH;
  const pointer = bytes[start + 2]!;
  if (pointer < 5) return MALFORMED;
  // In an option of five bytes there is no room for the flag.
  const flag = length > 5 ? bytes[start + 5]! : 0;
  const recordBytes = flag === 1 || flag === 3 ? 8 : 4;
  return (pointer - 5) % recordBytes !== 0 || pointer > length + 1 ? MALFORMED : NONE;
}

function cipsoProblem(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 6) return INVALID_LENGTH;
  let tag = start + 6;
  while (tag < end) {
    if (end - tag < 2) return MALFORMED;
    const type = bytes[tag]!;
    const length = bytes[tag + 1]!;
    const isKnown = type === 1 || type === 2 || (type >= 5 && type <= 7);
    if (!isKnown || length < 4 || length > end - tag) return MALFORMED;
    if (type !== 7 && bytes[tag + 2] !== 0) return MALFORMED;
    tag += length;
  }
  return NONE;
}
