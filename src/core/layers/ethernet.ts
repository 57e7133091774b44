/**
 * Ethernet II (IEEE 802.3): addresses and EtherType. Frames with a length instead of a type, and types that
 * are not decoded (LLDP among them), are the event `ethernet.unknown_ethertype`.
 *
 * @hotpath
 */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 14;
const TOO_SMALL = decoderEvent("ethernet.pkt_too_small");

export const ethernet: Layer = { name: "ethernet", rfc: "IEEE 802.3", decode: decodeEthernet };

export function decodeEthernet(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.ethernet);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  packet.etherStart = start;
  const etherType = readUint16(decoder.bytes, start + 12);
  packet.etherType = etherType;
  decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end);
  return true;
}
