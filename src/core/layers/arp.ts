/** ARP (RFC 826) for IPv4 over Ethernet, and its reverse; the addresses are read by who needs them. */
import { readUint16 } from "../bytes/endian.ts";
import { DecoderCounter } from "./decoder-counters.ts";
import type { Layer, LayerContext } from "./layer.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const FIXED_BYTES = 8;
const HEADER_BYTES = 28;
const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const OPERATION_MAX = 4;

const TOO_SMALL = decoderEvent("arp.pkt_too_small");
const UNSUPPORTED_HARDWARE = decoderEvent("arp.unsupported_hardware");
const UNSUPPORTED_PROTOCOL = decoderEvent("arp.unsupported_protocol");
const UNSUPPORTED_PACKET = decoderEvent("arp.unsupported_pkt");
const HARDWARE_SIZE = decoderEvent("arp.invalid_hardware_size");
const PROTOCOL_SIZE = decoderEvent("arp.invalid_protocol_size");
const UNSUPPORTED_OPERATION = decoderEvent("arp.unsupported_opcode");
const NONE = -1;

export const arp: Layer = { name: "arp", rfc: "RFC 826", decode: decodeArp };

export function decodeArp(
  decoder: LayerContext,
  packet: Packet,
  start: number,
  end: number,
): boolean {
  decoder.counters.add(DecoderCounter.arp);
  if (end - start < FIXED_BYTES) {
    packet.addFatalEvent(TOO_SMALL);
    return false;
  }
  if (!decoder.enterLayer(packet)) return false;
  const problem = arpProblem(decoder.bytes, start, end);
  if (problem !== NONE) {
    packet.addFatalEvent(problem);
    return false;
  }
  packet.arpStart = start;
  return true;
}

/** The event for what is wrong, -1 when nothing is. */
function arpProblem(bytes: Uint8Array, start: number, end: number): number {
  if (readUint16(bytes, start) !== HARDWARE_ETHERNET) return UNSUPPORTED_HARDWARE;
  if (readUint16(bytes, start + 2) !== PROTOCOL_IPV4) return UNSUPPORTED_PROTOCOL;
  if (end - start < HEADER_BYTES) return UNSUPPORTED_PACKET;
  if (bytes[start + 4] !== 6) return HARDWARE_SIZE;
  if (bytes[start + 5] !== 4) return PROTOCOL_SIZE;
  const operation = readUint16(bytes, start + 6);
  return operation === 0 || operation > OPERATION_MAX ? UNSUPPORTED_OPERATION : NONE;
}
