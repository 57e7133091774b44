/**
 * VLAN tags (IEEE 802.1Q, 802.1ad and the older 0x9100): up to three are kept; priorities are not.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { type Packet, VLAN_LAYERS_MAX } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 4;
const TOO_SMALL = decoderEvent("vlan.header_too_small");
const UNKNOWN_TYPE = decoderEvent("vlan.unknown_type");
const TOO_MANY = decoderEvent("vlan.too_many_layers");

export const vlan: Layer = { name: "vlan", rfc: "IEEE 802.1Q", decode: decodeVlan };

export function decodeVlan(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes, counters } = decoder;
  const place = packet.vlanCount;
  if (place < VLAN_LAYERS_MAX) counters.add(DecoderCounter.vlan + place);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  if (place >= VLAN_LAYERS_MAX) {
    packet.addEvent(TOO_MANY);
    return false;
  }
  packet.vlanIds[place] = readUint16(bytes, start) & 0x0fff;
  packet.vlanCount = place + 1;
  const etherType = readUint16(bytes, start + 2);
  if (decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end)) return true;
  packet.addFatalEvent(UNKNOWN_TYPE);
  return false;
}
