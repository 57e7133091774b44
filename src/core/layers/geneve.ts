/** Geneve (RFC 8926): its options are measured, not read. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { EtherType } from "./ether-type.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const OPTION_HEADER_BYTES = 4;
const RESERVED_FLAGS = 0x3f;
const UNKNOWN_PAYLOAD = decoderEvent("geneve.unknown_payload_type");

export const geneve: Layer = { name: "geneve", rfc: "RFC 8926", decode: decodeGeneve };

/** True when the payload was Geneve. */
export function decodeGeneve(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  if (end - start < HEADER_BYTES) return false;
  if (!decoder.enterLayer(packet)) return false;
  const innerStart = start + HEADER_BYTES + (bytes[start]! & 0x3f) * 4;
  if (innerStart > end || bytes[start]! >> 6 !== 0) return false;
  if ((bytes[start + 1]! & RESERVED_FLAGS) !== 0 || bytes[start + 7] !== 0) return false;
  if (!optionsFit(bytes, start + HEADER_BYTES, innerStart)) return false;
  decoder.counters.add(DecoderCounter.geneve);
  switch (readUint16(bytes, start + 2)) {
    case EtherType.ipv4:
      decoder.tunnel(packet, TunnelPayload.ipv4, innerStart, end, PacketSource.geneve);
      break;
    case EtherType.ipv6:
      decoder.tunnel(packet, TunnelPayload.ipv6, innerStart, end, PacketSource.geneve);
      break;
    case EtherType.transparentEthernet:
      decoder.tunnel(packet, TunnelPayload.ethernet, innerStart, end, PacketSource.geneve);
      break;
    case EtherType.arp:
      decoder.tunnel(packet, TunnelPayload.arp, innerStart, end, PacketSource.geneve);
      break;
    default:
      packet.addFatalEvent(UNKNOWN_PAYLOAD);
  }
  return true;
}

/** Whether the lengths of the options add up to that of the header. */
function optionsFit(bytes: Uint8Array, start: number, end: number): boolean {
  let offset = start;
  while (offset < end) offset += OPTION_HEADER_BYTES + (bytes[offset + 3]! & 0x1f) * 4;
  return offset === end;
}
