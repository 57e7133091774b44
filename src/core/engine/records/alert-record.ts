/**
 * EVE `alert`: a rule matched. Rule fields under `alert` are serialised once per rule; flow, payload, packet
 * and verdict ride along when asked.
 */
import { addressToText } from "../../bytes/address-text.ts";
import type { Alert } from "../../detect/alert-queue.ts";
import type { CompiledRule } from "../../detect/compiled-rule.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { DropReason, VERDICT_STOPS, Verdict } from "../../detect/verdict.ts";
import { defineEvent } from "../../eve/event-declaration.ts";
import { JsonWriter } from "../../eve/json-writer.ts";
import type { Flow } from "../../flow/flow.ts";
import { Direction, type Packet } from "../../layers/packet.ts";
import { packetSourceName } from "../packet-source-names.ts";
import { protocolName } from "../protocol-names.ts";
import { writeAnomalyDetails } from "./anomaly-details.ts";
import {
  beginPacketEvent,
  type EveContext,
  hasPortFields,
  writeApplicationProtocol,
} from "./envelope.ts";
import { writeFileObject } from "./fileinfo-record.ts";
import { forwardedForOf } from "./forwarded-for.ts";
import { writeFrameObject } from "./frame-record.ts";
import { writeRuleStateMetadata } from "./metadata-fields.ts";
import { writePacketBytes } from "./packet-bytes.ts";
import { writePayload } from "./payload-fields.ts";
import { writeTransactionFields } from "./transaction-record.ts";

export const alertEvent = defineEvent({
  type: "alert",
  summary: "A rule matched.",
  fields: {
    "alert.action": "allowed, or blocked when the packet was dropped because of it",
    "alert.gid": "generator of the rule",
    "alert.signature_id": "sid of the rule",
    "alert.rev": "revision of the rule",
    "alert.signature": "the rule's message",
    "alert.category": "text of its classtype",
    "alert.severity": "its priority, 1 is highest",
    "alert.source": "address and port of the attacking side, for rules with target",
    "alert.target": "address and port of the attacked side, for rules with target",
    "alert.metadata": "the rule's metadata, lists by key",
    "alert.references": "addresses of its references",
    "alert.rule": "text of the rule",
    "alert.xff": "the client behind a proxy, when asked",
    "alert.context": "what the rule's expressions captured for the alert",
    "alert.anomaly": "what a rule about normal traffic measured",
    "alert.anomaly.metric": "the measure",
    "alert.anomaly.subject": "the domain, pattern or the like that was measured",
    "alert.anomaly.value": "its value",
    "alert.anomaly.expected": "what would have been normal",
    "alert.anomaly.deviation": "how far off",
    "alert.anomaly.window": "seconds that the value is of",
    "alert.anomaly.learned": "days of traffic that the expectation was learned from",
    "alert.anomaly.scores": "parts of a score and counts behind it",
    capture_file: "capture that the packet is recorded in",
    capture_offset: "where its block begins in that file, in bytes",
    tx_id: "number of the transaction that matched",
    tx_guessed: "the rule looks into the stream; the transaction is the one most likely meant",
    direction: "to_server or to_client: the side that was inspected",
    tunnel: "outer header of the packet when it came out of a tunnel",
    flow: "counters and addresses of the flow",
    payload: "payload of the packet or stream in base64",
    payload_printable: "the same with unprintable bytes as dots",
    stream: "1 when the payload is of the stream, 0 when of the packet",
    "verdict.action": "alert, pass or drop: what was decided about the packet",
    "verdict.reject-target": "who was sent an error: to_client, to_server or both",
    "verdict.reject": "kinds of error sent",
  },
});

/** Rule parts of alert events, made once per rule and event log. */
export class RuleFields {
  /** Rules that are no longer in use are let go with their texts. */
  private readonly texts = new WeakMap<CompiledRule, string>();

  /** JSON fields of the rule, without braces. */
  of(context: EveContext, rule: CompiledRule): string {
    let text = this.texts.get(rule);
    if (text === undefined) {
      text = serialiseRule(context, rule);
      this.texts.set(rule, text);
    }
    return text;
  }
}

