/** Cisco's HDLC on serial lines: address, control, then an EtherType. Keep-alives are an unknown type. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 4;
const PAYLOAD_BYTES_MAX = 65_535;
const TOO_SMALL = decoderEvent("chdlc.pkt_too_small");

export const ciscoHdlc: Layer = {
  name: "cisco-hdlc",
  rfc: "LINKTYPE_C_HDLC",
  decode: decodeCiscoHdlc,
};

function decodeCiscoHdlc(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.ciscoHdlc);
  if (end - start < HEADER_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (end - start > HEADER_BYTES + PAYLOAD_BYTES_MAX) return false;
  if (!decoder.enterLayer(packet)) return false;
  const etherType = readUint16(decoder.bytes, start + 2);
  packet.etherType = etherType;
  decoder.decodeEtherType(packet, etherType, start + HEADER_BYTES, end);
  return true;
}
