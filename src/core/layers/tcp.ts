/**
 * TCP (RFC 9293): the header; options are in tcp-options.ts. Sequence numbers are signed 32-bit integers.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";
import { decodeTcpOptions } from "./tcp-options.ts";

/** Bits of `Packet.tcpFlags`. */
export const TcpFlag = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

const HEADER_BYTES = 20;
const PROTOCOL = 6;

const TOO_SMALL = decoderEvent("tcp.pkt_too_small");
const HEADER_TOO_SMALL = decoderEvent("tcp.hlen_too_small");
const INVALID_LENGTH = decoderEvent("tcp.invalid_optlen");

export const tcp: Layer = { name: "tcp", rfc: "RFC 9293", decode: decodeTcp };

export function decodeTcp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes, counters } = decoder;
  counters.add(DecoderCounter.tcp);
  if (end - start < HEADER_BYTES) return fail(packet, TOO_SMALL);
  const headerLength = (bytes[start + 12]! >> 4) * 4;
  if (end - start < headerLength) return fail(packet, HEADER_TOO_SMALL);
  if (headerLength < HEADER_BYTES) return fail(packet, INVALID_LENGTH);
  readHeader(bytes, packet, start);
  packet.transportHeaderLength = headerLength;
  packet.payloadStart = start + headerLength;
  packet.payloadEnd = end;
  if (headerLength > HEADER_BYTES) {
    decodeTcpOptions(bytes, packet, start + HEADER_BYTES, start + headerLength);
  }
  const flags = packet.tcpFlags;
  if ((flags & TcpFlag.syn) !== 0) {
    counters.add((flags & TcpFlag.ack) !== 0 ? DecoderCounter.tcpSynAck : DecoderCounter.tcpSyn);
  }
  if ((flags & TcpFlag.rst) !== 0) counters.add(DecoderCounter.tcpRst);
  packet.wantsFlow = true;
  return true;
}

function fail(packet: Packet, event: number): boolean {
  packet.addFatalEvent(event);
  return false;
}

function readHeader(bytes: Uint8Array, packet: Packet, start: number): void {
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.sourcePort = readUint16(bytes, start);
  packet.destinationPort = readUint16(bytes, start + 2);
  packet.sequenceNumber =
    (bytes[start + 4]! << 24) |
    (bytes[start + 5]! << 16) |
    (bytes[start + 6]! << 8) |
    bytes[start + 7]!;
  packet.acknowledgmentNumber =
    (bytes[start + 8]! << 24) |
    (bytes[start + 9]! << 16) |
    (bytes[start + 10]! << 8) |
    bytes[start + 11]!;
  packet.tcpFlags = bytes[start + 13]!;
  packet.window = readUint16(bytes, start + 14);
  packet.urgentPointer = readUint16(bytes, start + 18);
}
