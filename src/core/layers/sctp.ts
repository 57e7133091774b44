/** SCTP (RFC 9260): the common header, and how many chunks follow it. */
import { readUint16, readUint32 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;
const PROTOCOL = 132;
const TOO_SMALL = decoderEvent("sctp.pkt_too_small");

export const sctp: Layer = { name: "sctp", rfc: "RFC 9260", decode: decodeSctp };

export function decodeSctp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.sctp);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.transportHeaderLength = HEADER_BYTES;
  packet.sourcePort = readUint16(bytes, start);
  packet.destinationPort = readUint16(bytes, start + 2);
  packet.sctpVerificationTag = readUint32(bytes, start + 4);
  packet.payloadStart = start + HEADER_BYTES;
  packet.payloadEnd = end;
  packet.sctpChunkCount = countChunks(bytes, packet.payloadStart, end);
  packet.wantsFlow = true;
  return true;
}

/** Chunks whose header is whole; the walk ends at one that is too short or runs past the end. */
function countChunks(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let offset = start;
  while (end - offset >= CHUNK_HEADER_BYTES) {
    count++;
    const length = readUint16(bytes, offset + 2);
    if (length < CHUNK_HEADER_BYTES) break;
    offset += (length + 3) & ~3;
  }
  return count;
}
