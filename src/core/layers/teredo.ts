/**
 * Teredo (RFC 4380): IPv6 over UDP, with an optional origin indication before it. Nothing in a datagram says
 * that it is Teredo, so the IPv6 packet has to fit exactly and to be valid. Authentication is not a tunnel.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";

const IPV6_HEADER_BYTES = 40;
const ORIGIN_BYTES = 8;
const HOP_BY_HOP = 0;

export const teredo: Layer = { name: "teredo", rfc: "RFC 4380", decode: decodeTeredo };

/** True when the payload was a Teredo packet. */
export function decodeTeredo(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  if (end - start < IPV6_HEADER_BYTES) return false;
  let offset = start;
  while (bytes[offset] === 0) {
    if (bytes[offset + 1] !== 0 || end - offset < ORIGIN_BYTES + IPV6_HEADER_BYTES) return false;
    offset += ORIGIN_BYTES;
  }
  if (bytes[offset]! >> 4 !== 6) return false;
  const payloadLength = readUint16(bytes, offset + 4);
  if (bytes[offset + 7] === 0) return false;
  if (bytes[offset + 6] === HOP_BY_HOP && payloadLength < 8) return false;
  if (end - offset !== IPV6_HEADER_BYTES + payloadLength) return false;
  if (!decoder.tunnel(packet, TunnelPayload.teredo, offset, end, PacketSource.teredo)) return false;
  decoder.counters.add(DecoderCounter.teredo);
  return true;
}
