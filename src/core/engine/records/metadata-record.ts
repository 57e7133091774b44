/** EVE `metadata`: what rules remembered of a packet and its flow, for packets with variables. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Packet } from "../../layers/packet.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";

export const metadataEvent = defineEvent({
  type: "metadata",
  summary: "What rules remembered of a packet for which one set a variable; off by default.",
  fields: {
    "metadata.flowbits": "names of the flow bits that are set",
    "metadata.flowints": "flow integers by name",
    "metadata.flowvars": "variables of the flow",
    "metadata.pktvars": "variables of the packet",
  },
});

export function writeMetadataEvent(context: EveContext, packet: Packet): string {
  const writer = beginPacketEvent(context, packet, "metadata");
  writeRuleStateMetadata(writer, packet.flow, context.names);
  writer.endObject();
  return writer.take();
}
