/** Encapsulating security payload (RFC 4303): the index of its parameters; the rest is encrypted. */
import { readUint32 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 8;
const PROTOCOL = 50;
const TOO_SMALL = decoderEvent("esp.pkt_too_small");

export const esp: Layer = { name: "esp", rfc: "RFC 4303", decode: decodeEsp };

export function decodeEsp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.esp);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  packet.protocol = PROTOCOL;
  packet.transport = PROTOCOL;
  packet.transportStart = start;
  packet.transportHeaderLength = HEADER_BYTES;
  packet.espSpi = readUint32(decoder.bytes, start);
  packet.payloadStart = start + HEADER_BYTES;
  packet.payloadEnd = end;
  packet.wantsFlow = true;
  return true;
}
