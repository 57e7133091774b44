/**
 * Provider backbone bridges (IEEE 802.1ah): the service tag, then the customer's frame. The customer's
 * addresses are not kept.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 18;
const TOO_SMALL = decoderEvent("ieee8021ah.header_too_small");

export const providerBackbone: Layer = {
  name: "provider-backbone",
  rfc: "IEEE 802.1ah",
  decode: decodeProviderBackbone,
};

export function decodeProviderBackbone(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.providerBackbone);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start + 16);
  decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end);
  return true;
}
