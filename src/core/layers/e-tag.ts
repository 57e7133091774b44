/** E-tags of bridge port extension (IEEE 802.1BR): six bytes that are skipped, then an EtherType. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const TOO_SMALL = decoderEvent("etag.header_too_small");
const UNKNOWN_TYPE = decoderEvent("etag.unknown_type");

export const eTag: Layer = { name: "e-tag", rfc: "IEEE 802.1BR", decode: decodeETag };

export function decodeETag(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.eTag);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start + 6);
  if (decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end)) return true;
  packet.addFatalEvent(UNKNOWN_TYPE);
  return false;
}
