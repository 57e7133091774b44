/** EVE `anomaly`: a decoder or stream event of a packet. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Packet } from "../../layers/packet.ts";
import { FIRST_ARP_EVENT, packetEventName } from "../../layers/packet-events.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";
import { writePacketBytes } from "./packet-bytes.ts";

export const anomalyEvent = defineEvent({
  type: "anomaly",
  summary: "Something is malformed or does not fit: a header, a connection's state.",
  fields: {
    "anomaly.type": "decode or stream",
    "anomaly.event": "name of the event, as rules match it",
    packet: "the packet's bytes in base64, when packethdr is on",
    "packet_info.linktype": "link type of those bytes",
  },
});

/** The line for one event code of the packet; null when events of its kind are off. */
export function writeAnomalyEvent(
  context: EveContext,
  packet: Packet,
  code: number,
): string | null {
  const options = context.options.anomaly;
  if (options === null) return null;
  const isStream = code >= FIRST_ARP_EVENT;
  if (isStream ? !options.stream : !options.decode) return null;
  const writer = beginPacketEvent(context, packet, "anomaly");
  if (!isStream && options.packetHeader) writePacketBytes(context, packet);
  writer.beginObject("anomaly");
  writer.string("type", isStream ? "stream" : "decode");
  writer.string("event", packetEventName(code));
  writer.endObject();
  writer.endObject();
  return writer.take();
}