function serialiseRule(context: EveContext, rule: CompiledRule): string {
  const writer = new JsonWriter();
  const options = context.options.alert;
  writer.number("gid", rule.gid);
  writer.number("signature_id", rule.sid);
  writer.number("rev", rule.revision);
  writer.string("signature", rule.message);
  writer.string("category", rule.category);
  writer.number("severity", rule.priority);
  if (options?.ruleMetadata === true && rule.metadata.length > 0) writeRuleMetadata(writer, rule);
  if (options?.ruleReferences === true && rule.references.length > 0) {
    writer.beginArray("references");
    for (const reference of rule.references) writer.stringItem(reference);
    writer.endArray();
  }
  if (options?.ruleText === true) writer.string("rule", rule.text);
  return writer.take();
}

function writeRuleMetadata(writer: JsonWriter, rule: CompiledRule): void {
  const lists = new Map<string, string[]>();
  for (const { key, value } of rule.metadata) {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [value]);
    else list.push(value);
  }
  writer.beginObject("metadata");
  for (const [key, values] of lists) {
    writer.beginArray(key);
    for (const value of values) writer.stringItem(value);
    writer.endArray();
  }
  writer.endObject();
}

/** The line of one alert. @param inline whether packets can be dropped. */
export function writeAlertEvent(
  context: EveContext,
  packet: Packet,
  alert: Alert,
  rules: RuleFields,
  inline: boolean,
): string {
  const options = context.options.alert;
  const client = forwardedForOf(context, packet, packet.flow, alert.transaction, "alert");
  const writer = beginPacketEvent(context, packet, "alert", "packet", client.override);
  if (options?.applicationLayer === true) {
    writeRuleStateMetadata(writer, packet.flow, context.names);
  }
  const place = context.place();
  if (place !== null) {
    writer.string("capture_file", place.file);
    writer.number("capture_offset", place.offset);
  }
  if (alert.transactionId >= 0) writer.number("tx_id", alert.transactionId);
  const isGuessed = alert.transaction !== null && alert.rule.transaction === null;
  if (isGuessed && packet.flow?.tcp !== null) writer.boolean("tx_guessed", true);
  writeAlertObject(context, packet, alert, rules, inline, client.extra);
  if (packet.flow !== null) writeApplication(context, packet.flow, packet.direction, alert);
  if (alert.frame !== null && packet.flow !== null) {
    const limitBytes = options?.payloadLimitBytes ?? 0;
    writeFrameObject(context, packet, packet.flow, alert.frame, limitBytes);
  }
  if (packet.parent !== null) writeTunnel(writer, packet);
  if (packet.flow !== null) {
    writer.string("direction", packet.direction === Direction.toServer ? "to_server" : "to_client");
    if (options?.flow === true) writeFlowObject(context, packet.flow);
  }
  writePayload(context, packet, alert);
  if (options?.packet === true) writePacketBytes(context, packet);
  if (options?.verdict === true) writeVerdict(writer, packet, inline);
  writer.endObject();
  return writer.take();
}

/** What the transaction says, its files of the packet's direction, and the flow's protocol. */
function writeApplication(context: EveContext, flow: Flow, direction: number, alert: Alert): void {
  const { writer } = context;
  const state = applicationOf(flow);
  if (state === null) return;
  const { transaction } = alert;
  if (transaction !== null && state.registered !== null) {
    if (context.options.alert?.applicationLayer === true) {
      writeTransactionFields(context, flow, state.registered, transaction);
    }
    const files = transaction.files.filter((file) => file.direction === direction && !file.isGone);
    if (files.length > 0 && context.options.alert?.ruleMetadata === true) {
      writer.beginArray("files");
      for (const file of files) writeFileObject(writer, file, transaction.id);
      writer.endArray();
    }
  }
  writeApplicationProtocol(context, flow);
}

