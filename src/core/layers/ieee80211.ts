/**
 * IEEE 802.11 data frames that carry LLC/SNAP, bare (link type 105) or behind a radiotap header (127).
 * Management, control and encrypted frames end here without an event: there is nothing to inspect in them.
 * Aggregated frames (A-MSDU) are not taken apart.
 */
import { readUint16, readUint16Le } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const HEADER_BYTES = 24;
const SNAP_BYTES = 8;
const RADIOTAP_HEADER_BYTES = 8;
const TYPE_DATA = 2;
/** Bits of the first byte's subtype. */
const SUBTYPE_NO_DATA = 4;
const SUBTYPE_QOS = 8;
/** Bits of the second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;
const TOO_SMALL = decoderEvent("ethernet.pkt_too_small");

export const ieee80211: Layer = {
  name: "ieee80211",
  rfc: "IEEE 802.11",
  decode: decodeIeee80211,
};

export const radiotap: Layer = {
  name: "radiotap",
  rfc: "LINKTYPE_IEEE802_11_RADIOTAP",
  decode: decodeRadiotap,
};

function decodeIeee80211(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const { bytes } = decoder;
  decoder.counters.add(DecoderCounter.ieee80211);
  if (!decoder.enterLayer(packet)) return false;
  if (end - start < 2) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  const type = (bytes[start]! >> 2) & 3;
  const subtype = bytes[start]! >> 4;
  const flags = bytes[start + 1]!;
  if (type !== TYPE_DATA || (subtype & SUBTYPE_NO_DATA) !== 0) return true;
  if ((flags & PROTECTED) !== 0) return true;
  let length = HEADER_BYTES;
  if ((flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS)) length += 6;
  if ((subtype & SUBTYPE_QOS) !== 0) length += (flags & ORDER) !== 0 ? 6 : 2;
  const snap = start + length;
  if (end - snap < SNAP_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (bytes[snap] !== 0xaa || bytes[snap + 1] !== 0xaa || bytes[snap + 2] !== 3) return true;
  const etherType = readUint16(bytes, snap + 6);
  packet.etherType = etherType;
  const { eventCount } = packet;
  // Key exchange and the like are at home here: an unknown type is no anomaly as it is on a cable.
  if (!decoder.decodeEtherType(packet, etherType, snap + SNAP_BYTES, end)) {
    packet.eventCount = eventCount;
  }
  return true;
}

function decodeRadiotap(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  const captured = end - start;
  const length = captured < RADIOTAP_HEADER_BYTES ? 0 : readUint16Le(decoder.bytes, start + 2);
  if (length < RADIOTAP_HEADER_BYTES || length > captured) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  return decodeIeee80211(decoder, packet, start + length, end);
}
