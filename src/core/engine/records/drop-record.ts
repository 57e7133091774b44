/** EVE `drop`: a packet that was not let through, with its header fields. */
import { readUint16 } from "../../bytes/endian.ts";
import type { Alert } from "../../detect/alert-queue.ts";
import { dropReasonNames } from "../../detect/verdict.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { type RuleFields, writeAlertObject, writeVerdict } from "./alert-record.ts";
import { beginPacketEvent, type EveContext } from "./envelope.ts";

export const dropEvent = defineEvent({
  type: "drop",
  summary: "A packet was dropped (inline, or simulated).",
  fields: {
    "drop.len": "length of the IP packet in bytes",
    "drop.tos": "IPv4 type of service",
    "drop.ttl": "IPv4 time to live",
    "drop.ipid": "IPv4 identification",
    "drop.tc": "IPv6 traffic class",
    "drop.hoplimit": "IPv6 hop limit",
    "drop.flowlbl": "IPv6 flow label",
    "drop.tcpseq": "TCP sequence number",
    "drop.tcpack": "TCP acknowledgment number",
    "drop.tcpwin": "TCP window",
    "drop.udplen": "UDP length in bytes",
    "drop.icmp_id": "ICMP identifier",
    "drop.icmp_seq": "ICMP sequence number",
    "drop.reason": "why: rules, flow drop, stream error ...",
    alert: "the rule that dropped it, when asked",
    verdict: "what was decided, when asked",
  },
});

/** The line for a dropped packet. @param alert the alert that dropped it, null when none did. */
export function writeDropEvent(
  context: EveContext,
  packet: Packet,
  alert: Alert | null,
  rules: RuleFields,
): string {
  const options = context.options.drop;
  const writer = beginPacketEvent(context, packet, "drop");
  if (packet.flow !== null) {
    writer.string("direction", packet.direction === Direction.toServer ? "to_server" : "to_client");
  }
  writer.beginObject("drop");
  writeIpFields(context, packet);
  writeTransportFields(writer, packet);
  const reason = dropReasonNames[packet.dropReason] ?? "";
  writer.string("reason", reason === "" ? "unknown" : reason);
  writer.endObject();
  if (options?.alerts === true && alert !== null) {
    writeAlertObject(context, packet, alert, rules, true);
  }
  if (options?.verdict === true) writeVerdict(writer, packet, true);
  writer.endObject();
  return writer.take();
}

function writeIpFields(context: EveContext, packet: Packet): void {
  const { writer, bytes } = context;
  if (packet.ipVersion === 4) {
    writer.number("len", readUint16(bytes, packet.ipStart + 2));
    writer.number("tos", packet.typeOfService);
    writer.number("ttl", packet.hopLimit);
    writer.number("ipid", packet.ipIdentification);
  } else if (packet.ipVersion === 6) {
    writer.number("len", readUint16(bytes, packet.ipStart + 4));
    writer.number("tc", packet.typeOfService);
    writer.number("hoplimit", packet.hopLimit);
    writer.number("flowlbl", packet.ipv6FlowLabel);
  }
}

function writeTransportFields(writer: JsonWriter, packet: Packet): void {
  if (packet.transport === 6) writeTcpFields(writer, packet);
  else if (packet.transport === 17) writer.number("udplen", packet.udpLength);
  else if (packet.icmpId >= 0) {
    writer.number("icmp_id", packet.icmpId);
    writer.number("icmp_seq", packet.icmpSequence);
  }
}

function writeTcpFields(writer: JsonWriter, packet: Packet): void {
  const flags = packet.tcpFlags;
  writer.number("tcpseq", packet.sequenceNumber >>> 0);
  writer.number("tcpack", packet.acknowledgmentNumber >>> 0);
  writer.number("tcpwin", packet.window);
  writer.boolean("syn", (flags & 0x02) !== 0);
  writer.boolean("ack", (flags & 0x10) !== 0);
  writer.boolean("psh", (flags & 0x08) !== 0);
  writer.boolean("rst", (flags & 0x04) !== 0);
  writer.boolean("urg", (flags & 0x20) !== 0);
  writer.boolean("fin", (flags & 0x01) !== 0);
  writer.number("tcpres", 0);
  writer.number("tcpurgp", packet.urgentPointer);
}
