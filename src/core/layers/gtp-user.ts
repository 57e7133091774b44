/**
 * GTP version 1, user plane (3GPP TS 29.281): the IP packet in a G-PDU becomes the inner packet. Extension
 * headers are skipped; other messages and the control plane are ordinary UDP.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import { type Layer, type LayerContext, TunnelPayload } from "./layer.ts";
import { type Packet, PacketSource } from "./packet.ts";

const HEADER_BYTES = 8;
const OPTIONAL_BYTES = 4;
/** Version 1 and protocol type GTP, the reserved bit clear. */
const VERSION_MASK = 0xf8;
const VERSION_1 = 0x30;
const HAS_OPTIONAL = 0x07;
const HAS_EXTENSION = 0x04;
const G_PDU = 255;

export const gtpUser: Layer = { name: "gtp-user", rfc: "3GPP TS 29.281", decode: decodeGtpUser };

/** True when the payload was a G-PDU. */
export function decodeGtpUser(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  if (end - start < HEADER_BYTES) return false;
  const flags = bytes[start]!;
  if ((flags & VERSION_MASK) !== VERSION_1 || bytes[start + 1] !== G_PDU) return false;
  const payloadEnd = start + HEADER_BYTES + readUint16(bytes, start + 2);
  if (payloadEnd > end) return false;
  const innerStart = skipOptional(bytes, flags, start + HEADER_BYTES, payloadEnd);
  if (innerStart >= payloadEnd) return false;
  const version = bytes[innerStart]! >> 4;
  if (version !== 4 && version !== 6) return false;
  if (!decoder.enterLayer(packet)) return false;
  decoder.counters.add(DecoderCounter.gtp);
  const payload = version === 4 ? TunnelPayload.ipv4 : TunnelPayload.ipv6;
  decoder.tunnel(packet, payload, innerStart, payloadEnd, PacketSource.gtp);
  return true;
}

/** Offset of the inner packet; `end` or more when the extension headers leave none. */
function skipOptional(bytes: Uint8Array, flags: number, start: number, end: number): number {
  if ((flags & HAS_OPTIONAL) === 0) return start;
  let offset = start + OPTIONAL_BYTES;
  if (offset > end || (flags & HAS_EXTENSION) === 0) return offset;
  let nextExtension = bytes[offset - 1]!;
  while (nextExtension !== 0) {
    const length = offset < end ? bytes[offset]! * 4 : 0;
    if (length === 0 || offset + length > end) return end;
    offset += length;
    nextExtension = bytes[offset - 1]!;
  }
  return offset;
}
