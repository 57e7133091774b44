/**
 * ERSPAN (draft-foschiano-erspan): mirrored Ethernet frames in GRE. Type I has no header of its own, type II
 * has eight bytes with the VLAN of the mirrored port. Type III is an unsupported version.
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { type Packet, VLAN_LAYERS_MAX } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const VERSION_TYPE_II = 1;

const TOO_SMALL = decoderEvent("erspan.header_too_small");
const UNSUPPORTED_VERSION = decoderEvent("erspan.unsupported_version");
const TOO_MANY_VLANS = decoderEvent("erspan.too_many_vlan_layers");

export const erspanTypeI: Layer = {
  name: "erspan-type-1",
  rfc: "draft-foschiano-erspan",
  decode: (decoder, packet, start, end) => {
    decoder.counters.add(DecoderCounter.erspan);
    return decoder.decodeEthernet(packet, start, end);
  },
};

export const erspanTypeII: Layer = {
  name: "erspan-type-2",
  rfc: "draft-foschiano-erspan",
  decode: decodeTypeII,
};

function decodeTypeII(decoder: LayerContext, packet: Packet, start: number, end: number): boolean {
  decoder.counters.add(DecoderCounter.erspan);
  if (end - start < HEADER_BYTES) {
    packet.addEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const word = readUint16(decoder.bytes, start);
  if (word >> 12 !== VERSION_TYPE_II) {
    packet.addEvent(UNSUPPORTED_VERSION);
    return false;
  }
  const vlanId = word & 0x0fff;
  if (vlanId !== 0) {
    if (packet.vlanCount >= VLAN_LAYERS_MAX) {
      packet.addEvent(TOO_MANY_VLANS);
      return false;
    }
    packet.vlanIds[packet.vlanCount++] = vlanId;
  }
  return decoder.decodeEthernet(packet, start + HEADER_BYTES, end);
}
