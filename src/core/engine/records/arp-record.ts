/** EVE `arp`: one ARP message over Ethernet and IPv4 (RFC 826). */
import { ipv4ToText, macToText } from "../../bytes/address-text.ts";
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Packet } from "../../layers/packet.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";

export const arpEvent = defineEvent({
  type: "arp",
  summary: "One ARP message; off by default.",
  fields: {
    "arp.hw_type": "hardware type",
    "arp.proto_type": "protocol type",
    "arp.opcode": "request, reply ... or the number",
    "arp.src_mac": "sender's hardware address",
    "arp.src_ip": "sender's protocol address",
    "arp.dest_mac": "target's hardware address",
    "arp.dest_ip": "target's protocol address",
  },
});

const opcodeNames: Record<number, string> = {
  1: "request",
  2: "reply",
  3: "request_reverse",
  4: "reply_reverse",
  8: "inarp_request",
  9: "inarp_reply",
  10: "arp_nak",
};

/** The line for a packet whose ARP header was decoded whole (28 bytes from `arpStart`). */
export function writeArpEvent(context: EveContext, packet: Packet): string {
  const { bytes } = context;
  const at = packet.arpStart;
  const opcode = readUint16(bytes, at + 6);
  const writer = beginPacketEvent(context, packet, "arp");
  writer.beginObject("arp");
  writer.string("hw_type", readUint16(bytes, at) === 1 ? "ethernet" : `${readUint16(bytes, at)}`);
  writer.string("proto_type", readUint16(bytes, at + 2) === 0x0800 ? "ipv4" : "unknown");
  writer.string("opcode", opcodeNames[opcode] ?? `${opcode}`);
  writer.string("src_mac", macToText(bytes, at + 8));
  writer.string("src_ip", ipv4ToText(readUint32(bytes, at + 14)));
  writer.string("dest_mac", macToText(bytes, at + 18));
  writer.string("dest_ip", ipv4ToText(readUint32(bytes, at + 24)));
  writer.endObject();
  writer.endObject();
  return writer.take();
}
