/** EVE `packet`: a packet logged because a rule tagged its session or host. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Packet } from "../../layers/packet.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { writePacketBytes } from "./packet-bytes.ts";

export const taggedPacketEvent = defineEvent({
  type: "packet",
  summary: "A packet that a rule's tag keyword asked to record.",
  fields: {
    packet: "the packet's bytes in base64",
    "packet_info.linktype": "link type of those bytes",
  },
});

export function writeTaggedPacket(context: EveContext, packet: Packet): string {
  const writer = beginPacketEvent(context, packet, "packet");
  writePacketBytes(context, packet);
  writer.endObject();
  return writer.take();
}
