/** EVE `flow`: both directions of a flow, written when it ends. */

import { applicationOf } from "../../detect/flow-application.ts";
import { VERDICT_STOPS, Verdict } from "../../detect/verdict.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import { exceptionPolicyName, exceptionTargetName } from "../../flow/exception-policy.ts";
import { type Flow, FlowEndReason, FlowState } from "../../flow/flow.ts";
import { TcpState } from "../../stream/tcp-session.ts";
import { beginFlowEvent, type EveContext, writeApplicationProtocol } from "./envelope.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";

export const flowEvent = defineEvent({
  type: "flow",
  summary: "One flow, both directions, written when it ends.",
  fields: {
    "flow.pkts_toserver": "packets from the client",
    "flow.pkts_toclient": "packets from the server",
    "flow.bytes_toserver": "bytes on the wire from the client",
    "flow.bytes_toclient": "bytes on the wire from the server",
    "flow.start": "time of the first packet",
    "flow.end": "time of the last packet",
    "flow.age": "whole seconds between them",
    "flow.state": "new, established, closed or bypassed",
    "flow.reason": "why it ended: timeout, forced, shutdown, tcp_reuse",
    "flow.alerted": "whether a rule raised an alert on it",
    "flow.action": "drop or pass when a verdict held for the whole flow",
    "flow.tx_cnt": "transactions of its application protocol",
    "flow.exception_policy": "policies that were applied to it, with their target",
    "tcp.tcp_flags": "all TCP flags seen, hexadecimal",
    "tcp.tcp_flags_ts": "flags seen from the client",
    "tcp.tcp_flags_tc": "flags seen from the server",
    "tcp.state": "last state of the connection",
  },
});

const stateNames = ["new", "established", "closed", "bypassed"];
const reasonNames: Record<number, string> = {
  [FlowEndReason.timeout]: "timeout",
  [FlowEndReason.forced]: "forced",
  [FlowEndReason.shutdown]: "shutdown",
  [FlowEndReason.tcpReuse]: "tcp_reuse",
};

export const tcpStateNames: Record<number, string> = {
  [TcpState.none]: "none",
  [TcpState.listen]: "listen",
  [TcpState.synSent]: "syn_sent",
  [TcpState.synRecv]: "syn_recv",
  [TcpState.established]: "established",
  [TcpState.finWait1]: "fin_wait1",
  [TcpState.finWait2]: "fin_wait2",
  [TcpState.timeWait]: "time_wait",
  [TcpState.lastAck]: "last_ack",
  [TcpState.closeWait]: "close_wait",
  [TcpState.closing]: "closing",
  [TcpState.closed]: "closed",
};

/** The line of one ended flow. @param timeUs time of the event: packet time when the flow ended. */
export function writeFlowEvent(context: EveContext, flow: Flow, timeUs: number): string {
  const writer = beginFlowEvent(context, flow, "flow", timeUs);
  writeApplicationProtocol(context, flow);
  writer.beginObject("flow");
  writer.number("pkts_toserver", flow.packetsToServer);
  writer.number("pkts_toclient", flow.packetsToClient);
  writer.number("bytes_toserver", flow.bytesToServer);
  writer.number("bytes_toclient", flow.bytesToClient);
  writeBypassed(writer, flow);
  writer.string("start", context.timestamps.format(flow.startUs));
  writer.string("end", context.timestamps.format(flow.lastUs));
  writer.number("age", flowAgeSeconds(flow));
  if (flow.emergency) writer.boolean("emergency", true);
  writer.string("state", stateNames[flow.state] ?? "new");
  if (flow.state === FlowState.bypassed) writer.string("bypass", "local");
  writer.string("reason", reasonNames[flow.endReason] ?? "unknown");
  writer.boolean("alerted", flow.alerted);
  writeAction(writer, flow);
  writeExceptionPolicy(writer, flow);
  const transactions = applicationOf(flow)?.transactionsCreated ?? 0;
  if (transactions > 0) writer.number("tx_cnt", transactions);
  writer.endObject();
  writeTcp(writer, flow);
  if (context.options.metadata) writeRuleStateMetadata(writer, flow, context.names);
  writer.endObject();
  return writer.take();
}

/** Whole seconds from the first to the last packet. */
export function flowAgeSeconds(flow: Flow): number {
  return Math.max(0, Math.floor(flow.lastUs / 1_000_000) - Math.floor(flow.startUs / 1_000_000));
}

function writeBypassed(writer: JsonWriter, flow: Flow): void {
  if (flow.state !== FlowState.bypassed || flow.bypassedPackets === 0) return;
  writer.beginObject("bypassed");
  writer.number("pkts_toserver", flow.bypassedPacketsToServer);
  writer.number("pkts_toclient", flow.bypassedPackets - flow.bypassedPacketsToServer);
  writer.number("bytes_toserver", flow.bypassedBytesToServer);
  writer.number("bytes_toclient", flow.bypassedBytes - flow.bypassedBytesToServer);
  writer.endObject();
}

function writeAction(writer: JsonWriter, flow: Flow): void {
  if ((flow.action & VERDICT_STOPS) !== 0) writer.string("action", "drop");
  else if ((flow.action & Verdict.pass) !== 0) writer.string("action", "pass");
}

function writeExceptionPolicy(writer: JsonWriter, flow: Flow): void {
  if (flow.exceptionPolicy === 0) return;
  writer.beginArray("exception_policy");
  writer.beginObject();
  writer.string("target", exceptionTargetName(flow.exceptionTarget));
  writer.string("policy", exceptionPolicyName(flow.exceptionPolicy));
  writer.endObject();
  writer.endArray();
}

function writeTcp(writer: JsonWriter, flow: Flow): void {
  if (flow.protocol !== 6) return;
  const session = flow.tcp;
  writer.beginObject("tcp");
  const toServer = session?.flagsToServer ?? 0;
  const toClient = session?.flagsToClient ?? 0;
  writeTcpFlags(writer, toServer, toClient);
  if (session !== null) {
    writer.string("state", tcpStateNames[session.state] ?? "none");
    writer.number("ts_max_regions", Math.max(1, session.client.maxRegions));
    writer.number("tc_max_regions", Math.max(1, session.server.maxRegions));
  }
  writer.endObject();
}

/** `tcp_flags` of both and of each direction, and a boolean for each flag that was seen. */
export function writeTcpFlags(writer: JsonWriter, toServer: number, toClient: number): void {
  const all = toServer | toClient;
  writer.string("tcp_flags", hexByte(all));
  writer.string("tcp_flags_ts", hexByte(toServer));
  writer.string("tcp_flags_tc", hexByte(toClient));
  writeTcpFlagNames(writer, all);
}

const flagNames: readonly (readonly [number, string])[] = [
  [0x02, "syn"],
  [0x01, "fin"],
  [0x04, "rst"],
  [0x08, "psh"],
  [0x10, "ack"],
  [0x20, "urg"],
  [0x40, "ecn"],
  [0x80, "cwr"],
];

export function writeTcpFlagNames(writer: JsonWriter, flags: number): void {
  for (const [bit, name] of flagNames) if ((flags & bit) !== 0) writer.boolean(name, true);
}

export function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
