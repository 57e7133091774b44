/** VN-tags, by which a switch extends virtual interfaces: four bytes that are skipped, then an EtherType. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 6;
const TOO_SMALL = decoderEvent("vntag.header_too_small");
const UNKNOWN_TYPE = decoderEvent("vntag.unknown_type");

export const vnTag: Layer = { name: "vn-tag", rfc: "Cisco VN-Tag", decode: decodeVnTag };

export function decodeVnTag(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.vnTag);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start + 4);
  if (decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end)) return true;
  packet.addFatalEvent(UNKNOWN_TYPE);
  return false;
}