/** The object `alert`, also part of drop events. */
export function writeAlertObject(
  context: EveContext,
  packet: Packet,
  alert: Alert,
  rules: RuleFields,
  inline: boolean,
  forwardedFor: string | null = null,
): void {
  const { writer } = context;
  const rejects = Verdict.rejectSource | Verdict.rejectDestination;
  const blocked = (alert.action & rejects) !== 0 || (inline && (alert.action & Verdict.drop) !== 0);
  writer.beginObject("alert");
  writer.string("action", blocked ? "blocked" : "allowed");
  writer.rawFields(rules.of(context, alert.rule));
  if (alert.rule.target !== null) writeTarget(writer, packet, alert.rule.target);
  if (alert.variables !== null) {
    writer.beginObject("context");
    for (const { label, value, json } of alert.variables) {
      if (json === undefined) writer.bytes(label, value, 0, value.length);
      else writer.raw(label, json);
    }
    writer.endObject();
  }
  if (forwardedFor !== null) writer.string("xff", forwardedFor);
  if (alert.anomaly !== null) writeAnomalyDetails(writer, alert.anomaly);
  writer.endObject();
}

function writeTarget(writer: JsonWriter, packet: Packet, target: "source" | "destination"): void {
  const targetIsSource = target === "source";
  writeEndpoint(writer, "source", packet, !targetIsSource);
  writeEndpoint(writer, "target", packet, targetIsSource);
}

function writeEndpoint(writer: JsonWriter, name: string, packet: Packet, ofSource: boolean): void {
  writer.beginObject(name);
  const words = ofSource ? packet.sourceWords : packet.destinationWords;
  writer.string("ip", addressToText(packet.ipVersion, words));
  if (hasPortFields(packet.protocol)) {
    writer.number("port", ofSource ? packet.sourcePort : packet.destinationPort);
  }
  writer.endObject();
}

function writeTunnel(writer: JsonWriter, packet: Packet): void {
  let root = packet;
  while (root.parent !== null) root = root.parent;
  if (root.ipVersion === 0) return;
  writer.beginObject("tunnel");
  writer.string("src_ip", addressToText(root.ipVersion, root.sourceWords));
  if (hasPortFields(root.protocol)) writer.number("src_port", root.sourcePort);
  writer.string("dest_ip", addressToText(root.ipVersion, root.destinationWords));
  if (hasPortFields(root.protocol)) writer.number("dest_port", root.destinationPort);
  writer.string("proto", protocolName(root.protocol));
  writer.number("depth", packet.depth);
  if (root.captureNumber > 0) writer.number("pcap_cnt", root.captureNumber);
  writer.string("pkt_src", packetSourceName(root.source));
  writer.endObject();
}

/** The object `flow` of events about a packet. */
export function writeFlowObject(context: EveContext, flow: Flow): void {
  const { writer } = context;
  writer.beginObject("flow");
  writer.number("pkts_toserver", flow.packetsToServer);
  writer.number("pkts_toclient", flow.packetsToClient);
  writer.number("bytes_toserver", flow.bytesToServer);
  writer.number("bytes_toclient", flow.bytesToClient);
  writer.string("start", context.timestamps.format(flow.startUs));
  writer.string("src_ip", addressToText(flow.ipVersion, flow.sourceWords));
  writer.string("dest_ip", addressToText(flow.ipVersion, flow.destinationWords));
  if (hasPortFields(flow.protocol)) {
    writer.number("src_port", flow.sourcePort);
    writer.number("dest_port", flow.destinationPort);
  }
  writer.endObject();
}

/** The object `verdict`: what was decided about the packet. */
export function writeVerdict(writer: JsonWriter, packet: Packet, inline: boolean): void {
  const both = Verdict.rejectSource | Verdict.rejectDestination;
  const rejects = packet.verdict & both;
  writer.beginObject("verdict");
  const dropped =
    inline && ((packet.verdict & VERDICT_STOPS) !== 0 || packet.dropReason !== DropReason.none);
  if (dropped) writer.string("action", "drop");
  else writer.string("action", (packet.verdict & Verdict.pass) !== 0 ? "pass" : "alert");
  if (rejects !== 0) {
    writer.string("reject-target", rejectTarget(packet, rejects === both, rejects));
    writer.beginArray("reject");
    writer.stringItem(packet.transport === 6 ? "tcp-reset" : "icmp-prohib");
    writer.endArray();
  }
  writer.endObject();
}

function rejectTarget(packet: Packet, isBoth: boolean, rejects: number): string {
  if (isBoth) return "both";
  const toSource = (rejects & Verdict.rejectSource) !== 0;
  const fromClient = packet.direction === Direction.toServer;
  return toSource === fromClient ? "to_client" : "to_server";
}
