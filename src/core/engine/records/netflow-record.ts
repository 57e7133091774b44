/** EVE `netflow`: one direction of a flow, written when it ends. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction } from "../../layers/packet.ts";
import { beginFlowEvent, type EveContext, writeApplicationProtocol } from "./envelope.ts";
import { flowAgeSeconds, hexByte, writeTcpFlagNames } from "./flow-record.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";

export const netflowEvent = defineEvent({
  type: "netflow",
  summary: "One direction of a flow, written when the flow ends.",
  fields: {
    "netflow.pkts": "packets in this direction",
    "netflow.bytes": "bytes on the wire in this direction",
    "netflow.start": "time of the flow's first packet",
    "netflow.end": "time of the flow's last packet",
    "netflow.age": "whole seconds between them",
    "netflow.min_ttl": "smallest TTL or hop limit seen",
    "netflow.max_ttl": "largest TTL or hop limit seen",
    "tcp.tcp_flags": "TCP flags seen in this direction, hexadecimal",
  },
});

/** The lines of one ended flow: the client's direction, and the server's when it sent anything. */
export function writeNetflowEvents(context: EveContext, flow: Flow, timeUs: number): string[] {
  const lines = [writeNetflowEvent(context, flow, timeUs, Direction.toServer)];
  if (flow.packetsToClient > 0) {
    lines.push(writeNetflowEvent(context, flow, timeUs, Direction.toClient));
  }
  return lines;
}

function writeNetflowEvent(
  context: EveContext,
  flow: Flow,
  timeUs: number,
  direction: number,
): string {
  const toServer = direction === Direction.toServer;
  const writer = beginFlowEvent(context, flow, "netflow", timeUs, direction);
  if (context.options.metadata) writeRuleStateMetadata(writer, flow, context.names);
  writeApplicationProtocol(context, flow);
  writer.beginObject("netflow");
  writer.number("pkts", toServer ? flow.packetsToServer : flow.packetsToClient);
  writer.number("bytes", toServer ? flow.bytesToServer : flow.bytesToClient);
  writer.string("start", context.timestamps.format(flow.startUs));
  writer.string("end", context.timestamps.format(flow.lastUs));
  writer.number("age", flowAgeSeconds(flow));
  writer.number("min_ttl", toServer ? flow.ttlMinToServer : flow.ttlMinToClient);
  writer.number("max_ttl", toServer ? flow.ttlMaxToServer : flow.ttlMaxToClient);
  writer.endObject();
  if (flow.protocol === 6) {
    const flags = (toServer ? flow.tcp?.flagsToServer : flow.tcp?.flagsToClient) ?? 0;
    writer.beginObject("tcp");
    writer.string("tcp_flags", hexByte(flags));
    writeTcpFlagNames(writer, flags);
    writer.endObject();
  }
  writer.endObject();
  return writer.take();
}
