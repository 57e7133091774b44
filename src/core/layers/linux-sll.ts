/** Linux "cooked" captures, versions 1 and 2: what a capture on all interfaces has instead of Ethernet. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 16;
const VERSION_2_HEADER_BYTES = 20;
const TOO_SMALL = decoderEvent("sll.pkt_too_small");
const VERSION_2_TOO_SMALL = decoderEvent("sll2.pkt_too_small");

export const linuxSll: Layer = {
  name: "linux-sll",
  rfc: "LINKTYPE_LINUX_SLL",
  decode: decodeLinuxSll,
};

export const linuxSll2: Layer = {
  name: "linux-sll2",
  rfc: "LINKTYPE_LINUX_SLL2",
  decode: decodeLinuxSll2,
};

function decodeLinuxSll(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.linuxSll);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start + 14);
  packet.etherType = etherType;
  decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end);
  return true;
}

function decodeLinuxSll2(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.linuxSll2);
  if (end - start < VERSION_2_HEADER_BYTES) {
    packet.addFatalEvent(VERSION_2_TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start);
  packet.etherType = etherType;
  decoder.decodeEtherType(packet, etherType, start + VERSION_2_HEADER_BYTES, end);
  return true;
}
