/** EVE `anomaly`: a decoder, stream or protocol event. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Packet } from "../../layers/packet.ts";
import {
  FIRST_APPLICATION_EVENT,
  FIRST_ARP_EVENT,
  packetEventName,
} from "../../layers/packet-events.ts";
import type { RegisteredProtocol } from "../../protocols/registry.ts";
import type { Transaction } from "../../protocols/transaction.ts";
import { beginPacketEvent, type EveContext, writeApplicationProtocol } from "./envelope.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";
import { writePacketBytes } from "./packet-bytes.ts";

export const anomalyEvent = defineEvent({
  type: "anomaly",
  summary: "Something is malformed or does not fit: a header, a connection's state.",
  fields: {
    "anomaly.type": "decode, stream or applayer",
    "anomaly.layer": "proto_detect or proto_parser: which part of the protocol tracking saw it",
    "anomaly.app_proto": "the protocol whose parser saw it",
    tx_id: "number of the transaction",
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
  const kind = kindOf(code);
  if (!options[kind]) return null;
  const writer = beginPacketEvent(context, packet, "anomaly");
  if (kind === "decode" && options.packetHeader) writePacketBytes(context, packet);
  if (kind === "application" && packet.flow !== null) {
    writeApplicationProtocol(context, packet.flow);
  }
  writeRuleStateMetadata(writer, packet.flow, context.names);
  writer.beginObject("anomaly");
  writer.string("type", typeNames[kind]);
  writer.string("event", packetEventName(code));
  if (kind === "application") writer.string("layer", "proto_detect");
  writer.endObject();
  writer.endObject();
  return writer.take();
}

const typeNames = { decode: "decode", stream: "stream", application: "applayer" } as const;

function kindOf(code: number): keyof typeof typeNames {
  if (code >= FIRST_APPLICATION_EVENT) return "application";
  return code >= FIRST_ARP_EVENT ? "stream" : "decode";
}

/** The line for an event of a transaction, by its number in the protocol's list. */
export function writeParserAnomaly(
  context: EveContext,
  packet: Packet,
  flow: Flow,
  registered: RegisteredProtocol,
  transaction: Transaction,
  code: number,
): string {
  const { declaration, eveName } = registered;
  const name = declaration.events[code] ?? "";
  const writer = beginPacketEvent(context, packet, "anomaly");
  writeRuleStateMetadata(writer, flow, context.names);
  writer.number("tx_id", transaction.id);
  writer.beginObject("anomaly");
  writer.string("app_proto", eveName);
  writer.string("type", "applayer");
  writer.string("event", declaration.hasUpperCaseEvents === true ? name.toUpperCase() : name);
  writer.string("layer", "proto_parser");
  writer.endObject();
  writer.endObject();
  return writer.take();
}
